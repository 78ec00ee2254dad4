#include "session/noise_symmetric.h"

#include <cstring>
#include <limits>

#include "base/check.h"
#include "crypto/noise_primitives.h"

namespace relais::session::noise {
namespace {

constexpr std::uint64_t kReservedNonce = std::numeric_limits<std::uint64_t>::max();

}  // namespace

bool CipherState::encrypt(Bytes& out, BytesView associated, BytesView plain) {
  if (!has_key()) {
    out.append(plain);
    return true;
  }
  if (nonce_ == kReservedNonce) return false;
  crypto::chachapoly_seal(out, *key_, nonce_++, associated, plain);
  return true;
}

bool CipherState::decrypt(Bytes& out, BytesView associated, BytesView cipher) {
  if (!has_key()) {
    out.append(cipher);
    return true;
  }
  if (nonce_ == kReservedNonce) return false;
  if (!crypto::chachapoly_open(out, *key_, nonce_, associated, cipher)) return false;
  ++nonce_;
  return true;
}

bool CipherState::seal_to(std::uint8_t* out, BytesView plain) {
  RELAIS_CHECK(has_key());
  if (nonce_ == kReservedNonce) return false;
  crypto::chachapoly_seal_to(out, *key_, nonce_++, {}, plain);
  return true;
}

bool CipherState::open_to(std::uint8_t* out, BytesView cipher) {
  RELAIS_CHECK(has_key());
  if (nonce_ == kReservedNonce) return false;
  if (!crypto::chachapoly_open_to(out, *key_, nonce_, {}, cipher)) return false;
  ++nonce_;
  return true;
}

void CipherState::rekey() {
  RELAIS_CHECK(has_key());
  const std::uint8_t zeros[crypto::SymmetricKey::kSize] = {};
  std::uint8_t sealed[crypto::SymmetricKey::kSize + crypto::kTagBytes];
  const BytesView plain(reinterpret_cast<const char*>(zeros), sizeof(zeros));
  crypto::chachapoly_seal_to(sealed, *key_, kReservedNonce, {}, plain);
  std::memcpy(key_->data(), sealed, crypto::SymmetricKey::kSize);
  crypto::wipe(sealed, sizeof(sealed));
}

SymmetricState::SymmetricState(std::string_view protocol_name) {
  if (protocol_name.size() <= crypto::Hash::kSize) {
    std::memcpy(hash_.data(), protocol_name.data(), protocol_name.size());
  } else {
    hash_ = crypto::sha256({protocol_name});
  }
  chaining_key_ = crypto::SymmetricKey::from(hash_.view());
}

void SymmetricState::mix_key(BytesView input) {
  const crypto::HkdfOutput keys = crypto::noise_hkdf(chaining_key_, input, 2);
  chaining_key_ = keys.out[0];
  cipher_ = CipherState(keys.out[1]);
}

void SymmetricState::mix_hash(BytesView data) { hash_ = crypto::sha256({hash_.view(), data}); }

void SymmetricState::mix_key_and_hash(BytesView input) {
  const crypto::HkdfOutput keys = crypto::noise_hkdf(chaining_key_, input, 3);
  chaining_key_ = keys.out[0];
  mix_hash(keys.out[1].view());
  cipher_ = CipherState(keys.out[2]);
}

bool SymmetricState::encrypt_and_hash(Bytes& out, BytesView plain) {
  const std::size_t start = out.size();
  if (!cipher_.encrypt(out, hash_.view(), plain)) return false;
  mix_hash(BytesView(out).substr(start));
  return true;
}

bool SymmetricState::decrypt_and_hash(Bytes& out, BytesView cipher) {
  if (!cipher_.decrypt(out, hash_.view(), cipher)) return false;
  mix_hash(cipher);
  return true;
}

std::pair<CipherState, CipherState> SymmetricState::split() const {
  const crypto::HkdfOutput keys = crypto::noise_hkdf(chaining_key_, {}, 2);
  return {CipherState(keys.out[0]), CipherState(keys.out[1])};
}

void SymmetricState::wipe_keys() {
  cipher_ = CipherState();
  chaining_key_ = crypto::SymmetricKey();
}

}  // namespace relais::session::noise
