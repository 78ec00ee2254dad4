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

/// What all responders of one listening device share: who of those whose first message was
/// authentic (so who hold a key) may go on with the handshake, who waits, and who is told that this
/// device is busy; and which first messages arrived before. docs/spec/session.md, "Who comes".
/// Owns: nothing. It must outlive the sessions that were made with it.
class SessionLimiter {
 public:
  enum class Decision : std::uint8_t {
    wait,
    proceed,
    reject,  ///< it is told so, as far as it can be; then its session ends
  };

 private:
  struct Entry {
    enum class State : std::uint8_t { waiting, half_open, open, rejected };
    State state;
    Bytes machine;
    Instant arrived;
    crypto::DhPublicKey peer;  // of an open one
  };

 public:
  /// One session's place, from its first message on; freed when it goes.
  class Slot {
   public:
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&& other) noexcept;
    ~Slot();

    Decision decide(Instant now);
    /// The handshake is through. Beyond limits::kSessionsAPeer of one static key the oldest goes.
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

  /// For an authentic first message. `machine`: machine_of the caller's address. Where too many
  /// wait, the last of the machine from which most have come is sent away.
  Slot add(BytesView machine, Instant now);
  std::size_t half_open() const { return count(Entry::State::half_open); }
  std::size_t waiting() const { return count(Entry::State::waiting); }

  /// Whether a first message with this ephemeral key was among the last
  /// limits::kRecentEphemerals remembered.
  bool has_seen(const crypto::DhPublicKey& ephemeral) const { return seen_.count(ephemeral) > 0; }
  /// Only for a first message that was authentic: strangers can't push out what is remembered.
  void remember(const crypto::DhPublicKey& ephemeral);

 private:
  using Entries = std::list<Entry>;

  std::size_t count(Entry::State state) const;
  std::size_t count_of_machine(const Bytes& machine, bool waiting_too) const;
  void promote_waiting();
  void reject_one();

  const SessionLimits limits_;
  Entries entries_;  // in the order of coming
  std::vector<crypto::DhPublicKey> ring_;
  std::size_t oldest_ = 0;  // in a full ring
  std::unordered_set<crypto::DhPublicKey> seen_;
};

}  // namespace relais::session
