#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// Shared by the phases: time, memory, and output.
namespace bench {

class Timer {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }
  /// CPU time of all threads of this process.
  double cpu_seconds() const { return cpu_now() - cpu_begun_; }

 private:
  static double cpu_now();

  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  double cpu_begun_ = cpu_now();
};

/// Peak resident memory of this process, in MB (VmHWM).
double peak_rss_mb();

/// One JSON object on a line: `Line("import").add("seconds", 1.5).print()`.
class Line {
 public:
  explicit Line(std::string_view phase);
  /// A line of a benchmark that other engines have too: bench/peers/table.py compares them.
  static Line compared(std::string_view bench);
  Line& add(std::string_view name, double value);
  Line& add(std::string_view name, std::uint64_t value);
  Line& add(std::string_view name, bool value);
  /// `text`: without quotes and control characters, such as a file name.
  Line& add(std::string_view name, std::string_view text);
  void print();

 private:
  std::string text_;
};

/// Ends the program with a sentence.
[[noreturn]] void fail(const std::string& why);

/// A whole file. Fails by ending the program.
std::string read_file(const std::string& path);

/// Calls `visit(collection, id, doc)` for each line, by plain search: the lines are known to be
/// well formed, as make_register.py writes them.
struct Row {
  std::string_view collection;
  std::string_view id;
  std::string_view doc;
};
Row parse_row(std::string_view line);
template <class Visit>
void each_row(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end > 0) visit(parse_row(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace bench
