#pragma once

#include <cstdio>
#include <string_view>
#include <vector>

#include "document/json/json.h"

namespace relais::tools {

/// Turns import lines into changes as a device that imports them does: one author, one change a
/// document.
class Changes {
 public:
  /// How the changes are stamped: at any time of some years, so that no day gets into a dictionary,
  /// or one after the other, about 30 000 documents a second, as an import does.
  enum class Clock { scattered, running };
  explicit Changes(Clock clock) : clock_(clock) {}

  /// False, with a word on stderr, for a line that doesn't import.
  bool add(std::string_view line) {
    const auto parsed = importer_.parse(line);
    Bytes change;
    const auto all = [](std::string_view) { return true; };
    if (!parsed || !importer_.encode(stamp(), {}, all, change)) {
      std::fprintf(stderr, "line %zu doesn't import\n", all_.size() + 1);
      return false;
    }
    all_.push_back(std::move(change));
    return true;
  }
  const std::vector<Bytes>& all() const { return all_; }

 private:
  document::Stamp stamp() const {
    const std::uint64_t n = all_.size();
    if (clock_ == Clock::running) return {(1'800'000'000'000 + n / 30) << 16 | n % 30};
    const std::uint64_t mixed = n * 0x9e3779b97f4a7c15;  // 37 bits of ms are four years
    return {(1'767'225'600'000 + (mixed >> 27)) << 16 | (mixed >> 8 & 0x1f)};
  }

  Clock clock_;
  document::Importer importer_;
  std::vector<Bytes> all_;
};

}  // namespace relais::tools
