#include "make_dictionary/shuffle.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace relais::tools {
namespace {

constexpr std::string_view kFields[] = {"\"note\":\"",  "\"given\":\"", "\"family\":\"",
                                        "\"place\":\"", "\"to\":\"",    "\"reason\":\""};

std::size_t code_point_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

bool is_letter(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte >= 0x80 || std::isalpha(byte) != 0;
}

}  // namespace

std::string WordShuffler::shuffle(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const auto* field = std::find_if(std::begin(kFields), std::end(kFields), [&](auto name) {
      return line.substr(at, name.size()) == name;
    });
    if (field == std::end(kFields)) {
      out.push_back(line[at++]);
      continue;
    }
    out.append(*field);
    at = shuffle_value(line, at + field->size(), out);
  }
  return out;
}

std::uint64_t WordShuffler::draw() {
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return state_ >> 16;
}

// Up to the closing quote; gives its place.
std::size_t WordShuffler::shuffle_value(std::string_view line, std::size_t at, std::string& out) {
  while (at < line.size() && line[at] != '"') {
    std::size_t end = at;
    while (end < line.size() && is_letter(line[end])) end += code_point_bytes(line[end]);
    end = std::min(end, line.size());
    put_word(line.substr(at, end - at), out);
    at = end;
    const bool escape = at < line.size() && line[at] == '\\';
    for (int i = escape ? 2 : 1; i > 0 && at < line.size(); --i) {
      if (!escape && (line[at] == '"' || is_letter(line[at]))) break;
      out.push_back(line[at++]);
    }
  }
  return at;
}

void WordShuffler::put_word(std::string_view word, std::string& out) {
  std::vector<std::string_view> letters;
  for (std::size_t i = 0; i < word.size(); i += letters.back().size()) {
    letters.push_back(word.substr(i, code_point_bytes(word[i])));
  }
  if (letters.size() > 3 && draw() % 2 == 0) {
    for (std::size_t i = letters.size() - 1; i > 0; --i) {
      std::swap(letters[i], letters[draw() % (i + 1)]);
    }
  }
  for (const std::string_view letter : letters) out.append(letter);
}

}  // namespace relais::tools
