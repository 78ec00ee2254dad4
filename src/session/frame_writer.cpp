#include "session/frame_writer.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/coding.h"

namespace relais::session {

void FrameWriter::queue(Bytes message) {
  RELAIS_CHECK(!message.empty() && message.size() <= limits::kMessageBytes);
  RELAIS_CHECK(end_ == End::open);
  QueuedMessage queued;
  put_varint(queued.length, message.size());
  queued_bytes_ += message.size();
  queued.body = std::move(message);
  queue_.push_back(std::move(queued));
}

void FrameWriter::queue_end() {
  if (end_ == End::open) end_ = End::queued;
}

void FrameWriter::start(noise::CipherState cipher, Instant now) {
  cipher_ = std::move(cipher);
  last_rekey_ = now;
}

bool FrameWriter::write(Instant now, std::size_t batch, Bytes& out) {
  while (cipher_ && has_work() && out.size() < batch) {
    if (!rekey_if_due(now, out) || !write_frame(out)) return false;
  }
  return true;
}

void FrameWriter::stop() {
  cipher_.reset();
  queue_.clear();
  queued_bytes_ = 0;
  keep_alive_ = false;
  if (end_ == End::queued) end_ = End::open;
}

bool FrameWriter::rekey_if_due(Instant now, Bytes& out) {
  if (frames_since_rekey_ < limits::kFramesBetweenRekeys &&
      now - last_rekey_ < limits::kTimeBetweenRekeys) {
    return true;
  }
  const std::size_t start = out.size();
  out.append(kLengthBytes, '\0');
  if (!seal(out, start, InnerType::rekey)) return false;
  cipher_->rekey();
  frames_since_rekey_ = 0;
  last_rekey_ = now;
  return true;
}

bool FrameWriter::write_frame(Bytes& out) {
  const std::size_t start = out.size();
  out.append(kLengthBytes, '\0');
  const bool ends = queue_.empty() && end_ == End::queued;
  if (ends) end_ = End::written;
  fill(out);
  keep_alive_ = false;
  ++frames_since_rekey_;
  return seal(out, start, ends ? InnerType::end : InnerType::data);
}

// Moves up to one frame's content from the queue to `out`.
void FrameWriter::fill(Bytes& out) {
  std::size_t room = kFullContentBytes;
  const auto copy = [&](QueuedMessage& queued, BytesView rest) {
    const BytesView part = rest.substr(0, room);
    out.append(part);
    queued.written += part.size();
    room -= part.size();
  };
  while (room > 0 && !queue_.empty()) {
    QueuedMessage& front = queue_.front();
    const std::size_t head = front.length.size();
    if (front.written < head) copy(front, BytesView(front.length).substr(front.written));
    if (front.written >= head) copy(front, BytesView(front.body).substr(front.written - head));
    if (front.written < head + front.body.size()) break;
    queued_bytes_ -= front.body.size();
    queue_.pop_front();
  }
}

// Encrypts the content that begins at `start` (after two bytes for the length) into a frame, in
// place.
bool FrameWriter::seal(Bytes& out, std::size_t start, InnerType type) {
  const std::size_t inner = start + kLengthBytes;
  close_inner(out, inner, type, kFullPlainBytes);
  const std::size_t plain = out.size() - inner;
  out.append(crypto::kTagBytes, '\0');
  set_length(out, start);
  return cipher_->seal_to(u8(out) + inner, BytesView(out).substr(inner, plain));
}

}  // namespace relais::session
