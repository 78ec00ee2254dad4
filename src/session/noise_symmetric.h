#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "crypto/crypto.h"

/// The CipherState and SymmetricState objects of the Noise Protocol Framework, revision 34,
/// section 5, with 25519's companions ChaChaPoly and SHA256.
namespace relais::session::noise {

/// One direction's key and its nonce, which is never used twice.
/// Fails: `false` when the nonces are used up (2^64 - 1 is reserved), or what came isn't authentic;
/// the nonce then stays.
class CipherState {
 public:
  CipherState() = default;
  explicit CipherState(const crypto::SymmetricKey& key) : key_(key) {}

  bool has_key() const { return key_.has_value(); }
  std::uint64_t nonce() const { return nonce_; }
  void set_nonce(std::uint64_t nonce) { nonce_ = nonce; }

  /// Without a key (early in some handshakes) the bytes go through as they are. Both append.
  bool encrypt(Bytes& out, BytesView associated, BytesView plain);
  bool decrypt(Bytes& out, BytesView associated, BytesView cipher);

  /// The same without a buffer of their own, for transport; needs the key.
  /// `out` has room for the result, and is where the input starts or doesn't overlap it.
  bool seal_to(std::uint8_t* out, BytesView plain);
  bool open_to(std::uint8_t* out, BytesView cipher);

  /// REKEY of section 4.2. The nonce goes on.
  void rekey();

 private:
  std::optional<crypto::SymmetricKey> key_;
  std::uint64_t nonce_ = 0;
};

class SymmetricState {
 public:
  explicit SymmetricState(std::string_view protocol_name);

  void mix_key(BytesView input);
  void mix_hash(BytesView data);
  void mix_key_and_hash(BytesView input);
  /// Append to `out`. Fail like CipherState's.
  bool encrypt_and_hash(Bytes& out, BytesView plain);
  bool decrypt_and_hash(Bytes& out, BytesView cipher);

  bool has_key() const { return cipher_.has_key(); }
  const crypto::Hash& hash() const { return hash_; }
  /// The initiator's and the responder's sending ciphers.
  std::pair<CipherState, CipherState> split() const;
  void wipe_keys();

 private:
  CipherState cipher_;
  crypto::SymmetricKey chaining_key_;
  crypto::Hash hash_;
};

}  // namespace relais::session::noise
