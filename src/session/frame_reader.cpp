#include "session/frame_reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace relais::session {

bool FrameReader::read(BytesView frame, std::deque<Bytes>& messages) {
  RELAIS_CHECK(cipher_.has_value() && !ended_);
  if (frame.size() < crypto::kTagBytes) return false;
  const std::size_t size = frame.size() - crypto::kTagBytes;
  if (plain_.size() < size) plain_.resize(size);
  if (!cipher_->open_to(u8(plain_), frame)) return false;
  const std::optional<Inner> inner = open_inner(BytesView(plain_).substr(0, size));
  misbehaved_ = !inner || !take(*inner, messages);
  return !misbehaved_;
}

void FrameReader::stop() {
  cipher_.reset();
  message_ = Bytes();
  plain_ = Bytes();
}

bool FrameReader::take(const Inner& inner, std::deque<Bytes>& messages) {
  if (inner.type == InnerType::rekey) {
    cipher_->rekey();
    frames_since_rekey_ = 0;
    return inner.content.empty();
  }
  if (++frames_since_rekey_ > limits::kFramesBetweenRekeys) return false;
  if (inner.type == InnerType::data) return take_stream(inner.content, messages);
  ended_ = true;
  const bool amid_message = shift_ > 0;
  return inner.content.empty() && !amid_message;
}

bool FrameReader::take_stream(BytesView content, std::deque<Bytes>& messages) {
  while (!content.empty()) {
    if (!size_known_) {
      if (!take_size_byte(static_cast<std::uint8_t>(content.front()))) return false;
      content.remove_prefix(1);
      if (size_known_) message_.reserve(size_);
      continue;
    }
    const std::size_t taken = std::min(content.size(), size_ - message_.size());
    message_.append(content.substr(0, taken));
    content.remove_prefix(taken);
    if (message_.size() < size_) continue;
    messages.push_back(std::exchange(message_, Bytes()));
    size_ = 0;
    shift_ = 0;
    size_known_ = false;
  }
  return true;
}

// Reads the varint of base/coding.h one byte at a time, as frames deliver it.
bool FrameReader::take_size_byte(std::uint8_t byte) {
  size_ |= static_cast<std::size_t>(byte & 0x7f) << shift_;
  if (size_ > limits::kMessageBytes) return false;
  const bool last = byte < 0x80;
  if (last && byte == 0) return false;  // an empty message, or not the shortest form
  shift_ += 7;
  size_known_ = last;
  return last || shift_ <= 21;
}

}  // namespace relais::session
