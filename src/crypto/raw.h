#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "crypto/crypto.h"

/// The primitives without Relais' own conventions (labels, nonces). Only for this folder, for
/// Noise, and for tests that run public test vectors through the code in use.
namespace relais::crypto::raw {

using XNonce = Id<struct XNonceTag, 24>;
using IetfNonce = Id<struct IetfNonceTag, 12>;

/// BLAKE2b (RFC 7693) with a key (0 to 64 bytes), no salt and a personalisation (0 to 16 bytes,
/// filled up with zeros), giving `size` bytes (16 to 64).
void blake2b(std::uint8_t* out, std::size_t size, BytesView key, std::string_view personal,
             std::initializer_list<BytesView> parts) noexcept;

Signature ed25519_sign(const SigningSecretKey& key, BytesView message) noexcept;
bool ed25519_verify(const SigningPublicKey& key, BytesView message,
                    const Signature& signature) noexcept;

/// AEADs. `seal` writes plain.size() + kTagBytes to `out`; `open` writes cipher.size() - kTagBytes.
/// `open` returns false if the ciphertext is shorter than a tag or fails authentication (`out` is
/// then zeros or unchanged). `out` may equal the input's start, or must not overlap the input.
void xchacha20_poly1305_seal(std::uint8_t* out, const SymmetricKey& key, const XNonce& nonce,
                             BytesView associated, BytesView plain) noexcept;
bool xchacha20_poly1305_open(std::uint8_t* out, const SymmetricKey& key, const XNonce& nonce,
                             BytesView associated, BytesView cipher) noexcept;
void chacha20_poly1305_seal(std::uint8_t* out, const SymmetricKey& key, const IetfNonce& nonce,
                            BytesView associated, BytesView plain) noexcept;
bool chacha20_poly1305_open(std::uint8_t* out, const SymmetricKey& key, const IetfNonce& nonce,
                            BytesView associated, BytesView cipher) noexcept;

}  // namespace relais::crypto::raw
