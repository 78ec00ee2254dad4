#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "relais/export.h"
#include "relais/options.h"
#include "relais/result.h"

namespace relais {

/// Handlers wait here until the host runs them: for hosts with a loop of their own (Qt, poll,
/// Asio).
///
///     auto queue = EventQueue::create();
///     Options options; options.executor = queue->executor();
///     // when poll() says that queue->wake_fd() can be read:
///     queue->dispatch();
///
/// It must outlive the replicas that use it. Threads: `dispatch` in one thread at a time.
class RELAIS_API EventQueue {
 public:
  /// Fails: limit_exceeded (no file descriptor is left).
  static Result<EventQueue> create();
  EventQueue(EventQueue&&) noexcept;
  EventQueue& operator=(EventQueue&&) noexcept;
  /// After the replicas that use it: of a closed replica no handler runs any more.
  ~EventQueue();

  Executor executor();
  /// Readable while something waits. Only to be watched, never to be read or closed.
  int wake_fd() const;
  /// Runs what waits, at most `max` handlers; if nothing does, waits for the first for at most
  /// `wait`. Gives how many ran.
  std::size_t dispatch(std::chrono::milliseconds wait = {}, std::size_t max = 64);

 private:
  struct State;
  explicit EventQueue(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace relais
