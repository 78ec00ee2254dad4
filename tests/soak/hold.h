#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace relais::soak {

/// A barrier at which all devices of this process wait in the middle of a session. Threads: any.
class Hold {
 public:
  explicit Hold(int devices) : devices_(devices) {}

  /// Call in the middle of a session: waits for `let_go`.
  void arrive() {
    std::unique_lock lock(mutex_);
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  /// Call if a session ended without reaching its middle.
  void pass() {
    const std::lock_guard lock(mutex_);
    ++passed_;
    changed_.notify_all();
  }
  /// Number of waiting devices, once no device is on its way any more or the time is over.
  int wait_for_all(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, longest, [&] { return held_ + passed_ == devices_; });
    return held_;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  const int devices_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int held_ = 0;
  int passed_ = 0;
  bool open_ = false;
};

}  // namespace relais::soak
