#include "engine/runtime/manual_loop.h"

#include <cstdint>

namespace relais::runtime {

struct ManualLoop::Timers {
  using Key = std::pair<Instant, std::uint64_t>;  // when, then the order of creation
  std::map<Key, std::function<void()>> waiting;
  std::uint64_t made = 0;
};

class ManualLoop::ManualTimer final : public Loop::Timer {
 public:
  ManualTimer(std::weak_ptr<Timers> timers, Timers::Key key)
      : timers_(std::move(timers)), key_(key) {}
  ~ManualTimer() override {
    const auto timers = timers_.lock();
    if (!timers) return;
    // Extracted first: destroying the task may destroy other timers.
    const auto task = timers->waiting.extract(key_);
  }

 private:
  std::weak_ptr<Timers> timers_;
  Timers::Key key_;
};

ManualLoop::ManualLoop(Now start, std::function<void()> wake)
    : wake_(std::move(wake)), timers_(std::make_shared<Timers>()), now_(start) {}

ManualLoop::~ManualLoop() {
  // Moved out first: destroying the tasks may destroy timers of this loop.
  const auto posted = take_posted();
  const auto timers = std::exchange(timers_, nullptr);
  const auto waiting = std::exchange(timers->waiting, {});
}

void ManualLoop::post(std::function<void()> task) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = posted_.empty();
    posted_.push_back(std::move(task));
  }
  if (was_empty && wake_) wake_();
}

std::unique_ptr<Loop::Timer> ManualLoop::call_at(Instant when, std::function<void()> task) {
  const Timers::Key key{when, timers_->made++};
  timers_->waiting.emplace(key, std::move(task));
  return std::make_unique<ManualTimer>(timers_, key);
}

Now ManualLoop::now() {
  const std::lock_guard lock(mutex_);
  return now_;
}

std::size_t ManualLoop::run_due(Now now) {
  {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }
  auto posted = take_posted();
  const std::size_t count = posted.size();
  const std::uint64_t made_before = timers_->made;
  for (; !posted.empty(); posted.pop_front()) posted.front()();
  return count + run_timers(now.monotonic, made_before);
}

std::size_t ManualLoop::run_timers(Instant until, std::uint64_t made_before) {
  std::size_t count = 0;
  auto next = timers_->waiting.begin();
  while (next != timers_->waiting.end() && next->first.first <= until) {
    const Timers::Key key = next->first;
    if (key.second < made_before) {
      const auto task = timers_->waiting.extract(next);
      task.mapped()();
      ++count;
    }
    next = timers_->waiting.upper_bound(key);
  }
  return count;
}

std::optional<Instant> ManualLoop::next_deadline() {
  {
    const std::lock_guard lock(mutex_);
    if (!posted_.empty()) return now_.monotonic;
  }
  if (timers_->waiting.empty()) return std::nullopt;
  return timers_->waiting.begin()->first.first;
}

std::deque<std::function<void()>> ManualLoop::take_posted() {
  const std::lock_guard lock(mutex_);
  return std::exchange(posted_, {});
}

}  // namespace relais::runtime
