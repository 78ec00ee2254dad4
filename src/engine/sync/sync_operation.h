#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/observers.h"
#include "engine/runtime/asio_loop.h"
#include "relais/operation.h"

namespace relais::engine {

/// A sync that the host started: passes its result from the loop to the host's threads.
/// Threads: any.
class SyncOperation final : public detail::OperationState<SyncReport>,
                            public std::enable_shared_from_this<SyncOperation> {
 public:
  using Result = relais::Result<SyncReport>;
  using OnProgress = std::function<void(const SyncProgress&)>;

  /// `cancel` is called, in any thread, when the host cancels.
  SyncOperation(std::shared_ptr<runtime::AsioLoop> loop, std::shared_ptr<Handlers> handlers,
                std::function<void()> cancel)
      : loop_(std::move(loop)),
        queue_(handlers ? std::make_shared<HandlerQueue>(std::move(handlers)) : nullptr),
        cancel_(std::move(cancel)) {}

  /// An operation that has failed already.
  static Operation<SyncReport> failed(Error error);

  bool done() const override;
  void cancel() noexcept override;
  std::optional<Result> wait(std::optional<std::chrono::milliseconds> limit) override;
  void then(std::function<void(const Result&)> handler) override;
  SyncProgress progress() const override;

  /// With Threading::manual: asks for the progress after each poll, instead of on a timer.
  void ask_for_progress(std::function<void()> ask) { ask_ = std::move(ask); }
  /// As `wait` without a limit; calls `on_progress` in this thread.
  Result wait_with_progress(const OnProgress& on_progress);
  /// Calls `on_progress` as a handler.
  void tell_progress(OnProgress on_progress);

  /// Whether this thread may wait for a sync. Fails: would_deadlock.
  static Status check_may_wait(const runtime::AsioLoop& loop);

  // Called in the loop's thread.
  void set_progress(const SyncProgress& progress);
  /// Sets the result; no effect if there is one.
  void end(Result result);

 private:
  /// Waits for the end, about `limit` at most.
  std::optional<Result> wait_once(std::chrono::milliseconds limit);
  void call(const std::function<void(const Result&)>& handler);

  const std::shared_ptr<runtime::AsioLoop> loop_;  ///< null if the operation failed at once
  const std::shared_ptr<HandlerQueue> queue_;      ///< null of one that failed at once
  const std::function<void()> cancel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> ask_;  ///< set before anyone waits
  std::optional<Result> result_;
  SyncProgress progress_;
  std::shared_ptr<const OnProgress> on_progress_;
  std::vector<std::function<void(const Result&)>> then_;
};

}  // namespace relais::engine
