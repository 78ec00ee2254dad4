#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/observers.h"
#include "engine/runtime/asio_loop.h"
#include "relais/operation.h"

namespace relais::engine {

/// One sync that the host asked for, between the host's threads and the loop.
/// Threads: any.
class SyncOperation final : public detail::OperationState<SyncReport>,
                            public std::enable_shared_from_this<SyncOperation> {
 public:
  using Result = relais::Result<SyncReport>;
  using OnProgress = std::function<void(const SyncProgress&)>;

  /// `cancel` is called, from any thread, when the host asks to cancel.
  SyncOperation(std::shared_ptr<runtime::AsioLoop> loop, std::shared_ptr<Handlers> handlers,
                std::function<void()> cancel)
      : loop_(std::move(loop)), handlers_(std::move(handlers)), cancel_(std::move(cancel)) {}

  /// One that has failed already.
  static Operation<SyncReport> failed(Error error);

  bool done() const override;
  void cancel() noexcept override;
  std::optional<Result> wait(std::optional<std::chrono::milliseconds> limit) override;
  void then(std::function<void(const Result&)> handler) override;
  SyncProgress progress() const override;

  /// As `wait` without a limit; tells the progress in this thread.
  Result wait_with_progress(const OnProgress& on_progress);
  /// Tells the progress as handlers are called.
  void tell_progress(OnProgress on_progress);

  /// Whether this thread may wait for a sync. Fails: would_deadlock.
  static Status check_may_wait(const runtime::AsioLoop& loop);

  // From the loop.
  void set_progress(const SyncProgress& progress);
  /// Once.
  void end(Result result);

 private:
  /// Waits for the end, or about that time.
  std::optional<Result> wait_once(std::chrono::milliseconds limit);
  void call(const std::function<void(const Result&)>& handler);

  const std::shared_ptr<runtime::AsioLoop> loop_;  ///< null of one that failed at once
  const std::shared_ptr<Handlers> handlers_;
  const std::function<void()> cancel_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result> result_;
  SyncProgress progress_;
  std::shared_ptr<const OnProgress> on_progress_;
  std::function<void(const Result&)> then_;
};

}  // namespace relais::engine
