#include <sodium.h>

#include <algorithm>
#include <new>

#include "base/check.h"
#include "crypto/crypto.h"
#include "crypto/raw.h"

namespace relais::crypto {
namespace {

using State = crypto_generichash_blake2b_state;

void init(State* state, std::size_t size, BytesView key, std::string_view personal) {
  std::uint8_t padded[crypto_generichash_blake2b_PERSONALBYTES] = {};
  RELAIS_CHECK(personal.size() <= sizeof(padded));
  std::copy(personal.begin(), personal.end(), padded);
  const int failed = crypto_generichash_blake2b_init_salt_personal(
      state, key.empty() ? nullptr : u8(key), key.size(), size, nullptr, padded);
  RELAIS_CHECK(failed == 0);
}

void check_label(std::string_view label) { RELAIS_CHECK(!label.empty() && label.size() <= 16); }

}  // namespace

void raw::blake2b(std::uint8_t* out, std::size_t size, BytesView key, std::string_view personal,
                  std::initializer_list<BytesView> parts) noexcept {
  State state;
  init(&state, size, key, personal);
  for (const BytesView part : parts) {
    crypto_generichash_blake2b_update(&state, u8(part), part.size());
  }
  crypto_generichash_blake2b_final(&state, out, size);
  if (!key.empty()) wipe(&state, sizeof(state));
}

Hash hash(std::string_view label, std::initializer_list<BytesView> parts) noexcept {
  check_label(label);
  Hash out;
  raw::blake2b(out.data(), out.size(), {}, label, parts);
  return out;
}

SymmetricKey derive(const SymmetricKey& key, std::string_view label,
                    std::initializer_list<BytesView> parts) noexcept {
  check_label(label);
  SymmetricKey out;
  raw::blake2b(out.data(), out.size(), key.view(), label, parts);
  return out;
}

Hash mac(const SymmetricKey& key, std::string_view label,
         std::initializer_list<BytesView> parts) noexcept {
  check_label(label);
  Hash out;
  raw::blake2b(out.data(), out.size(), key.view(), label, parts);
  return out;
}

Hasher::Hasher(std::string_view label) noexcept {
  static_assert(sizeof(State) <= sizeof(state_) && alignof(State) <= alignof(Hasher));
  check_label(label);
  init(new (state_) State, Hash::kSize, {}, label);
}

Hasher& Hasher::add(BytesView bytes) noexcept {
  crypto_generichash_blake2b_update(reinterpret_cast<State*>(state_), u8(bytes), bytes.size());
  return *this;
}

Hash Hasher::finish() noexcept {
  Hash out;
  const int failed =
      crypto_generichash_blake2b_final(reinterpret_cast<State*>(state_), out.data(), out.size());
  RELAIS_CHECK(failed == 0);  // a second finish
  return out;
}

}  // namespace relais::crypto
