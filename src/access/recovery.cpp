#include "access/recovery.h"

#include "access/text_code.h"
#include "base/limits.h"

namespace relais::access {
namespace {

constexpr std::size_t kGroup = 4;
constexpr std::size_t kSeedBytes = crypto::SymmetricKey::kSize;
constexpr std::size_t kChecksumBytes = 3;  // 35 bytes are exactly 56 digits

BytesView checksum(const crypto::Hash& hash) { return hash.view().substr(0, kChecksumBytes); }

crypto::Hash hash_of(BytesView seed) { return crypto::hash("recovery", {seed}); }

}  // namespace

std::string recovery_phrase(const crypto::SigningKeyPair& root) {
  // An Ed25519 secret key is its seed, then its public key (RFC 8032 as libsodium stores it).
  Bytes payload(root.secret_key.view().substr(0, kSeedBytes));
  payload += checksum(hash_of(payload));
  std::string phrase = to_text_code(payload, kGroup);
  crypto::wipe(payload);
  return phrase;
}

Result<crypto::SigningKeyPair> root_from_phrase(std::string_view phrase) {
  const Error mistyped(ErrorCode::bad_input,
                       "The recovery phrase is not right: compare it with the paper, group by "
                       "group.",
                       Retry::after_user_acts);
  if (phrase.size() > limits::kCodeTextBytes) return mistyped;
  std::optional<Bytes> payload = from_text_code(normalise_text_code(phrase));
  if (!payload || payload->size() != kSeedBytes + kChecksumBytes) return mistyped;
  const BytesView seed = BytesView(*payload).substr(0, kSeedBytes);
  const bool whole = crypto::equal(checksum(hash_of(seed)), BytesView(*payload).substr(kSeedBytes));
  const auto pair = crypto::signing_key_pair_from(crypto::SymmetricKey::from(seed));
  crypto::wipe(*payload);
  if (!whole) return mistyped;
  return pair;
}

}  // namespace relais::access
