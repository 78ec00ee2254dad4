#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Appends compact JSON. The words here hold nothing that JSON escapes but '"' and '\'.
class Json {
 public:
  Json& open(char bracket) {
    separate();
    text_ += bracket;
    return *this;
  }
  Json& close(char bracket) {
    text_ += bracket;
    return *this;
  }
  Json& key(std::string_view name) {
    string(name);
    text_ += ':';
    return *this;
  }
  void string(std::string_view value) {
    separate();
    text_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += '"';
  }
  void raw(std::string_view value) {
    separate();
    text_ += value;
  }
  void number(int value) { raw(std::to_string(value)); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void strings(const std::vector<std::string_view>& values) {
    open('[');
    for (const std::string_view value : values) string(value);
    close(']');
  }

  const std::string& text() const { return text_; }
  void clear() { text_.clear(); }

 private:
  void separate() {
    if (text_.empty()) return;
    const char last = text_.back();
    if (last != '{' && last != '[' && last != ':') text_ += ',';
  }

  std::string text_;
};

}  // namespace cli
