#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace relais::test {

/// The output of a shell command, line by line.
class Command {
 public:
  explicit Command(const std::string& command) : output_(popen(command.c_str(), "r")) {}
  ~Command() {
    if (output_ != nullptr) pclose(output_);
    std::free(line_);
  }
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// False: no more lines, or the command cannot be run.
  bool next() {
    const auto size = output_ == nullptr ? -1 : getline(&line_, &capacity_, output_);
    size_ = size > 0 ? static_cast<std::size_t>(size) : 0;
    if (size_ > 0 && line_[size_ - 1] == '\n') --size_;
    return size > 0;
  }
  /// The current line without its line feed; valid until `next`.
  std::string_view line() const { return {line_, size_}; }

 private:
  std::FILE* output_;
  char* line_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

inline std::string from_environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

}  // namespace relais::test
