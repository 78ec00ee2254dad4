#pragma once

#include <memory>

#include "engine/runtime/loop.h"
#include "relais/replica.h"

// Named only, so that a user of this header compiles without Asio.
namespace boost::asio {
class io_context;
}

namespace relais::runtime {

/// The loop that sockets need. With Threading::own it has a thread, which takes none of the host's
/// signals. Links and timers made on it are destroyed before it; with a thread of its own, in that
/// thread, or after `stop`.
class AsioLoop final : public Loop {
 public:
  explicit AsioLoop(Threading threading);
  ~AsioLoop() override;  ///< stops; tasks that have not run never will

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> call_at(Instant when, std::function<void()> task) override;
  Now now() override;

  /// Ends the loop and waits for the task that runs now; called by that task, it lets the thread
  /// end with it instead. Afterwards the calling thread counts as the loop's.
  void stop();
  /// Runs what is ready, in the loop's thread; after `stop`, in the calling thread. For closing.
  void drain();

  /// Only with `Threading::manual`, always from one thread, never from a task: runs what is ready,
  /// or waits at most `wait` for the first that is. Gives how many tasks ran; returns now and then
  /// even while more is ready, so that the host stays responsive.
  std::size_t poll_for(Duration wait);

  bool in_loop_thread() const;  ///< always true with `Threading::manual`
  bool is_own_thread() const;   ///< the caller is the loop's own thread
  Threading threading() const { return threading_; }

  /// For link::tcp.
  boost::asio::io_context& io();

 private:
  struct State;
  class AsioTimer;
  const Threading threading_;
  std::shared_ptr<State> state_;  ///< its thread holds it too
};

}  // namespace relais::runtime
