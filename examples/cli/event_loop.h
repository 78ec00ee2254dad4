#pragma once

#include <csignal>
#include <deque>
#include <mutex>
#include <utility>

#include "relais/replica.h"

namespace cli {

/// Runs what the library posts in the thread that calls `run`, until `stop` or a signal that asks
/// the program to end (SIGINT, SIGTERM, SIGHUP). One that the program was started to ignore, as by
/// nohup, stays ignored.
/// Make it before any other thread: they must not take the signals. It must outlive the replica.
class EventLoop {
 public:
  EventLoop();
  /// Runs what is left, then lets the signals do what they did before.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  relais::Executor executor() { return {post, this}; }
  void run();
  /// The signal that ended `run`; 0: none.
  int signal() const { return signal_; }
  /// From a task: `run` returns after it.
  void stop() { stopped_ = true; }

 private:
  using Task = std::pair<void (*)(void*), void*>;
  static void post(void* context, void (*task)(void*), void* data);
  void run_tasks();

  std::mutex mutex_;
  std::deque<Task> tasks_;
  int wake_ = -1;     ///< an eventfd: there are tasks
  int signals_ = -1;  ///< a signalfd
  sigset_t before_{};
  int signal_ = 0;
  bool stopped_ = false;
};

}  // namespace cli
