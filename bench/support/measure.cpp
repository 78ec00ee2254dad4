#include "support/measure.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace bench {

double Timer::cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double peak_rss_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != "VmHWM:") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes / 1024;
  }
  return 0;
}

Line::Line(std::string_view phase) { text_ = "{\"phase\":\"" + std::string(phase) + "\""; }

Line Line::compared(std::string_view bench) {
  Line line("");
  line.text_ = "{\"bench\":\"" + std::string(bench) + "\",\"engine\":\"relais\"";
  return line;
}

Line& Line::add(std::string_view name, double value) {
  char number[64];
  std::snprintf(number, sizeof number, "%.4g", value);
  text_ += ",\"" + std::string(name) + "\":" + number;
  return *this;
}

Line& Line::add(std::string_view name, std::uint64_t value) {
  text_ += ",\"" + std::string(name) + "\":" + std::to_string(value);
  return *this;
}

Line& Line::add(std::string_view name, bool value) {
  text_ += ",\"" + std::string(name) + "\":" + (value ? "true" : "false");
  return *this;
}

Line& Line::add(std::string_view name, std::string_view text) {
  text_ += ",\"" + std::string(name) + "\":\"" + std::string(text) + "\"";
  return *this;
}

void Line::print() {
  std::printf("%s}\n", text_.c_str());
  std::fflush(stdout);
}

void fail(const std::string& why) {
  std::fprintf(stderr, "bench: %s\n", why.c_str());
  std::exit(1);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("can't read " + path);
  // Allocated at once: a growing string would raise the measured peak.
  std::string text(std::filesystem::file_size(path), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

Row parse_row(std::string_view line) {
  const auto after = [&](std::string_view mark) {
    const std::size_t at = line.find(mark);
    if (at == std::string_view::npos) fail("a line isn't as make_register.py writes it");
    return line.substr(at + mark.size());
  };
  Row row;
  row.collection = after("\"collection\":\"");
  row.collection = row.collection.substr(0, row.collection.find('"'));
  row.id = after("\"id\":\"");
  row.id = row.id.substr(0, row.id.find('"'));
  row.doc = after("\"doc\":");
  row.doc.remove_suffix(1);
  return row;
}

}  // namespace bench
