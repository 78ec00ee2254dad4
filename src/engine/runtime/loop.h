#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace relais::runtime {

/// The engine's own thread of events: everything asynchronous runs there, one after the other.
/// `Threading::manual` hosts call `poll` themselves instead; the simulator has a loop of virtual
/// time. Threads: the loop's own, but for `post` and `now`, which are called from any.
class Loop {
 public:
  virtual ~Loop() = default;
  /// Runs `task` soon, never before this returned; in the order of posting.
  virtual void post(std::function<void()> task) = 0;
  class Timer {
   public:
    virtual ~Timer() = default;  ///< cancels: the task doesn't run afterwards
  };
  /// Runs `task` once, at `when` or later; soon, if that is past. A task may destroy its own timer.
  [[nodiscard]] virtual std::unique_ptr<Timer> call_at(Instant when,
                                                       std::function<void()> task) = 0;
  virtual Now now() = 0;
};

}  // namespace relais::runtime
