#pragma once

#include <memory>

#include "engine/runtime/loop.h"
#include "relais/replica.h"
#include "relais/result.h"

// Named only, so that a user of this header compiles without Asio.
namespace boost::asio {
class io_context;
}

namespace relais::runtime {

/// An event loop over Boost.Asio, for sockets. With Threading::own it has a thread, which blocks
/// the host's signals. Its links and timers must be destroyed before it: with Threading::own, in
/// that thread or after `stop`.
class AsioLoop final : public Loop {
 public:
  /// Fails: store_failed (no descriptor or thread is left).
  static Result<std::shared_ptr<AsioLoop>> make(Threading threading);
  /// Throws where `make` fails.
  explicit AsioLoop(Threading threading);
  ~AsioLoop() override;  ///< stops; pending tasks don't run

  void post(std::function<void()> task) override;
  std::unique_ptr<Timer> call_at(Instant when, std::function<void()> task) override;
  Now now() override;

  /// Ends the loop and waits for the running task; called by that task, it lets the thread end
  /// after the task. Afterwards the calling thread counts as the loop's.
  void stop();
  /// Runs the ready tasks, in the loop's thread; after `stop`, in the calling thread. For closing.
  void drain();

  /// Only with `Threading::manual`, always in one thread: runs the ready tasks; if there are none,
  /// waits at most `wait` for the first. May be called in a task. Returns how many ran: a limited
  /// number, so that the host stays responsive.
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
