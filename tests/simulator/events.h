#pragma once

#include <functional>
#include <map>
#include <utility>

#include "base/time.h"

namespace relais::simulator {

/// The simulated time and the events to come, ordered by time, then by creation.
class Events {
 public:
  using Task = std::function<void()>;

  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  /// Destroying a task may destroy a link, which adds another task.
  ~Events() {
    while (!tasks_.empty()) std::exchange(tasks_, {});
  }

  Instant now() const { return now_; }
  void at(Instant when, Task task) {
    tasks_.emplace(std::pair(when < now_ ? now_ : when, made_++), std::move(task));
  }
  void after(Duration wait, Task task) { at(now_ + wait, std::move(task)); }

  /// Runs everything due until then, and advances the time to it.
  void run_until(Instant end) {
    while (!tasks_.empty() && tasks_.begin()->first.first <= end) run_first();
    now_ = end;
  }
  std::uint64_t ran() const { return ran_; }
  std::size_t waiting() const { return tasks_.size(); }

 private:
  void run_first() {
    auto first = tasks_.extract(tasks_.begin());
    now_ = first.key().first;
    ++ran_;
    first.mapped()();
  }

  Instant now_{};
  std::uint64_t made_ = 0;
  std::uint64_t ran_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Task> tasks_;
};

}  // namespace relais::simulator
