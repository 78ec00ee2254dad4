#include "crypto/noise_primitives.h"

#include <sodium.h>

#include "base/check.h"
#include "crypto/raw.h"

namespace relais::crypto {
namespace {

void add_all(crypto_auth_hmacsha256_state* state, std::initializer_list<BytesView> parts) {
  for (const BytesView part : parts) {
    crypto_auth_hmacsha256_update(state, u8(part), part.size());
  }
}

void hmac_to(std::uint8_t* out, BytesView key, std::initializer_list<BytesView> parts) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, u8(key), key.size());
  add_all(&state, parts);
  crypto_auth_hmacsha256_final(&state, out);
  wipe(&state, sizeof(state));
}

raw::IetfNonce nonce_from(std::uint64_t counter) {
  raw::IetfNonce nonce;
  for (int i = 0; i < 8; ++i) nonce.bytes[4 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
  return nonce;
}

}  // namespace

Hash sha256(std::initializer_list<BytesView> parts) noexcept {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const BytesView part : parts) crypto_hash_sha256_update(&state, u8(part), part.size());
  Hash out;
  crypto_hash_sha256_final(&state, out.data());
  return out;
}

Hash hmac_sha256(BytesView key, std::initializer_list<BytesView> parts) noexcept {
  Hash out;
  hmac_to(out.data(), key, parts);
  return out;
}

HkdfOutput noise_hkdf(const SymmetricKey& chaining_key, BytesView input, int count) noexcept {
  RELAIS_CHECK(count == 2 || count == 3);
  SymmetricKey temporary;
  hmac_to(temporary.data(), chaining_key.view(), {input});
  HkdfOutput result;
  BytesView previous;
  for (int i = 0; i < count; ++i) {
    const char index = static_cast<char>(i + 1);
    hmac_to(result.out[i].data(), temporary.view(), {previous, BytesView(&index, 1)});
    previous = result.out[i].view();
  }
  return result;
}

void chachapoly_seal_to(std::uint8_t* out, const SymmetricKey& key, std::uint64_t nonce,
                        BytesView associated, BytesView plain) noexcept {
  raw::chacha20_poly1305_seal(out, key, nonce_from(nonce), associated, plain);
}

bool chachapoly_open_to(std::uint8_t* out, const SymmetricKey& key, std::uint64_t nonce,
                        BytesView associated, BytesView cipher) noexcept {
  return raw::chacha20_poly1305_open(out, key, nonce_from(nonce), associated, cipher);
}

void chachapoly_seal(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
                     BytesView plain) noexcept {
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kTagBytes);
  chachapoly_seal_to(u8(out) + start, key, nonce, associated, plain);
}

bool chachapoly_open(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
                     BytesView cipher) noexcept {
  if (cipher.size() < kTagBytes) return false;
  const std::size_t start = out.size();
  out.resize(start + cipher.size() - kTagBytes);
  const bool authentic = chachapoly_open_to(u8(out) + start, key, nonce, associated, cipher);
  if (!authentic) out.resize(start);
  return authentic;
}

}  // namespace relais::crypto
