#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "relais/result.h"
#include "relais/sync.h"

namespace relais {

namespace detail {

/// The implementation of an Operation. Threads: any.
template <class T>
class OperationState {
 public:
  virtual ~OperationState() = default;
  virtual bool done() const = 0;
  virtual void cancel() noexcept = 0;
  virtual std::optional<Result<T>> wait(std::optional<std::chrono::milliseconds> limit) = 0;
  virtual void then(std::function<void(const Result<T>&)> handler) = 0;
  virtual SyncProgress progress() const = 0;
};

}  // namespace detail

/// An asynchronous operation of a replica. It ends once: with a value, with an error, with
/// `cancelled`, or with `closed` when the replica is closed.
/// Threads: any, one at a time.
template <class T>
class [[nodiscard]] Operation {
 public:
  using State = detail::OperationState<T>;

  explicit Operation(std::shared_ptr<State> state) : state_(std::move(state)) {}
  Operation(Operation&&) noexcept = default;
  Operation& operator=(Operation&& other) noexcept {
    if (this != &other) cancel();
    state_ = std::move(other.state_);
    return *this;
  }
  /// Cancels.
  ~Operation() { cancel(); }

  bool done() const { return state_ == nullptr || state_->done(); }
  /// Makes the operation end soon with `cancelled`; no effect once it is done. Doesn't wait.
  void cancel() noexcept {
    if (state_ != nullptr) state_->cancel();
  }
  /// Waits for the end; with Threading::manual it polls. May be called again.
  /// Fails: as the operation; would_deadlock inside `Replica::write`, and in a handler that runs in
  /// the library's own thread, where the operation can't continue.
  Result<T> wait() { return state_ == nullptr ? given_away() : *state_->wait(std::nullopt); }
  /// The same, for at most `limit`; nothing if the operation isn't done by then.
  std::optional<Result<T>> wait_for(std::chrono::milliseconds limit) {
    return state_ == nullptr ? given_away() : state_->wait(limit);
  }
  /// Calls `handler` once with the result, in the thread of handlers (relais/replica.h), also if
  /// the operation is done already. Not if the replica is closed before: then nothing calls the
  /// host. An empty handler: nothing is called.
  void then(std::function<void(const Result<T>&)> handler) & {
    if (state_ != nullptr) state_->then(std::move(handler));
  }
  /// The same, and the operation continues after this object is destroyed.
  void then(std::function<void(const Result<T>&)> handler) && {
    if (state_ != nullptr) std::exchange(state_, nullptr)->then(std::move(handler));
  }
  SyncProgress progress() const { return state_ == nullptr ? SyncProgress() : state_->progress(); }

 private:
  static Result<T> given_away() {
    return Error(ErrorCode::invalid_argument, "The operation was given away by `then` or moved.");
  }

  std::shared_ptr<State> state_;
};

}  // namespace relais
