#include <cctype>
#include <charconv>
#include <system_error>

#include "document/json/dom.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

constexpr std::size_t kRecursion = 2 * limits::kNestingDepth;

/// Whether a number isn't 0 but rounds to 0 as a double.
bool is_too_small(std::string_view number) {
  if (number.empty() || (number[0] != '-' && std::isdigit(number[0]) == 0)) return false;
  const std::string_view digits = number.substr(0, number.find_first_of("eE"));
  if (digits.find_first_of("123456789") == std::string_view::npos) return false;
  double value = 1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  return error == std::errc::result_out_of_range || value == 0;
}

/// A slow second parser (RFC 8259) that finds the first fault and its path.
class FaultFinder {
 public:
  FaultFinder(std::string_view json, std::string base) : json_(json), trail_(std::move(base), 0) {}

  Error find() {
    if (const char* mark = encoding_mark()) {
      bad(mark);
    } else if (value(0)) {
      skip_space();
      bad(at_ == json_.size() ? "The text is not JSON."
                              : "Something follows the end of the JSON value.");
    }
    return trail_.fault(ErrorCode::bad_input, what_);
  }

  /// The first number that isn't 0 and would become 0; the JSON must parse.
  std::optional<Error> find_too_small() {
    only_small_numbers_ = true;
    if (value(0)) return std::nullopt;
    return trail_.fault(ErrorCode::bad_input, what_);
  }

 private:
  /// An error for a byte-order mark, which some editors write.
  const char* encoding_mark() const {
    if (json_.starts_with("\xef\xbb\xbf")) {
      return "The text starts with a byte-order mark: save the file as UTF-8 without it.";
    }
    const bool utf16 = json_.starts_with("\xff\xfe") || json_.starts_with("\xfe\xff");
    return utf16 ? "The text is UTF-16: save the file as UTF-8 without a byte-order mark."
                 : nullptr;
  }

  bool value(std::size_t depth) {
    skip_space();
    if (depth > kRecursion) {
      return bad("The document is nested deeper than " + std::to_string(limits::kNestingDepth) +
                 " levels.");
    }
    switch (peek()) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': return string();
      case '\0': return bad("The JSON ends too early.");
      default: return scalar();
    }
  }

  bool object(std::size_t depth) {
    ++at_;
    if (closes('}')) return true;
    do {
      skip_space();
      const std::size_t start = at_ + 1;
      if (peek() != '"') return bad("The JSON is malformed: a key is missing.");
      if (!string()) return false;
      trail_.push(json_.substr(start, at_ - 1 - start));
      skip_space();
      if (peek() != ':') return bad("The JSON is malformed: ':' is missing after a key.");
      ++at_;
      if (!value(depth + 1)) return false;
      trail_.pop();
    } while (continues_after());
    return closes('}') || bad("The JSON is malformed: ',' or '}' is missing.");
  }

  bool array(std::size_t depth) {
    ++at_;
    if (closes(']')) return true;
    std::size_t index = 0;
    do {
      trail_.push(index++);
      if (!value(depth + 1)) return false;
      trail_.pop();
    } while (continues_after());
    return closes(']') || bad("The JSON is malformed: ',' or ']' is missing.");
  }

  bool string() {
    const std::size_t start = ++at_;
    for (; at_ < json_.size() && json_[at_] != '"'; ++at_) {
      if (json_[at_] == '\\') ++at_;
    }
    if (at_ >= json_.size()) return bad("The JSON is malformed: a string doesn't end.");
    const std::string_view inside = json_.substr(start, at_ - start);
    ++at_;
    if (only_small_numbers_) return true;
    if (!is_utf8(inside)) return bad("The text is not UTF-8.");
    return parses(json_.substr(start - 1, at_ - start + 1)) ||
           bad("The JSON is malformed: a string has a wrong escape or a control character.");
  }

  bool scalar() {
    const std::size_t start = at_;
    while (at_ < json_.size() && std::string_view(",]} \t\r\n").find(json_[at_]) == npos) ++at_;
    const std::string_view token = json_.substr(start, at_ - start);
    if (only_small_numbers_) {
      return !is_too_small(token) ||
             bad("The number is too small: a floating-point number would round it to 0.");
    }
    if (parses(token)) return true;
    const bool number = !token.empty() && (token[0] == '-' || std::isdigit(token[0]) != 0) &&
                        token.find_first_not_of("+-.eE0123456789") == npos;
    return bad(number ? "The number is out of range or not a JSON number."
                      : "The JSON is malformed: a value is missing, or a string without quotes.");
  }

  bool parses(std::string_view token) {
    simdjson::dom::element root;
    return parse_json(parser_, token, root) == simdjson::SUCCESS;
  }
  bool continues_after() {
    skip_space();
    if (peek() != ',') return false;
    ++at_;
    return true;
  }
  bool closes(char bracket) {
    skip_space();
    if (peek() != bracket) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < json_.size() && std::string_view(" \t\r\n").find(json_[at_]) != npos) ++at_;
  }
  char peek() const { return at_ < json_.size() ? json_[at_] : '\0'; }
  bool bad(std::string what) {
    what_ = std::move(what);
    return false;
  }
  static constexpr std::size_t npos = std::string_view::npos;
  std::string_view json_;
  JsonTrail trail_;
  simdjson::dom::parser parser_;
  std::size_t at_ = 0;
  std::string what_;
  bool only_small_numbers_ = false;
};

}  // namespace

std::optional<Error> too_small_number(std::string_view json, std::string base) {
  return FaultFinder(json, std::move(base)).find_too_small();
}

Error json_fault(std::string_view json, std::string base) {
  return FaultFinder(json, std::move(base)).find();
}

}  // namespace relais::document
