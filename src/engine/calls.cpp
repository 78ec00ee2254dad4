#include "engine/calls.h"

namespace relais::engine {
namespace {

thread_local int edits_in_thread = 0;

}  // namespace

Calls::Call::~Call() {
  if (calls_ != nullptr) calls_->end();
}

Result<Calls::Call> Calls::begin() {
  const std::lock_guard lock(mutex_);
  if (closed_) return Error(ErrorCode::closed, "The replica was closed.");
  ++inside_[std::this_thread::get_id()];
  return Call(*this);
}

void Calls::end() {
  std::function<void()> action;
  {
    const std::lock_guard lock(mutex_);
    const auto mine = inside_.find(std::this_thread::get_id());
    if (--mine->second > 0) return;
    inside_.erase(mine);
    if (auto left = when_left_.extract(std::this_thread::get_id())) action = left.mapped();
    ended_.notify_all();
  }
  if (action) action();
}

bool Calls::close() {
  const std::lock_guard lock(mutex_);
  return !std::exchange(closed_, true);
}

bool Calls::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool Calls::wait_for_others(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const auto none = [this] { return inside_.size() == inside_.count(std::this_thread::get_id()); };
  return ended_.wait_for(lock, limit, none);
}

void Calls::when_left(std::function<void()> action) {
  {
    const std::lock_guard lock(mutex_);
    if (inside_.contains(std::this_thread::get_id())) {
      when_left_[std::this_thread::get_id()] = std::move(action);
      return;
    }
  }
  action();
}

bool Calls::in_edit() { return edits_in_thread != 0; }
Calls::Edit::Edit() { ++edits_in_thread; }
Calls::Edit::~Edit() { --edits_in_thread; }

Status Calls::check_outside_edit() {
  if (!in_edit()) return {};
  return Error(
      ErrorCode::would_deadlock,
      "Inside an edit, no replica can be written, synced or served: do it after the edit.");
}

}  // namespace relais::engine
