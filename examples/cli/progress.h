#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "interruption.h"

namespace cli {

/// A line on standard error while something takes long; gone when it ends, also by a signal. Only
/// on a terminal that can draw it and has 40 columns.
class Progress {
 public:
  /// `what`: what is being done, as "Importing".
  explicit Progress(std::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether anyone sees it: if not, totals need not be found.
  bool visible() const { return visible_; }
  /// `total` 0: not known. `thing`: one of what is counted.
  void show(std::uint64_t done, std::uint64_t total, std::string_view thing);
  /// Why nothing moves for the moment.
  void show_wait(std::string_view why);

 private:
  bool is_due();
  void draw(const std::string& line);
  void clear();

  std::string what_;
  bool visible_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
  OnInterruption on_interruption_;
};

}  // namespace cli
