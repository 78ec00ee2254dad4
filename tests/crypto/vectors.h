#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "base/random.h"

namespace relais::test {

/// Reads a file of public test vectors: from the folder RELAIS_VECTORS, else from ../shared/vectors
/// beside the project. Nothing if it is missing; the test is then skipped.
std::optional<nlohmann::json> read_vectors(const std::string& name);

#define RELAIS_VECTORS_OR_SKIP(variable, name)                                 \
  const auto variable##_file = ::relais::test::read_vectors(name);             \
  if (!variable##_file) GTEST_SKIP() << "No test vectors at hand: " << (name); \
  const nlohmann::json& variable = *variable##_file

inline Bytes hex(const std::string& digits) {
  auto bytes = from_hex(digits);
  RELAIS_CHECK(bytes.has_value());
  return *bytes;
}

/// Deterministic bytes from a seed; for tests only.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::uint8_t* out, std::size_t size) override {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(next() >> 32);
  }
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace relais::test
