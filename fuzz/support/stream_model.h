#pragma once

#include <deque>

#include "base/bytes.h"

namespace relais::fuzz {

/// The rules of docs/spec/session.md for authentic frames, in the simplest form: the messages they
/// give, and the frame that breaks a rule.
class StreamModel {
 public:
  /// Takes the plaintext of the next frame. False: it breaks a rule.
  bool take(BytesView plain);

  std::deque<Bytes> messages;
  bool ended = false;

 private:
  bool split();

  Bytes pending_;  // the stream after the last whole message
};

/// Content, type, zeros: the plaintext of a frame or of a handshake payload.
Bytes inner(BytesView content, std::uint8_t type, std::size_t zeros);
/// A frame or handshake message with its length in two bytes. At most 65 535 bytes.
Bytes with_length(BytesView piece);

}  // namespace relais::fuzz
