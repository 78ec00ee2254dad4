#include "session/session_limiter.h"

#include <algorithm>
#include <utility>

namespace relais::session {

SessionLimiter::Slot::Slot(Slot&& other) noexcept
    : sessions_(std::exchange(other.sessions_, nullptr)), entry_(other.entry_) {}

SessionLimiter::Slot& SessionLimiter::Slot::operator=(Slot&& other) noexcept {
  std::swap(sessions_, other.sessions_);
  std::swap(entry_, other.entry_);
  return *this;
}

SessionLimiter::Slot::~Slot() {
  if (sessions_ == nullptr) return;
  sessions_->entries_.erase(entry_);
  sessions_->promote_waiting();
}

SessionLimiter::Decision SessionLimiter::Slot::decide(Instant now) {
  if (entry_->state == Entry::State::rejected) return Decision::reject;
  if (entry_->state != Entry::State::waiting) return Decision::proceed;
  if (now < entry_->arrived + limits::kWaitingTime) return Decision::wait;
  entry_->state = Entry::State::rejected;
  return Decision::reject;
}

void SessionLimiter::Slot::establish(const crypto::DhPublicKey& peer) {
  entry_->state = Entry::State::open;
  entry_->peer = peer;
  const auto is_peers = [&](const Entry& entry) {
    return entry.state == Entry::State::open && entry.peer == peer;
  };
  Entries& entries = sessions_->entries_;
  const auto sessions = std::count_if(entries.begin(), entries.end(), is_peers);
  if (static_cast<std::size_t>(sessions) > limits::kSessionsAPeer) {
    std::find_if(entries.begin(), entries.end(), is_peers)->state = Entry::State::rejected;
  }
  sessions_->promote_waiting();
}

SessionLimiter::Slot SessionLimiter::add(BytesView machine, Instant now) {
  const auto entry =
      entries_.insert(entries_.end(), {Entry::State::waiting, Bytes(machine), now, {}});
  promote_waiting();
  if (waiting() > limits_.waiting) reject_one();
  return {this, entry};
}

std::size_t SessionLimiter::count(Entry::State state) const {
  return static_cast<std::size_t>(std::count_if(
      entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.state == state; }));
}

std::size_t SessionLimiter::count_of_machine(const Bytes& machine, bool waiting_too) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        const bool counts = entry.state == Entry::State::half_open ||
                            (waiting_too && entry.state == Entry::State::waiting);
        return counts && entry.machine == machine;
      }));
}

/// Gives free slots to waiting sessions of the machine with the fewest half-open ones, oldest
/// first: a peer that holds the key and fills all slots keeps out only sessions of its own machine.
void SessionLimiter::promote_waiting() {
  const auto is_waiting = [](const Entry& entry) { return entry.state == Entry::State::waiting; };
  while (half_open() < limits_.half_open &&
         half_open() + count(Entry::State::open) < limits_.open) {
    Entry* next = nullptr;
    std::size_t fewest = 0;
    for (Entry& entry : entries_) {
      if (!is_waiting(entry)) continue;
      const std::size_t has = count_of_machine(entry.machine, false);
      if (next != nullptr && has >= fewest) continue;
      next = &entry;
      fewest = has;
    }
    if (next == nullptr) return;
    next->state = Entry::State::half_open;
  }
}

void SessionLimiter::reject_one() {
  Entry* last = nullptr;
  std::size_t most = 0;
  for (Entry& entry : entries_) {
    if (entry.state != Entry::State::waiting) continue;
    const std::size_t has = count_of_machine(entry.machine, true);
    if (has < most) continue;
    last = &entry;
    most = has;
  }
  if (last != nullptr) last->state = Entry::State::rejected;
}

void SessionLimiter::remember(const crypto::DhPublicKey& ephemeral) {
  if (!seen_.insert(ephemeral).second) return;
  if (ring_.size() < limits::kRecentEphemerals) {
    ring_.push_back(ephemeral);
    return;
  }
  seen_.erase(std::exchange(ring_[oldest_], ephemeral));
  oldest_ = (oldest_ + 1) % ring_.size();
}

}  // namespace relais::session
