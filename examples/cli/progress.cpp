#include "progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "report.h"
#include "terminal.h"

namespace cli {
namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr std::size_t kFewestColumns = 40;
constexpr std::size_t kMostCells = 24;
constexpr std::size_t kFewestCells = 8;
constexpr char kClearLine[] = "\r\x1b[K";

/// A bar of as many cells as there is room for; nothing where that is too few.
std::string bar(std::uint64_t done, std::uint64_t total, std::size_t room) {
  constexpr std::size_t kFrame = 3;  // "[] "
  if (total == 0 || room < kFewestCells + kFrame) return {};
  const std::size_t cells = std::min(kMostCells, room - kFrame);
  const auto full =
      static_cast<std::size_t>(static_cast<double>(std::min(done, total)) /
                               static_cast<double>(total) * static_cast<double>(cells));
  return '[' + std::string(full, '#') + std::string(cells - full, '.') + "] ";
}

void write_out(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(std::string_view what)
    : what_(what),
      visible_(is_capable_terminal(STDERR_FILENO) && columns_of(STDERR_FILENO) >= kFewestColumns),
      on_interruption_([this] { clear(); }) {}

Progress::~Progress() {
  const Uncut held = uncut();
  clear();
}

void Progress::clear() {
  if (drawn_) write_out(kClearLine);
  drawn_ = false;
}

bool Progress::is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!visible_ || now < next_) return false;
  next_ = now + kBetweenDrawings;
  return true;
}

void Progress::draw(const std::string& line) {
  const Uncut held = uncut();
  // A line that wraps can't be cleared: the terminal may be narrower than it was.
  if (line.size() >= columns_of(STDERR_FILENO)) return clear();
  write_out(kClearLine + line);
  drawn_ = true;
}

void Progress::show_wait(std::string_view why) {
  if (is_due()) draw(std::string(why));
}

void Progress::show(std::uint64_t done, std::uint64_t total, std::string_view thing) {
  if (!is_due()) return;
  const std::string before = total == 0 ? "" : std::to_string(done) + " of ";
  const std::string counts = before + counted(total == 0 ? done : total, thing);
  const std::size_t columns = columns_of(STDERR_FILENO);
  const std::size_t taken = what_.size() + 1 + counts.size() + 1;
  draw(what_ + ' ' + bar(done, total, columns > taken ? columns - taken : 0) + counts);
}

}  // namespace cli
