#include "base/check.h"
#include "base/limits.h"
#include "log/writer.h"

namespace relais::log {

Sealer::Sealer(std::vector<SignedHead> tail, std::size_t bytes_since)
    : heads_(std::move(tail)), bytes_since_(bytes_since) {
  RELAIS_CHECK(heads_.size() <= limits::kHeadsPerSeal);
}

// The last head is replaced until it is far enough from the one before.
void Sealer::add(const Head& head, std::size_t bytes) {
  RELAIS_CHECK(!full());
  const bool moves = !heads_.empty() && bytes_since_ < limits::kBytesBetweenHeads;
  if (moves) {
    heads_.back() = {head.seq, head.hash};
    bytes_since_ += bytes;
  } else {
    heads_.push_back({head.seq, head.hash});
    bytes_since_ = bytes;
  }
  unsealed_ = true;
}

bool Sealer::full() const {
  return heads_.size() == limits::kHeadsPerSeal && bytes_since_ >= limits::kBytesBetweenHeads;
}

bool Sealer::unsealed() const { return unsealed_; }

wire::Seal Sealer::sign(const Writer::Identity& identity, const LogId& log,
                        const crypto::SigningSecretKey& key) {
  RELAIS_CHECK(!heads_.empty());
  return sign_seal(identity.space, key,
                   {log.compartment, identity.device_key, identity.instance, heads_});
}

void Sealer::sealed() {
  unsealed_ = false;
  if (!full()) return;
  heads_.clear();
  bytes_since_ = 0;
}

}  // namespace relais::log
