#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>

#include "crypto/crypto.h"

/// The primitives of the Noise Protocol Framework (revision 34) other than X25519: SHA-256,
/// HMAC-SHA256, HKDF as Noise section 4.3 defines it, and ChaCha20-Poly1305 with Noise's nonce
/// (section 12.3).
namespace relais::crypto {

Hash sha256(std::initializer_list<BytesView> parts) noexcept;
Hash hmac_sha256(BytesView key, std::initializer_list<BytesView> parts) noexcept;

/// Noise's HKDF with `count` outputs (2 or 3); `out[i]` for i ≥ count stays zero.
struct HkdfOutput {
  SymmetricKey out[3];
};
HkdfOutput noise_hkdf(const SymmetricKey& chaining_key, BytesView input, int count) noexcept;

/// ChaCha20-Poly1305 (RFC 8439); nonce = 4 zero bytes, then `nonce` little-endian. Appends.
void chachapoly_seal(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
                     BytesView plain) noexcept;
/// Appends the plaintext; false, and `out` unchanged, if authentication fails.
bool chachapoly_open(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
                     BytesView cipher) noexcept;

/// The same into the caller's buffer: `out` has room for plain.size() + kTagBytes, or for
/// cipher.size() - kTagBytes. It may equal the input's start, or must not overlap the input.
void chachapoly_seal_to(std::uint8_t* out, const SymmetricKey& key, std::uint64_t nonce,
                        BytesView associated, BytesView plain) noexcept;
bool chachapoly_open_to(std::uint8_t* out, const SymmetricKey& key, std::uint64_t nonce,
                        BytesView associated, BytesView cipher) noexcept;

}  // namespace relais::crypto
