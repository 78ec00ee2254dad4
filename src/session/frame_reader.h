#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "session/inner.h"
#include "session/noise_symmetric.h"

namespace relais::session {

/// The receiving half of an established session: frames in, messages out.
class FrameReader {
 public:
  void start(noise::CipherState cipher) { cipher_ = std::move(cipher); }

  /// Opens one frame and appends the messages it completes. False: it isn't authentic, or the peer
  /// broke a rule (`misbehaved()` says which). Needs `start` before.
  bool read(BytesView frame, std::deque<Bytes>& messages);
  /// Forgets the key and the beginning of a message.
  void stop();

  bool ended() const { return ended_; }
  /// A frame was authentic and yet against the rules.
  bool misbehaved() const { return misbehaved_; }

 private:
  bool take(const Inner& inner, std::deque<Bytes>& messages);
  bool take_stream(BytesView content, std::deque<Bytes>& messages);
  bool take_size_byte(std::uint8_t byte);

  std::optional<noise::CipherState> cipher_;
  Bytes plain_;           // kept from frame to frame, so that none allocates
  Bytes message_;         // the beginning of the next
  std::size_t size_ = 0;  // of that, as far as its varint has been read
  unsigned shift_ = 0;    // bits of it read
  bool size_known_ = false;
  std::uint64_t frames_since_rekey_ = 0;
  bool ended_ = false;
  bool misbehaved_ = false;
};

}  // namespace relais::session
