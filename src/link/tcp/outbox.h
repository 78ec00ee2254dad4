#pragma once

#include <boost/asio/buffer.hpp>
#include <deque>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace relais::link::tcp {

/// A queue of bytes to send, gathered for each system call.
class Outbox {
 public:
  void push(Bytes bytes);

  /// The bytes to send next: at most limits::kLinkGatherBytes, in at most as many buffers as the
  /// system takes. Valid until `pop` or `clear`; at most one such view at a time.
  std::span<const boost::asio::const_buffer> gather();
  /// Drops the first `size` bytes, which were sent, and ends the view of the last `gather`.
  void pop(std::size_t size);
  void clear();

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  std::deque<Bytes> queue_;
  std::size_t front_sent_ = 0;  // sent bytes of queue_.front()
  std::size_t size_ = 0;        // bytes not yet sent
  std::vector<boost::asio::const_buffer> gathered_;
};

}  // namespace relais::link::tcp
