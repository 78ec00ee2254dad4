#include "engine/observers.h"

#include <algorithm>

namespace relais::engine {
namespace {

/// A task on its way through the host's executor, which carries one pointer.
void run_task(void* data) {
  const std::unique_ptr<std::function<void()>> task(static_cast<std::function<void()>*>(data));
  (*task)();
}

}  // namespace

std::shared_ptr<void> Observers::add(Handler handler) {
  auto watcher = std::make_shared<Watcher>(Watcher{std::move(handler)});
  const std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const auto& known) { return known.expired(); });
  watchers_.push_back(watcher);
  return watcher;
}

bool Observers::any() const {
  const std::lock_guard lock(mutex_);
  return !watchers_.empty();
}

void Observers::post(std::function<void()> task) {
  if (executor_.post == nullptr) return loop_.post(std::move(task));
  executor_.post(executor_.context, run_task, new std::function<void()>(std::move(task)));
}

void Observers::tell(const Event& event) {
  const std::lock_guard lock(mutex_);
  for (const std::weak_ptr<Watcher>& watcher : watchers_) {
    if (watcher.expired()) continue;
    post([watcher, event] {
      if (const auto alive = watcher.lock()) alive->handler(event);
    });
  }
}

}  // namespace relais::engine
