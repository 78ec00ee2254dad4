#include "invitation_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace cli {
namespace {

constexpr std::string_view kPrefix = "relais1";
constexpr std::size_t kGroup = 5;      // digits between dashes
constexpr std::size_t kHarmless = 40;  // so many digits tell nothing of the secret behind them

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Digits and what is taken for one: the library knows which.
bool is_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// What isn't seen, or is put in to wrap a line.
constexpr std::array<std::string_view, 7> kNothing = {
    "\xC2\xAD",      // soft hyphen
    "\xE2\x80\x8B",  // zero-width space, non-joiner and joiner
    "\xE2\x80\x8C", "\xE2\x80\x8D",
    "\xE2\x81\xA0",  // word joiner
    "\xEF\xBB\xBF",  // byte-order mark
    "=C2=AD",        // a soft hyphen, as quoted-printable has it
};

constexpr std::array<std::string_view, 8> kDashes = {
    "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92",
    "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95",  // hyphen to horizontal bar
    "\xE2\x88\x92",                                  // minus
    "\xEF\xBC\x8D",                                  // full-width hyphen
};

constexpr std::array<std::string_view, 3> kSpaces = {
    "\xC2\xA0",      // no-break space
    "\xE2\x80\xAF",  // narrow no-break space
    "\xE3\x80\x80",  // ideographic space
};

template <std::size_t N>
bool take_one(std::string_view& text, const std::array<std::string_view, N>& all) {
  for (const std::string_view each : all) {
    if (!text.starts_with(each)) continue;
    text.remove_prefix(each.size());
    return true;
  }
  return false;
}

/// "=\n", where quoted-printable wraps a line.
bool take_soft_end(std::string_view& text) {
  if (!text.starts_with('=')) return false;
  std::size_t at = 1;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
  if (at == text.size() || text[at] != '\n') return false;
  text.remove_prefix(at + 1);
  return true;
}

/// The marks of a quotation, at a line's beginning.
void take_quotation(std::string_view& text) {
  const std::size_t end = text.find_first_not_of(" \t>|");
  const std::string_view marks = text.substr(0, end);
  if (marks.find_first_of(">|") != std::string_view::npos) text.remove_prefix(marks.size());
}

/// In ASCII, as if it had never been quoted, and wrapped at its dashes and spaces at most.
std::string unwrapped(std::string_view text) {
  std::string out;
  bool at_beginning = true;
  while (!text.empty()) {
    if (at_beginning) take_quotation(text);
    at_beginning = false;
    if (text.empty()) break;
    if (take_one(text, kNothing)) continue;
    if (take_soft_end(text)) {
      at_beginning = true;
    } else if (take_one(text, kDashes)) {
      out += '-';
    } else if (take_one(text, kSpaces)) {
      out += ' ';
    } else {
      at_beginning = text[0] == '\n';
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

/// The same letter or digit to those who type it: 'l', 'i' and 1; 'o' and 0.
char as_typed(char c) {
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower == 'l' || lower == 'i' ? '1' : lower == 'o' ? '0' : lower;
}

/// Where the last invitation begins; npos: there is none.
std::size_t last_beginning(const std::string& text) {
  std::string typed = text;
  std::string prefix(kPrefix);
  std::transform(typed.begin(), typed.end(), typed.begin(), as_typed);
  std::transform(prefix.begin(), prefix.end(), prefix.begin(), as_typed);
  return typed.rfind(prefix);
}

struct Found {
  std::string text;
  bool whole = false;  ///< it ends where a group does
};

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// A dash that begins a line, and a space behind it: what stands below a letter, or a list.
bool is_another_matter(std::string_view text, std::size_t dash) {
  const bool begins = dash > 0 && text[dash - 1] == '\n';
  return begins && dash + 1 < text.size() && is_space(text[dash + 1]);
}

/// Groups of digits with dashes between, as they are printed. A group without a dash behind it is
/// the last one.
Found take_groups(std::string_view text) {
  Found found{std::string(kPrefix), false};
  for (std::size_t at = 0; at < text.size() && text[at] == '-' && !is_another_matter(text, at);) {
    found.text += text[at];
    std::size_t digits = 0;
    for (at = skip_spaces(text, at + 1); at < text.size() && digits < kGroup && is_digit(text[at]);
         at = skip_spaces(text, at + 1)) {
      found.text += text[at];
      ++digits;
    }
    const bool goes_on =
        digits == kGroup && is_digit(text[at - 1]) && at < text.size() && is_digit(text[at]);
    found.whole = digits == kGroup && !goes_on;
    // One digit too many: the library has to see that.
    if (goes_on) found.text += text[at];
    if (!found.whole) break;
  }
  return found;
}

/// The dashes were left out: it goes to the text's end, or to an empty line.
Found take_words(std::string_view text) {
  Found found{std::string(kPrefix), true};
  std::size_t ends_of_line = 0;
  for (const char c : text) {
    ends_of_line = c == '\n' ? ends_of_line + 1 : is_space(c) ? ends_of_line : 0;
    if (ends_of_line == 2 && found.text.size() > kPrefix.size()) break;
    if (!is_space(c)) found.text += c;
  }
  return found;
}

Found find(std::string_view text) {
  const std::string clean = unwrapped(text);
  const std::size_t begin = last_beginning(clean);
  if (begin == std::string::npos) {
    Found found;
    std::copy_if(clean.begin(), clean.end(), std::back_inserter(found.text),
                 [](char c) { return !is_space(c); });
    return found;
  }
  const std::string_view rest = std::string_view(clean).substr(begin + kPrefix.size());
  const std::size_t next = skip_spaces(rest, 0);
  const bool dashes = next < rest.size() && rest[next] == '-';
  return dashes ? take_groups(rest.substr(next)) : take_words(rest);
}

}  // namespace

std::string find_invitation(std::string_view text) { return find(text).text; }

bool is_cut_off(std::string_view text) {
  const Found found = find(text);
  return !found.text.empty() && (found.text.back() == '-' || !found.whole);
}

bool holds_invitation(std::string_view text) {
  const std::string clean = unwrapped(text);
  const std::size_t begin = last_beginning(clean);
  if (begin == std::string::npos) return false;
  return std::count_if(clean.begin() + static_cast<std::ptrdiff_t>(begin + kPrefix.size()),
                       clean.end(), is_digit) > static_cast<std::ptrdiff_t>(kHarmless);
}

bool is_path_with_invitation(std::string_view path) {
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (holds_invitation(path.substr(start, end - start))) return true;
    start = end + 1;
  }
  return false;
}

}  // namespace cli
