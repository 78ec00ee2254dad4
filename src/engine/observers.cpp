#include "engine/observers.h"

#include <algorithm>
#include <exception>
#include <thread>

#include "base/limits.h"

namespace relais::engine {

/// A task on its way through the host's executor, which carries one pointer.
struct Handlers::Task {
  std::shared_ptr<Handlers> handlers;
  std::function<void()> task;
};

void Handlers::run_posted(void* data) {
  const std::unique_ptr<Task> posted(static_cast<Task*>(data));
  posted->handlers->run_now(posted->task);
}

void Handlers::run(std::function<void()> task) {
  // The loop passes the task to the executor, because the caller may hold a lock.
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  loop_->post([self = shared_from_this(), task = std::move(task)] {
    if (self->executor_.post == nullptr) return self->run_now(task);
    self->executor_.post(self->executor_.context, run_posted, new Task{self, task});
  });
}

void Handlers::run_now(const std::function<void()>& task) {
  const std::thread::id self = std::this_thread::get_id();
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    running_.push_back(self);
  }
  try {
    task();
  } catch (const std::exception&) {
    log(LogLevel::error, "A handler of the host threw an exception.");
  } catch (...) {
    log(LogLevel::error, "A handler of the host threw an object that isn't a std::exception.");
  }
  const std::lock_guard lock(mutex_);
  running_.erase(std::find(running_.begin(), running_.end(), self));
  ended_.notify_all();
}

void Handlers::log(LogLevel level, std::string message) {
  if (log_.write == nullptr || level < log_.least) return;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= limits::kQueuedEvents) return;
    lines_.emplace_back(level, std::move(message));
    if (std::exchange(writing_, true)) return;
  }
  run([self = shared_from_this()] { self->write_lines(); });
}

void Handlers::write_lines() {
  while (true) {
    std::pair<LogLevel, std::string> line;
    {
      const std::lock_guard lock(mutex_);
      writing_ = !lines_.empty();
      if (!writing_) return;
      line = std::move(lines_.front());
      lines_.pop_front();
    }
    log_.write(log_.context, line.first, line.second);
  }
}

void HandlerQueue::add(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) handlers_->run([self = shared_from_this()] { self->run_next(); });
}

void HandlerQueue::run_next() {
  std::function<void()> task;
  {
    const std::lock_guard lock(mutex_);
    task = tasks_.front();
  }
  // An exception of the handler must not end the queue.
  struct Next {
    HandlerQueue& self;
    ~Next() {
      const std::lock_guard lock(self.mutex_);
      self.tasks_.pop_front();
      if (self.tasks_.empty()) return;
      self.handlers_->run([next = self.shared_from_this()] { next->run_next(); });
    }
  } next{*this};
  task();
}

void Handlers::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool Handlers::wait_for_others(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, limit, [this] {
    const std::thread::id self = std::this_thread::get_id();
    return std::all_of(running_.begin(), running_.end(), [&](auto id) { return id == self; });
  });
}

class Observers::Observer : public std::enable_shared_from_this<Observer> {
 public:
  Observer(std::shared_ptr<Handlers> handlers, Handler handler)
      : handlers_(std::move(handlers)),
        handler_(std::make_shared<const Handler>(std::move(handler))) {}

  /// The handler is no longer called. It is destroyed here, or after the call that is running.
  void stop() {
    std::shared_ptr<const Handler> handler;  // outlives the lock
    const std::lock_guard lock(mutex_);
    handler.swap(handler_);
    queue_.clear();
  }

  void add(const Event& event) {
    const std::lock_guard lock(mutex_);
    if (handler_ == nullptr) return;
    if (event.kind == Event::Kind::documents_changed) {
      join(event);
    } else if (queue_.size() < limits::kQueuedEvents) {
      queue_.push_back(event);
    } else {
      miss();
    }
    if (!std::exchange(scheduled_, true)) schedule();
  }

 private:
  /// If too many document changes are queued, drops all of them and queues `missed`: the host has
  /// to read again anyway.
  void join(const Event& event) {
    if (missed_) return;
    documents_ += event.documents.size();
    if (documents_ > limits::kQueuedDocumentChanges) {
      miss();
      return;
    }
    for (const DocumentChange& change : event.documents) {
      const bool fits = !queue_.empty() && queue_.back().kind == event.kind &&
                        queue_.back().documents.size() < limits::kDocumentChangesPerEvent;
      if (!fits) queue_.emplace_back();
      queue_.back().documents.push_back(change);
    }
  }

  /// Drops the queued changes of documents: the host has to read again.
  void miss() {
    if (std::exchange(missed_, true)) return;
    std::erase_if(queue_, [](const Event& e) { return e.kind == Event::Kind::documents_changed; });
    Event missed;
    missed.kind = Event::Kind::missed;
    queue_.push_back(std::move(missed));
  }

  void schedule() {
    handlers_->run([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->deliver();
    });
  }

  void deliver() {
    std::deque<Event> events;
    {
      const std::lock_guard lock(mutex_);
      events.swap(queue_);
      documents_ = 0;
      missed_ = false;
    }
    // An exception of the handler must not end the deliveries.
    struct Again {
      Observer& self;
      ~Again() {
        const std::lock_guard lock(self.mutex_);
        self.scheduled_ = !self.queue_.empty();
        if (self.scheduled_) self.schedule();
      }
    } again{*this};
    for (const Event& event : events) {
      const auto handler = current_handler();
      if (handler == nullptr) return;
      (*handler)(event);
    }
  }

  std::shared_ptr<const Handler> current_handler() {
    const std::lock_guard lock(mutex_);
    return handler_;
  }

  const std::shared_ptr<Handlers> handlers_;
  std::mutex mutex_;
  std::shared_ptr<const Handler> handler_;  ///< null: stopped
  std::deque<Event> queue_;
  std::size_t documents_ = 0;
  bool missed_ = false;
  bool scheduled_ = false;
};

std::shared_ptr<void> Observers::add(Handler handler) {
  auto observer = std::make_shared<Observer>(handlers_, std::move(handler));
  const std::lock_guard lock(mutex_);
  std::erase_if(observers_, [](const auto& known) { return known.expired(); });
  observers_.push_back(observer);
  return {observer.get(), [observer](void*) { observer->stop(); }};
}

bool Observers::any() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(observers_.begin(), observers_.end(),
                     [](const auto& known) { return !known.expired(); });
}

void Observers::tell(const Event& event) {
  const std::lock_guard lock(mutex_);
  for (const auto& observer : observers_) {
    if (const auto alive = observer.lock()) alive->add(event);
  }
}

}  // namespace relais::engine
