#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/runtime/loop.h"

namespace relais::runtime {

/// A loop without a thread or a clock: the caller passes the time. For hosts with their own event
/// loop and for the simulator. What runs, and in which order, depends on the calls alone.
///
///     loop.run_due(clock.now());
///     sleep until loop.next_deadline(), or until wake() is called
class ManualLoop final : public Loop {
 public:
  /// `wake` (optional) is called, in the posting thread, when a task is posted to the empty queue;
  /// it must not call the loop.
  explicit ManualLoop(Now start = {}, std::function<void()> wake = nullptr);
  ~ManualLoop() override;

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> call_at(Instant when, std::function<void()> task) override;
  /// The latest time given to `run_due`.
  Now now() override;

  /// Runs the tasks posted before this call, then the timers due at `now`, by time, then in the
  /// order of creation. What these add runs in the next call. Returns how many ran.
  std::size_t run_due(Now now);

  /// When to call `run_due` next: `now` if a task is posted, else the first timer's time, if any.
  std::optional<Instant> next_deadline();

 private:
  struct Timers;
  class ManualTimer;
  std::deque<std::function<void()>> take_posted();
  std::size_t run_timers(Instant until, std::uint64_t made_before);

  const std::function<void()> wake_;
  std::shared_ptr<Timers> timers_;  // shared, as a timer may outlive its loop
  std::mutex mutex_;                // guards the fields below
  Now now_;
  std::deque<std::function<void()>> posted_;
};

}  // namespace relais::runtime
