#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "sample_words.h"

namespace cli {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
/// Integers alone, so that every machine throws the same.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t stream) : state_(mix(seed) ^ mix(~stream)) {}

  std::uint64_t draw() { return mix(state_ += 0x9e3779b97f4a7c15U); }
  std::uint32_t below(std::uint64_t limit) {
    return static_cast<std::uint32_t>(((draw() >> 32) * limit) >> 32);
  }
  int between(int first, int last) {
    return first + static_cast<int>(below(static_cast<std::uint64_t>(last - first) + 1));
  }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  std::string_view one(const Words& words) { return words.first[below(words.size)]; }
  std::string_view one(std::initializer_list<std::string_view> words) {
    return words.begin()[below(words.size())];
  }
  /// The place in which a throw falls among parts of these sizes.
  std::size_t weighted(std::initializer_list<std::uint32_t> weights) {
    std::uint32_t sum = 0;
    for (const std::uint32_t weight : weights) sum += weight;
    std::uint32_t throw_ = below(sum);
    std::size_t place = 0;
    for (const std::uint32_t weight : weights) {
      if (throw_ < weight) break;
      throw_ -= weight;
      ++place;
    }
    return place;
  }
  /// `count` different ones, in the order they were thrown.
  std::vector<std::string_view> some(const Words& words, std::size_t count) {
    std::vector<std::string_view> out;
    while (out.size() < count) {
      const std::string_view word = one(words);
      bool again = false;
      for (const std::string_view before : out) again = again || before == word;
      if (!again) out.push_back(word);
    }
    return out;
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace cli
