#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "relais/export.h"
#include "relais/options.h"
#include "relais/result.h"

namespace relais {

/// A queue of handlers that the host runs in its own event loop (Qt, poll, Asio).
///
///     auto queue = EventQueue::create();
///     Options options; options.executor = queue->executor();
///     // when poll() says that queue->wake_fd() can be read:
///     queue->dispatch();
///
/// It must outlive the replicas that use it. After it was moved from, it can only be assigned to or
/// destroyed. Threads: any; `dispatch` in one at a time.
class RELAIS_API EventQueue {
 public:
  /// Fails: limit_exceeded (no file descriptor is left).
  static Result<EventQueue> create();
  EventQueue(EventQueue&&) noexcept;
  EventQueue& operator=(EventQueue&&) noexcept;
  /// Frees the remaining tasks; no handler of a closed replica runs.
  ~EventQueue();

  Executor executor();
  /// Readable while tasks wait. The host may only poll it, not read or close it.
  int wake_fd() const;
  /// Runs waiting tasks, at most `max`; if there are none, waits for the first for at most `wait`.
  /// Returns how many ran.
  std::size_t dispatch(std::chrono::milliseconds wait = {}, std::size_t max = 64);

 private:
  struct State;
  explicit EventQueue(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace relais
