#include "session/reception.h"

#include <utility>

#include "base/limits.h"

namespace relais::session {

Reception::Place& Reception::Place::operator=(Place&& other) noexcept {
  std::swap(reception_, other.reception_);
  return *this;
}

Reception::Place::~Place() {
  if (reception_ != nullptr) --reception_->half_open_;
}

std::optional<Reception::Place> Reception::enter() {
  if (half_open_ == limits::kHalfOpenSessions) return std::nullopt;
  ++half_open_;
  return Place(this);
}

void Reception::remember(const crypto::DhPublicKey& ephemeral) {
  if (!known_.insert(ephemeral).second) return;
  if (ring_.size() < limits::kRecentEphemerals) {
    ring_.push_back(ephemeral);
    return;
  }
  known_.erase(std::exchange(ring_[oldest_], ephemeral));
  oldest_ = (oldest_ + 1) % ring_.size();
}

}  // namespace relais::session
