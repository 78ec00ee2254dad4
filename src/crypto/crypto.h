#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>

#include "base/bytes.h"
#include "base/random.h"
#include "crypto/secret.h"
#include "relais/ids.h"

/// The cryptographic primitives of Relais, over libsodium. No other folder includes libsodium.
/// Threads: any, after `initialise()` has returned once. Nothing here blocks or throws.
namespace relais::crypto {

/// Call before all else in this folder; further calls do nothing. False if libsodium fails.
bool initialise() noexcept;

using Hash = Id<struct HashTag, 32>;
using SymmetricKey = Secret<struct SymmetricKeyTag, 32>;
using SigningPublicKey = Id<struct SigningPublicKeyTag, 32>;  ///< Ed25519
using SigningSecretKey = Secret<struct SigningSecretKeyTag, 64>;
using Signature = Id<struct SignatureTag, 64>;
using DhPublicKey = Id<struct DhPublicKeyTag, 32>;  ///< X25519
using DhSecretKey = Secret<struct DhSecretKeyTag, 32>;

inline constexpr std::size_t kTagBytes = 16;

/// BLAKE2b-256 (RFC 7693) of the concatenated parts. The label, 1 to 16 bytes, is BLAKE2b's
/// personalisation: it separates the hashes of different purposes. A part of variable length must
/// be encoded with its length.
Hash hash(std::string_view label, std::initializer_list<BytesView> parts) noexcept;

/// Computes `hash` incrementally.
class Hasher {
 public:
  explicit Hasher(std::string_view label) noexcept;
  Hasher& add(BytesView bytes) noexcept;
  Hash finish() noexcept;

 private:
  alignas(64) std::uint8_t state_[384];
};

/// Keyed BLAKE2b-256, labelled likewise: a sub-key of `key`, or a MAC under it.
SymmetricKey derive(const SymmetricKey& key, std::string_view label,
                    std::initializer_list<BytesView> parts) noexcept;
Hash mac(const SymmetricKey& key, std::string_view label,
         std::initializer_list<BytesView> parts) noexcept;
/// Compares in a time that depends only on the length.
bool equal(BytesView a, BytesView b) noexcept;

/// Ed25519 (RFC 8032). `is_valid` must hold for each public key when it is enrolled: the verifier
/// accepts signatures under some keys that are not points of the prime-order group.
struct SigningKeyPair {
  SigningPublicKey public_key;
  SigningSecretKey secret_key;
};
SigningKeyPair make_signing_key_pair(Random& random) noexcept;
/// Deterministic: a recovery phrase holds the seed of the root key.
SigningKeyPair signing_key_pair_from(const SymmetricKey& seed) noexcept;
bool is_valid(const SigningPublicKey& key) noexcept;
/// Signs the label, a zero byte and the message.
Signature sign(const SigningSecretKey& key, std::string_view label, BytesView message) noexcept;
bool verify(const SigningPublicKey& key, std::string_view label, BytesView message,
            const Signature& signature) noexcept;

/// X25519 (RFC 7748).
struct DhKeyPair {
  DhPublicKey public_key;
  DhSecretKey secret_key;
};
DhKeyPair make_dh_key_pair(Random& random) noexcept;
DhKeyPair dh_key_pair_from(const DhSecretKey& secret) noexcept;
/// Nothing if the result is all zeros: the peer's key has low order.
std::optional<SymmetricKey> dh(const DhSecretKey& ours, const DhPublicKey& theirs) noexcept;

/// XChaCha20-Poly1305-IETF with a 24-byte nonce whose last 8 bytes are `nonce`, big-endian.
/// Appends ciphertext and tag to `out`.
void seal(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
          BytesView plain) noexcept;
/// Replaces `out` with the plaintext; false, and an empty `out`, if authentication fails.
bool open(Bytes& out, const SymmetricKey& key, std::uint64_t nonce, BytesView associated,
          BytesView cipher) noexcept;

/// An anonymous sealed box (X25519, XSalsa20-Poly1305): libsodium's crypto_box_seal, but with the
/// caller's ephemeral key. Seals epoch keys to a reader's receiving key. One ephemeral key must not
/// seal two plaintexts to one receiver. Empty if the receiver's key has low order.
Bytes seal_to(const DhKeyPair& ephemeral, const DhPublicKey& receiver, BytesView plain) noexcept;
std::optional<Bytes> open_sealed(const DhKeyPair& receiver, BytesView sealed) noexcept;

}  // namespace relais::crypto
