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
  bool is_short() const {
    return session_.queued_bytes() + unwritten_ < limits::kTransmitQueueBytes;
  }

  void given_to_link(std::size_t bytes) { unwritten_ += bytes; }
  void written(std::size_t bytes) { unwritten_ -= bytes < unwritten_ ? bytes : unwritten_; }

 private:
  session::Session& session_;
  std::size_t unwritten_ = 0;
};

}  // namespace relais::peer
