#include "suggestion.h"

#include <algorithm>
#include <utility>

namespace cli {
namespace {

/// What other programs call it.
constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
    {"add", "put"},     {"backup", "export"}, {"cat", "get"},      {"check", "verify"},
    {"clone", "join"},  {"create", "init"},   {"daemon", "serve"}, {"delete", "void"},
    {"dump", "export"}, {"edit", "put"},      {"fetch", "sync"},   {"fsck", "verify"},
    {"info", "status"}, {"listen", "serve"},  {"load", "import"},  {"log", "get"},
    {"ls", "list"},     {"merge", "resolve"}, {"new", "init"},     {"pull", "sync"},
    {"push", "sync"},   {"read", "get"},      {"remove", "void"},  {"revert", "undo"},
    {"rm", "void"},     {"server", "serve"},  {"set", "put"},      {"show", "get"},
    {"start", "serve"}, {"update", "put"},    {"write", "put"},
};

/// How far a word may be off: a third of it, and at least one character.
std::size_t nearness(std::string_view word) { return std::max<std::size_t>(1, word.size() / 3); }

}  // namespace

std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::vector<std::size_t>> rows(one.size() + 1,
                                             std::vector<std::size_t>(other.size() + 1));
  for (std::size_t i = 0; i <= one.size(); ++i) {
    for (std::size_t j = 0; j <= other.size(); ++j) {
      std::size_t& least = rows[i][j];
      if (i == 0 || j == 0) {
        least = i + j;
        continue;
      }
      least = rows[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
      least = std::min({least, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      const bool swapped =
          i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) least = std::min(least, rows[i - 2][j - 2] + 1);
    }
  }
  return rows[one.size()][other.size()];
}

std::string closest(std::string_view written, const std::vector<std::string>& words) {
  constexpr std::size_t kLongest = 32;
  if (written.size() > kLongest) return {};
  std::string found;
  std::size_t least = nearness(written) + 1;
  for (const std::string& word : words) {
    const std::size_t off = distance(written, word);
    if (off >= least) continue;
    least = off;
    found = word;
  }
  return found;
}

std::string command_for(std::string_view written, const std::vector<std::string>& commands) {
  for (const auto& [elsewhere, here] : kElsewhere) {
    if (written == elsewhere) return std::string(here);
  }
  return closest(written, commands);
}

}  // namespace cli
