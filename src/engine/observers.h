#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/runtime/loop.h"
#include "relais/replica.h"

namespace relais::engine {

/// Who watches a replica, and how events reach them: through the host's executor, else the loop.
/// Threads: any. Never calls a handler inside `tell`.
class Observers {
 public:
  using Handler = std::function<void(const Event&)>;

  Observers(runtime::Loop& loop, Executor executor) : loop_(loop), executor_(executor) {}

  /// Watches for as long as what it gives is held.
  std::shared_ptr<void> add(Handler handler);
  void tell(const Event& event);
  bool any() const;

 private:
  struct Watcher {
    Handler handler;
  };
  void post(std::function<void()> task);

  runtime::Loop& loop_;
  Executor executor_;
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Watcher>> watchers_;
};

}  // namespace relais::engine
