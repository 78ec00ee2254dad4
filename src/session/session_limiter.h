#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/crypto.h"

namespace relais::session {

struct SessionLimits {
  std::size_t half_open = limits::kHalfOpenSessions;
  std::size_t waiting = limits::kWaitingSessions;
  std::size_t open = limits::kOpenSessions;  ///< established, half-open ones included
};

/// Limits how many responder sessions of one listening device run the handshake or are open, and
/// remembers recent first messages so that a replayed one is refused. Only sessions whose first
/// message authenticated (whose peer holds a key) are counted. docs/spec/session.md, "Connection
/// limits". Owns: nothing. Must outlive the sessions made with it.
class SessionLimiter {
 public:
  enum class Decision : std::uint8_t {
    wait,
    proceed,
    reject,  ///< the session ends; before message 2 the peer is told that the device is busy
  };

 private:
  struct Entry {
    enum class State : std::uint8_t { waiting, half_open, open, rejected };
    State state;
    Bytes machine;
    Instant arrived;
    crypto::DhPublicKey peer;  // of an open session
  };

 public:
  /// One session's entry, from its first message until the session is destroyed.
  class Slot {
   public:
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&& other) noexcept;
    ~Slot();

    Decision decide(Instant now);
    /// Call once the handshake has finished. If the same static key then has more than
    /// limits::kSessionsAPeer open sessions, the oldest of them is rejected.
    void establish(const crypto::DhPublicKey& peer);

   private:
    friend class SessionLimiter;
    Slot(SessionLimiter* sessions, std::list<Entry>::iterator entry)
        : sessions_(sessions), entry_(entry) {}
    SessionLimiter* sessions_;
    std::list<Entry>::iterator entry_;
  };

  explicit SessionLimiter(const SessionLimits& limits = {}) : limits_(limits) {}
  SessionLimiter(const SessionLimiter&) = delete;
  SessionLimiter& operator=(const SessionLimiter&) = delete;

  /// Call for an authentic first message. `machine`: machine_of the caller's address. If more than
  /// `waiting` sessions wait, the newest one of the machine with the most sessions is rejected.
  Slot add(BytesView machine, Instant now);
  std::size_t half_open() const { return count(Entry::State::half_open); }
  std::size_t waiting() const { return count(Entry::State::waiting); }

  /// Whether this ephemeral key is among the last limits::kRecentEphemerals remembered.
  bool has_seen(const crypto::DhPublicKey& ephemeral) const { return seen_.count(ephemeral) > 0; }
  /// Call only for an authentic first message, so that a stranger cannot push out what is
  /// remembered.
  void remember(const crypto::DhPublicKey& ephemeral);

 private:
  using Entries = std::list<Entry>;

  std::size_t count(Entry::State state) const;
  std::size_t count_of_machine(const Bytes& machine, bool waiting_too) const;
  void promote_waiting();
  void reject_one();

  const SessionLimits limits_;
  Entries entries_;  // in order of arrival
  std::vector<crypto::DhPublicKey> ring_;
  std::size_t oldest_ = 0;  // index of the oldest entry once the ring is full
  std::unordered_set<crypto::DhPublicKey> seen_;
};

}  // namespace relais::session
