#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "session/inner.h"
#include "session/noise_symmetric.h"

namespace relais::session {

/// The receiving half of an established session: decrypts frames and reassembles messages.
class FrameReader {
 public:
  void start(noise::CipherState cipher) { cipher_ = std::move(cipher); }

  /// Decrypts one frame and appends the messages it completes. False: the frame is not authentic,
  /// or the peer broke a rule (see `misbehaved()`). Call `start` first.
  bool read(BytesView frame, std::deque<Bytes>& messages);
  /// Wipes the key and drops an incomplete message.
  void stop();

  bool ended() const { return ended_; }
  /// An authentic frame broke a rule.
  bool misbehaved() const { return misbehaved_; }

 private:
  bool take(const Inner& inner, std::deque<Bytes>& messages);
  bool take_stream(BytesView content, std::deque<Bytes>& messages);
  bool take_size_byte(std::uint8_t byte);

  std::optional<noise::CipherState> cipher_;
  Bytes plain_;           // reused for every frame, to save allocations
  Bytes message_;         // the incomplete message
  std::size_t size_ = 0;  // its size, as far as the varint has been read
  unsigned shift_ = 0;    // bits of the varint read
  bool size_known_ = false;
  std::uint64_t frames_since_rekey_ = 0;
  bool ended_ = false;
  bool misbehaved_ = false;
};

}  // namespace relais::session
