#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace relais::testing {

/// A deterministic random source: the same seed gives the same draws. Each part of a test has its
/// own stream, split off by name, so that a draw added in one place changes nothing elsewhere.
class Chance final : public Random {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  Chance split(std::string_view name) const;

  std::uint64_t next();
  /// 0 to bound - 1.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
  }
  bool one_in(std::uint64_t times) { return below(times) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  void fill(std::uint8_t* out, std::size_t size) override;

 private:
  std::uint64_t state_;
};

/// FNV-1a over the bytes, continuing from `start`: not for adversarial input.
std::uint64_t hash_of(std::string_view bytes, std::uint64_t start);

}  // namespace relais::testing
