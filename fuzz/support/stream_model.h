#pragma once

#include <deque>

#include "base/bytes.h"

namespace relais::fuzz {

/// What docs/spec/session.md says of frames that are authentic, in the plainest way: the messages
/// that come of them, and the frame that breaks a rule.
class StreamModel {
 public:
  /// The inside of the next frame. False: it is against the rules.
  bool take(BytesView plain);

  std::deque<Bytes> messages;
  bool ended = false;

 private:
  bool split();

  Bytes pending_;  // the stream, without the messages that are whole
};

/// Content, its type, zeros: the inside of a frame or of a handshake's message.
Bytes inner(BytesView content, std::uint8_t type, std::size_t zeros);
/// A frame or a handshake's message after its length in two bytes. At most 65 535 bytes.
Bytes with_length(BytesView piece);

}  // namespace relais::fuzz
