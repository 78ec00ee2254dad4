#include "link/tcp/outbox.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace relais::link::tcp {
namespace {

constexpr std::size_t kBuffersAtOnce = 64;       // Asio passes the system no more at a time
constexpr std::size_t kJoinedBytes = 16 * 1024;  // small writes are joined up to this size

}  // namespace

void Outbox::push(Bytes bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  const bool last_is_free = queue_.size() > gathered_.size();
  if (last_is_free && queue_.back().size() + bytes.size() <= kJoinedBytes) {
    queue_.back().append(bytes);
  } else {
    queue_.push_back(std::move(bytes));
  }
}

std::span<const boost::asio::const_buffer> Outbox::gather() {
  RELAIS_CHECK(gathered_.empty());
  std::size_t room = limits::kLinkGatherBytes, skip = front_sent_;
  for (const Bytes& bytes : queue_) {
    if (room == 0 || gathered_.size() == kBuffersAtOnce) break;
    const std::size_t size = std::min(bytes.size() - skip, room);
    gathered_.emplace_back(bytes.data() + skip, size);
    room -= size;
    skip = 0;
  }
  return gathered_;
}

void Outbox::pop(std::size_t size) {
  RELAIS_CHECK(size <= size_);
  gathered_.clear();
  size_ -= size;
  front_sent_ += size;
  while (!queue_.empty() && front_sent_ >= queue_.front().size()) {
    front_sent_ -= queue_.front().size();
    queue_.pop_front();
  }
}

void Outbox::clear() { *this = Outbox(); }

}  // namespace relais::link::tcp
