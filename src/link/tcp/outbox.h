#pragma once

#include <boost/asio/buffer.hpp>
#include <deque>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace relais::link::tcp {

/// Bytes waiting to be sent, in order: gathered for each call of the system, dropped as they go.
class Outbox {
 public:
  void push(Bytes bytes);

  /// What to send next: at most limits::kLinkGatherBytes, in at most as many buffers as the
  /// system takes. Valid until `pop` or `clear`; at most one such view at a time.
  std::span<const boost::asio::const_buffer> gather();
  /// The first `size` bytes of the last `gather` are sent; the view is given back.
  void pop(std::size_t size);
  void clear();

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  std::deque<Bytes> queue_;
  std::size_t front_sent_ = 0;  // of queue_.front()
  std::size_t size_ = 0;        // in all, without what was sent
  std::vector<boost::asio::const_buffer> gathered_;
};

}  // namespace relais::link::tcp
