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

/// Runs the host's handlers: through its executor, else in the loop. Never with a lock held, never
/// inside the call that asks for it. Outlives the engine where the host's executor has tasks left.
/// Threads: any.
class Handlers : public std::enable_shared_from_this<Handlers> {
 public:
  Handlers(runtime::Loop& loop, Executor executor, LogSink log)
      : loop_(&loop), executor_(executor), log_(log) {}

  /// Runs `task` soon, unless this was closed before. An exception ends there.
  void run(std::function<void()> task);
  /// To the host's log.
  void log(LogLevel level, std::string message);

  /// From now on no handler begins.
  void close();
  /// Waits until no other thread runs a handler, or for that time. True: none does.
  bool wait_for_others(std::chrono::milliseconds limit);

 private:
  struct Task;
  static void run_posted(void* data);
  void run_now(const std::function<void()>& task);

  runtime::Loop* loop_;
  const Executor executor_;
  const LogSink log_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<std::thread::id> running_;
  bool closed_ = false;
};

/// Who observes a replica. Each observer has a queue of its own, in which document changes are
/// joined, so that a slow one costs a bounded amount of memory and delays nobody.
/// Threads: any.
class Observers {
 public:
  using Handler = std::function<void(const Event&)>;

  explicit Observers(std::shared_ptr<Handlers> handlers) : handlers_(std::move(handlers)) {}

  /// Observes as long as what it gives is held.
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
