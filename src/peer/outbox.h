#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "session/session.h"
#include "wire/messages.h"

namespace relais::peer {

/// Sends messages through the session, and counts the bytes that the link has not taken yet. Inside
/// src/peer only.
class Outbox {
 public:
  explicit Outbox(session::Session& session) : session_(session) {}

  void send(wire::Message message) {
    Bytes bytes = wire::encode(std::move(message));
    if (holding_) {
      held_.push_back(std::move(bytes));
    } else {
      session_.send(std::move(bytes));
    }
  }
  /// Keeps what is sent from now on.
  void hold() { holding_ = true; }
  /// Sends this, then what was kept.
  void release(const wire::message::Hello& first) {
    holding_ = false;
    session_.send(wire::encode(first));
    for (Bytes& bytes : std::exchange(held_, {})) session_.send(std::move(bytes));
  }
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
  bool holding_ = false;
  std::vector<Bytes> held_;  ///< messages
};

}  // namespace relais::peer
