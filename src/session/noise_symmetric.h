#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "crypto/crypto.h"

/// The CipherState and SymmetricState objects of the Noise Protocol Framework, revision 34, section
/// 5, with ChaChaPoly and SHA256.
namespace relais::session::noise {

/// Key and nonce of one direction; a nonce is never used twice.
/// Fails: false if the nonces are used up (2^64 - 1 is reserved) or the input is not authentic; the
/// nonce is then unchanged.
class CipherState {
 public:
  CipherState() = default;
  explicit CipherState(const crypto::SymmetricKey& key) : key_(key) {}

  bool has_key() const { return key_.has_value(); }
  std::uint64_t nonce() const { return nonce_; }
  void set_nonce(std::uint64_t nonce) { nonce_ = nonce; }

  /// Without a key (early in some handshakes) the input is copied unchanged. Both append to `out`.
  bool encrypt(Bytes& out, BytesView associated, BytesView plain);
  bool decrypt(Bytes& out, BytesView associated, BytesView cipher);

  /// The same into memory of the caller, for transport; needs the key. `out` has room for the
  /// result, and either equals the start of the input or does not overlap it.
  bool seal_to(std::uint8_t* out, BytesView plain);
  bool open_to(std::uint8_t* out, BytesView cipher);

  /// REKEY of section 4.2. The nonce is not reset.
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
  /// Both append to `out`. Fail: as CipherState.
  bool encrypt_and_hash(Bytes& out, BytesView plain);
  bool decrypt_and_hash(Bytes& out, BytesView cipher);

  bool has_key() const { return cipher_.has_key(); }
  const crypto::Hash& hash() const { return hash_; }
  /// The sending ciphers of the initiator and of the responder.
  std::pair<CipherState, CipherState> split() const;
  void wipe_keys();

 private:
  CipherState cipher_;
  crypto::SymmetricKey chaining_key_;
  crypto::Hash hash_;
};

}  // namespace relais::session::noise
