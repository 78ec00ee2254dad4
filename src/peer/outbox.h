#pragma once

#include <cstddef>

#include "session/session.h"
#include "wire/messages.h"

namespace relais::peer {

/// Sends messages through the session, and counts the bytes that the link has not taken yet. Owns:
/// nothing. Inside src/peer only.
class Outbox {
 public:
  explicit Outbox(session::Session& session) : session_(session) {}

  void send(wire::Message message) { session_.send(wire::encode(std::move(message))); }
  /// Whether a sender may read more from the store.
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
