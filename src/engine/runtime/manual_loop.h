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

/// A loop without a thread or a clock: its host says what time it is. For hosts that own their
/// event loop and for the simulator; what it runs, and in which order, depends on its calls alone.
///
///     loop.run_due(clock.now());
///     sleep until loop.next_deadline(), or until wake() is called
class ManualLoop final : public Loop {
 public:
  /// `wake` (optional) tells the host, in the posting thread, that something was posted to an
  /// empty queue; it must not call back into the loop.
  explicit ManualLoop(Now start = {}, std::function<void()> wake = nullptr);
  ~ManualLoop() override;

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> call_at(Instant when, std::function<void()> task) override;
  /// The latest time given to `run_due`.
  Now now() override;

  /// Runs what was posted before this call, then the timers due at `now`, by their time and then
  /// in the order they were made. What those add waits for the next call. Gives how many ran.
  std::size_t run_due(Now now);

  /// When to call `run_due` next: `now` if something is posted, else the first timer's time, else
  /// nothing.
  std::optional<Instant> next_deadline();

 private:
  struct Timers;
  class ManualTimer;
  std::deque<std::function<void()>> take_posted();
  std::size_t run_timers(Instant until, std::uint64_t made_before);

  const std::function<void()> wake_;
  std::shared_ptr<Timers> timers_;  // a timer may outlive its loop
  std::mutex mutex_;                // of what follows
  Now now_;
  std::deque<std::function<void()>> posted_;
};

}  // namespace relais::runtime
