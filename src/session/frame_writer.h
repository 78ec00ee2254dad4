#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"
#include "session/inner.h"
#include "session/noise_symmetric.h"

namespace relais::session {

/// The sending half of an established session: encrypts messages into frames. The messages form one
/// stream, each preceded by its length as a varint, and the stream is cut into frames regardless of
/// message boundaries: small messages share a frame, and only the last frame of a batch is padded.
class FrameWriter {
 public:
  /// 1 to limits::kMessageBytes: checked.
  void queue(Bytes message);
  void queue_end();
  /// Queues an empty frame, sent only if there is nothing else to write.
  void queue_keep_alive() { keep_alive_ = true; }

  void start(noise::CipherState cipher, Instant now);
  /// Appends frames to `out` until nothing is queued or `out` holds at least `batch` bytes. False:
  /// the cipher has used up its nonces. Does nothing before `start`.
  bool write(Instant now, std::size_t batch, Bytes& out);
  /// Wipes the key and drops all queued messages.
  void stop();

  /// END was written: no frame follows.
  bool ended() const { return end_ == End::written; }
  bool keep_alive_queued() const { return keep_alive_; }
  bool has_work() const { return !queue_.empty() || end_ == End::queued || keep_alive_; }
  /// Bytes of queued messages that are not yet in frames.
  std::size_t queued_bytes() const { return queued_bytes_; }

 private:
  enum class End : std::uint8_t { open, queued, written };
  struct QueuedMessage {
    Bytes length;  // the varint
    Bytes body;
    std::size_t written = 0;  // bytes of `length` and `body` already in frames
  };

  bool write_frame(Bytes& out);
  bool rekey_if_due(Instant now, Bytes& out);
  void fill(Bytes& out);
  bool seal(Bytes& out, std::size_t start, InnerType type);

  std::optional<noise::CipherState> cipher_;
  std::deque<QueuedMessage> queue_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t frames_since_rekey_ = 0;
  Instant last_rekey_{};
  End end_ = End::open;
  bool keep_alive_ = false;
};

}  // namespace relais::session
