#include "progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace cli {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr std::uint64_t kBarCells = 24;
constexpr char kClearLine[] = "\r\x1b[K";

std::string bar(std::uint64_t done, std::uint64_t total) {
  const std::uint64_t cells = std::min(done, total) * kBarCells / total;
  return '[' + std::string(cells, '#') + std::string(kBarCells - cells, '.') + "] ";
}

void draw(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(std::string_view what) : what_(what), visible_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (drawn_) draw(kClearLine);
}

bool Progress::is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!visible_ || now < next_) return false;
  next_ = now + kBetweenDrawings;
  return true;
}

void Progress::show_wait(std::string_view why) {
  if (!is_due()) return;
  draw(std::string(kClearLine).append(why));
  drawn_ = true;
}

void Progress::show(std::uint64_t done, std::uint64_t total, std::string_view things) {
  if (!is_due()) return;
  std::string line = kClearLine + what_ + ' ';
  if (total != 0) line += bar(done, total);
  line += std::to_string(done);
  if (total != 0) line += " of " + std::to_string(total);
  draw(line.append(" ").append(things));
  drawn_ = true;
}

}  // namespace cli
