#pragma once

#include <cstddef>

#include "session/session.h"
#include "wire/messages.h"

namespace relais::peer {

/// Where messages go: the session, and how much of what it was given the link hasn't taken yet.
/// Owns: nothing. Inside src/peer only.
class Outbox {
 public:
  explicit Outbox(session::Session& session) : session_(session) {}

  void send(wire::Message message) { session_.send(wire::encode(std::move(message))); }
  /// Whether a sender may read ahead.
  bool has_room() const {
    return session_.queued_bytes() + unwritten_ < limits::kTransmitQueueBytes;
  }

  void add_unwritten(std::size_t bytes) { unwritten_ += bytes; }
  void remove_unwritten(std::size_t bytes) {
    unwritten_ -= bytes < unwritten_ ? bytes : unwritten_;
  }

 private:
  session::Session& session_;
  std::size_t unwritten_ = 0;
};

}  // namespace relais::peer
