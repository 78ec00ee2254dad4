#include "session/noise_pattern.h"

#include <algorithm>

#include "base/check.h"

namespace relais::session::noise {
namespace {

struct Row {
  std::string_view name;
  bool initiator_known;
  bool responder_known;
  std::string_view messages[3];
};

// As the specification prints them. The deferred patterns of section 7.5 are left out: no test
// vector here covers them.
constexpr Row kTable[] = {
    {"N", false, true, {"e es"}},
    {"K", true, true, {"e es ss"}},
    {"X", false, true, {"e es s ss"}},
    {"NN", false, false, {"e", "e ee"}},
    {"NK", false, true, {"e es", "e ee"}},
    {"KK", true, true, {"e es ss", "e ee se"}},
    {"XK", false, true, {"e es", "e ee", "s se"}},
    {"XX", false, false, {"e", "e ee s es", "s se"}},
    {"IK", false, true, {"e es s ss", "e ee se"}},
    {"IX", false, false, {"e s", "e ee se s es"}},
};

constexpr std::string_view kPrefix = "Noise_";
constexpr std::string_view kSuffix = "_25519_ChaChaPoly_SHA256";

Token token_named(std::string_view name) {
  if (name == "e") return Token::e;
  if (name == "s") return Token::s;
  if (name == "ee") return Token::ee;
  if (name == "es") return Token::es;
  if (name == "se") return Token::se;
  RELAIS_CHECK(name == "ss");
  return Token::ss;
}

// Removes and returns the part of `text` before the first `separator`.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return head;
}

Pattern pattern_of(const Row& row) {
  Pattern pattern;
  pattern.initiator_known = row.initiator_known;
  pattern.responder_known = row.responder_known;
  for (std::string_view message : row.messages) {
    if (message.empty()) break;
    Tokens& tokens = pattern.messages[pattern.message_count++];
    while (!message.empty()) tokens.append(token_named(cut(message, ' ')));
  }
  return pattern;
}

// "psk0" goes before the tokens of the first message, "pskN" after those of message N (section
// 9.4).
bool apply(std::string_view modifier, Pattern& pattern) {
  if (modifier.size() != 4 || modifier.substr(0, 3) != "psk") return false;
  const char digit = modifier[3];
  if (digit < '0' || digit > '0' + static_cast<int>(pattern.message_count)) return false;
  if (digit == '0') {
    pattern.messages[0].prepend(Token::psk);
  } else {
    pattern.messages[static_cast<std::size_t>(digit - '1')].append(Token::psk);
  }
  ++pattern.psk_count;
  return true;
}

}  // namespace

void Tokens::append(Token token) {
  RELAIS_CHECK(count_ < list_.size());
  list_[count_++] = token;
}

void Tokens::prepend(Token token) {
  append(token);
  std::rotate(list_.begin(), list_.begin() + count_ - 1, list_.begin() + count_);
}

std::optional<Pattern> find_pattern(std::string_view name) {
  if (name.size() < kPrefix.size() + kSuffix.size()) return std::nullopt;
  if (name.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  if (name.substr(name.size() - kSuffix.size()) != kSuffix) return std::nullopt;
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());

  const std::size_t letters = std::min(name.find_first_not_of("NKXI"), name.size());
  const auto* row = std::find_if(std::begin(kTable), std::end(kTable), [&](const Row& candidate) {
    return candidate.name == name.substr(0, letters);
  });
  if (row == std::end(kTable)) return std::nullopt;
  Pattern pattern = pattern_of(*row);
  std::string_view modifiers = name.substr(letters);
  if (std::count(modifiers.begin(), modifiers.end(), '+') >= 2) return std::nullopt;
  while (!modifiers.empty()) {
    if (!apply(cut(modifiers, '+'), pattern)) return std::nullopt;
  }
  return pattern;
}

}  // namespace relais::session::noise
