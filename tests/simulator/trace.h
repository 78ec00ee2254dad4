#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"
#include "support/chance.h"

namespace relais::simulator {

/// The events of a run, one line each: the last lines are kept for reports, and all go into one
/// hash, the same for the same seed.
class Trace {
 public:
  using Print = std::function<void(const std::string&)>;

  /// `print` gets every line; may be empty.
  explicit Trace(Print print = nullptr) : print_(std::move(print)) {}

  void line(Instant at, const std::string& text);
  /// Mixes in what is too long for a line: bytes of links, states of documents.
  void mix(std::string_view bytes) { hash_ = testing::hash_of(bytes, hash_); }

  std::uint64_t hash() const { return hash_; }
  std::string last_lines() const;

 private:
  static constexpr std::size_t kLines = 60;
  Print print_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::deque<std::string> lines_;
};

/// Counts faults, and things that should happen sometimes.
class Counts {
 public:
  void add(const std::string& what, std::uint64_t times = 1) { counts_[what] += times; }
  std::uint64_t operator[](const std::string& what) const;
  const std::map<std::string, std::uint64_t>& all() const { return counts_; }
  void add(const Counts& other);

 private:
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace relais::simulator
