#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace relais::runtime {

/// An event loop: runs tasks one after the other, in one thread. The simulator has a loop of
/// virtual time. Threads: the loop's; `post` and `now`: any.
class Loop {
 public:
  virtual ~Loop() = default;
  /// Runs `task` after this call has returned; tasks run in the order of posting.
  virtual void post(std::function<void()> task) = 0;
  class Timer {
   public:
    virtual ~Timer() = default;  ///< cancels: the task doesn't run afterwards
  };
  /// Runs `task` once, at `when` or later; soon if `when` is past. A task may destroy its timer.
  [[nodiscard]] virtual std::unique_ptr<Timer> call_at(Instant when,
                                                       std::function<void()> task) = 0;
  virtual Now now() = 0;
};

}  // namespace relais::runtime
