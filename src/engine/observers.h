#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/loop.h"
#include "relais/event.h"
#include "relais/options.h"

namespace relais::engine {

/// Runs the host's handlers through its executor, or else in the loop; never with a lock held, and
/// always after the call that scheduled them. It outlives the engine while the executor has tasks.
/// Threads: any.
class Handlers : public std::enable_shared_from_this<Handlers> {
 public:
  Handlers(runtime::Loop& loop, Executor executor, LogSink log)
      : loop_(&loop), executor_(executor), log_(log) {}

  /// Runs `task` soon, unless closed before. Catches and logs its exceptions.
  void run(std::function<void()> task);
  /// Writes to the host's log.
  void log(LogLevel level, std::string message);

  /// From now on no handler is started.
  void close();
  /// Waits until no other thread runs a handler, at most `limit`. True: none does.
  bool wait_for_others(std::chrono::milliseconds limit);

 private:
  struct Task;
  static void run_posted(void* data);
  void run_now(const std::function<void()>& task);
  void write_lines();

  runtime::Loop* loop_;
  const Executor executor_;
  const LogSink log_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<std::thread::id> running_;
  std::deque<std::pair<LogLevel, std::string>> lines_;  ///< of the log, still to be written
  bool writing_ = false;
  bool closed_ = false;
};

/// Handlers that run one after the other, whatever the host's executor does.
/// Threads: any.
class HandlerQueue : public std::enable_shared_from_this<HandlerQueue> {
 public:
  explicit HandlerQueue(std::shared_ptr<Handlers> handlers) : handlers_(std::move(handlers)) {}

  /// Runs `task` soon, after those that were added before it.
  void add(std::function<void()> task);

 private:
  void run_next();

  const std::shared_ptr<Handlers> handlers_;
  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;  ///< the first one is running or scheduled
};

/// The observers of a replica. Each has a bounded queue in which document changes are joined, so a
/// slow observer neither delays others nor uses unlimited memory.
/// Threads: any.
class Observers {
 public:
  using Handler = std::function<void(const Event&)>;

  explicit Observers(std::shared_ptr<Handlers> handlers) : handlers_(std::move(handlers)) {}

  /// The observer is removed when the returned pointer is released.
  std::shared_ptr<void> add(Handler handler);
  void tell(const Event& event);
  bool any() const;

 private:
  class Observer;

  const std::shared_ptr<Handlers> handlers_;
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Observer>> observers_;
};

}  // namespace relais::engine
