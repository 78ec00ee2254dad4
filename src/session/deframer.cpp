#include "session/deframer.h"

#include <algorithm>

#include "session/inner.h"

namespace relais::session {
namespace {

std::size_t length_at(BytesView bytes) {
  return static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[0]) << 8 |
                                  static_cast<std::uint8_t>(bytes[1]));
}

}  // namespace

Deframer::Found Deframer::next(BytesView& portion, std::size_t limit, BytesView& unit) {
  if (used_) clear();
  if (buffer_.empty() && portion.size() >= kLengthBytes) {
    const std::size_t size = length_at(portion);
    if (size > limit) return Found::too_long;
    if (portion.size() - kLengthBytes >= size) {
      unit = portion.substr(kLengthBytes, size);
      portion.remove_prefix(kLengthBytes + size);
      return Found::unit;
    }
  }
  if (!fill(portion, kLengthBytes)) return Found::need_more;
  const std::size_t size = length_at(buffer_);
  if (size > limit) return Found::too_long;
  if (!fill(portion, kLengthBytes + size)) return Found::need_more;
  unit = BytesView(buffer_).substr(kLengthBytes);
  used_ = true;
  return Found::unit;
}

bool Deframer::fill(BytesView& portion, std::size_t size) {
  if (buffer_.size() < size) {
    const std::size_t taken = std::min(portion.size(), size - buffer_.size());
    buffer_.append(portion.substr(0, taken));
    portion.remove_prefix(taken);
  }
  return buffer_.size() >= size;
}

void Deframer::clear() {
  buffer_.clear();
  used_ = false;
}

}  // namespace relais::session
