#include <sodium.h>

#include "crypto/crypto.h"
#include "crypto/raw.h"

namespace relais::crypto {
namespace {

raw::XNonce nonce_from(std::uint64_t counter) {
  raw::XNonce nonce;
  for (int i = 0; i < 8; ++i) nonce.bytes[23 - i] = static_cast<std::uint8_t>(counter >> (8 * i));
  return nonce;
}

}  // namespace

void raw::xchacha20_poly1305_seal(std::uint8_t* out, const SymmetricKey& key, const XNonce& nonce,
                                  BytesView associated, BytesView plain) noexcept {
  crypto_aead_xchacha20poly1305_ietf_encrypt(out, nullptr, u8(plain), plain.size(), u8(associated),
                                             associated.size(), nullptr, nonce.data(), key.data());
}

bool raw::xchacha20_poly1305_open(std::uint8_t* out, const SymmetricKey& key, const XNonce& nonce,
                                  BytesView associated, BytesView cipher) noexcept {
  return cipher.size() >= kTagBytes &&
         crypto_aead_xchacha20poly1305_ietf_decrypt(
             out, nullptr, nullptr, u8(cipher), cipher.size(), u8(associated), associated.size(),
             nonce.data(), key.data()) == 0;
}

void raw::chacha20_poly1305_seal(std::uint8_t* out, const SymmetricKey& key, const IetfNonce& nonce,
                                 BytesView associated, BytesView plain) noexcept {
  crypto_aead_chacha20poly1305_ietf_encrypt(out, nullptr, u8(plain), plain.size(), u8(associated),
                                            associated.size(), nullptr, nonce.data(), key.data());
}

bool raw::chacha20_poly1305_open(std::uint8_t* out, const SymmetricKey& key, const IetfNonce& nonce,
                                 BytesView associated, BytesView cipher) noexcept {
  return cipher.size() >= kTagBytes &&
         crypto_aead_chacha20poly1305_ietf_decrypt(out, nullptr, nullptr, u8(cipher), cipher.size(),
                                                   u8(associated), associated.size(), nonce.data(),
                                                   key.data()) == 0;
}

void seal(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
          BytesView plain) noexcept {
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kTagBytes);
  raw::xchacha20_poly1305_seal(u8(out) + start, key, nonce_from(nonce), associated, plain);
}

bool open(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
          BytesView cipher) noexcept {
  out.clear();
  if (cipher.size() < kTagBytes) return false;
  out.resize(cipher.size() - kTagBytes);
  if (raw::xchacha20_poly1305_open(u8(out), key, nonce_from(nonce), associated, cipher)) {
    return true;
  }
  out.clear();
  return false;
}

}  // namespace relais::crypto
