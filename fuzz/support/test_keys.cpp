#include "fuzz/support/test_keys.h"

#include <algorithm>

#include "base/check.h"

namespace relais::fuzz {
namespace {

const bool kCryptoReady = [] {
  RELAIS_CHECK(crypto::initialise());
  return true;
}();

}  // namespace

void SeededRandom::fill(std::uint8_t* out, std::size_t size) {
  std::generate_n(out, size, [this] { return static_cast<std::uint8_t>(next() >> 32); });
}

std::uint64_t SeededRandom::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

crypto::SigningKeyPair signing_key(std::uint8_t number) {
  return crypto::signing_key_pair_from(symmetric_key(number));
}

crypto::DhKeyPair dh_key(std::uint8_t number) {
  return crypto::dh_key_pair_from(filled_with<crypto::DhSecretKey>(number));
}

crypto::SymmetricKey symmetric_key(std::uint8_t number) {
  return filled_with<crypto::SymmetricKey>(number);
}

}  // namespace relais::fuzz
