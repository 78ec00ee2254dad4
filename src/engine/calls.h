#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "relais/result.h"

namespace relais::engine {

/// Counts the host's calls that are running in an engine; closing waits for them.
/// Threads: any.
class Calls {
 public:
  /// RAII: one call.
  class Call {
   public:
    explicit Call(Calls& calls) : calls_(&calls) {}
    ~Call();
    Call(Call&& other) noexcept : calls_(std::exchange(other.calls_, nullptr)) {}
    Call& operator=(Call&&) = delete;

   private:
    Calls* calls_;
  };

  /// Fails: closed.
  Result<Call> begin();
  /// From now on `begin` fails. False: already closed.
  bool close();
  bool is_closed() const;
  /// Waits until no other thread runs a call, at most `limit`. True: none does.
  bool wait_for_others(std::chrono::milliseconds limit);
  /// Runs `action` in this thread when this thread's own calls have ended; at once if it has none.
  void when_left(std::function<void()> action);

  /// Whether this thread runs the host's callback of a write, under a replica's mutex.
  static bool in_edit();
  /// RAII: makes `in_edit` true in this thread.
  class Edit {
   public:
    Edit();
    ~Edit();
    Edit(const Edit&) = delete;
    Edit& operator=(const Edit&) = delete;
  };
  /// Fails: would_deadlock inside an edit.
  static Status check_outside_edit();

 private:
  void end();

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::thread::id, int> inside_;
  std::map<std::thread::id, std::function<void()>> when_left_;
  bool closed_ = false;
};

}  // namespace relais::engine
