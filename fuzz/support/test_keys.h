#pragma once

#include "base/random.h"
#include "crypto/crypto.h"

/// Deterministic keys and randomness, so that a failing input fails again.
namespace relais::fuzz {

/// splitmix64 (Steele, Lea and Flood, 2014).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::uint8_t* out, std::size_t size) override;
  std::uint64_t next();

 private:
  std::uint64_t state_;
};

/// The `number`-th of the test's keys.
crypto::SigningKeyPair signing_key(std::uint8_t number);
crypto::DhKeyPair dh_key(std::uint8_t number);
crypto::SymmetricKey symmetric_key(std::uint8_t number);

template <class Id>
Id filled_with(std::uint8_t value) {
  Id id;
  std::fill(id.data(), id.data() + id.size(), value);
  return id;
}

}  // namespace relais::fuzz
