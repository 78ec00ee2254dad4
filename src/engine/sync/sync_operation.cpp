#include "engine/sync/sync_operation.h"

#include "base/try.h"
#include "engine/calls.h"

namespace relais::engine {

using Milliseconds = std::chrono::milliseconds;

namespace {

constexpr Milliseconds kBetweenLooks(100);

/// The progress after a successful sync: nothing is left to receive or to send.
SyncProgress completed(SyncProgress progress, const SyncReport& report) {
  progress.received = progress.to_receive = std::max(progress.received, report.changes_received);
  progress.sent = progress.to_send = std::max(progress.sent, report.changes_sent);
  progress.peer_is_busy = false;
  return progress;
}

}  // namespace

Operation<SyncReport> SyncOperation::failed(Error error) {
  auto operation = std::make_shared<SyncOperation>(nullptr, nullptr, [] {});
  operation->end(std::move(error));
  return Operation<SyncReport>(std::move(operation));
}

bool SyncOperation::done() const {
  const std::lock_guard lock(mutex_);
  return result_.has_value();
}

void SyncOperation::cancel() noexcept {
  if (!done()) cancel_();
}

SyncProgress SyncOperation::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

Status SyncOperation::check_may_wait(const runtime::AsioLoop& loop) {
  RELAIS_TRY(Calls::check_outside_edit());
  if (!loop.is_own_thread()) return {};
  return Error(ErrorCode::would_deadlock,
               "A handler in the library's own thread can't wait for a sync: start it and go on.");
}

std::optional<SyncOperation::Result> SyncOperation::wait_once(Milliseconds limit) {
  if (loop_ != nullptr && loop_->threading() == Threading::manual) {
    if (!done()) loop_->poll_for(std::min(limit, kBetweenLooks));
    if (ask_ && !done()) ask_();
    const std::lock_guard lock(mutex_);
    return result_;
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return result_.has_value(); });
  return result_;
}

std::optional<SyncOperation::Result> SyncOperation::wait(std::optional<Milliseconds> limit) {
  if (done()) {
    const std::lock_guard lock(mutex_);
    return result_;
  }
  if (Status may = check_may_wait(*loop_); !may) return std::move(may).error();
  const auto begun = std::chrono::steady_clock::now();
  while (true) {
    Milliseconds left = kBetweenLooks;
    if (limit) {
      const auto passed = std::chrono::steady_clock::now() - begun;
      left = std::min(left, *limit - std::chrono::duration_cast<Milliseconds>(passed));
    }
    auto result = wait_once(std::max(left, Milliseconds(0)));
    if (result || (limit && left <= Milliseconds(0))) return result;
  }
}

SyncOperation::Result SyncOperation::wait_with_progress(const OnProgress& on_progress) {
  RELAIS_TRY(check_may_wait(*loop_));
  SyncProgress told;
  while (true) {
    auto result = wait_once(kBetweenLooks);
    const SyncProgress now = progress();
    const bool last = result && result->has_value();
    if (on_progress && (last || now != told)) on_progress(now);
    told = now;
    if (result) return *std::move(result);
  }
}

void SyncOperation::tell_progress(OnProgress on_progress) {
  const std::lock_guard lock(mutex_);
  on_progress_ = std::make_shared<const OnProgress>(std::move(on_progress));
}

void SyncOperation::then(std::function<void(const Result&)> handler) {
  if (!handler) return;
  const std::lock_guard lock(mutex_);
  if (result_) return call(handler);
  then_.push_back(std::move(handler));
}

void SyncOperation::call(const std::function<void(const Result&)>& handler) {
  if (queue_ == nullptr) return;  // of a replica that was closed before
  queue_->add([handler, result = *result_] { handler(result); });
}

void SyncOperation::set_progress(const SyncProgress& progress) {
  const std::lock_guard lock(mutex_);
  if (result_ || progress == progress_) return;
  progress_ = progress;
  if (on_progress_) queue_->add([tell = on_progress_, progress] { (*tell)(progress); });
}

void SyncOperation::end(Result result) {
  std::vector<std::function<void(const Result&)>> then;
  const std::lock_guard lock(mutex_);
  if (result_) return;
  if (result) {
    progress_ = completed(progress_, *result);
    if (on_progress_) queue_->add([tell = on_progress_, now = progress_] { (*tell)(now); });
  }
  result_ = std::move(result);
  then.swap(then_);
  for (const auto& handler : then) call(handler);
  changed_.notify_all();
}

}  // namespace relais::engine
