#include "relais/event_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace relais {

/// The pipe holds one byte while tasks wait: unlike eventfd, this works wherever there is poll().
struct EventQueue::State {
  struct Task {
    void (*run)(void*);
    void* data;
  };

  /// Tasks of a closed replica call no handler, but free memory.
  ~State() {
    for (const Task& task : tasks) task.run(task.data);
    if (read_end >= 0) ::close(read_end);
    if (write_end >= 0) ::close(write_end);
  }

  static void post(void* context, void (*run)(void*), void* data) {
    State& self = *static_cast<State*>(context);
    const std::lock_guard lock(self.mutex);
    self.tasks.push_back({run, data});
    if (!std::exchange(self.awake, true)) (void)!::write(self.write_end, "", 1);
  }

  bool take(Task& task) {
    const std::lock_guard lock(mutex);
    if (tasks.empty()) return false;
    task = tasks.front();
    tasks.pop_front();
    if (tasks.empty() && std::exchange(awake, false)) {
      char byte;
      (void)!::read(read_end, &byte, 1);
    }
    return true;
  }

  int read_end = -1;
  int write_end = -1;
  std::mutex mutex;
  std::deque<Task> tasks;
  bool awake = false;
};

EventQueue::EventQueue(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventQueue::EventQueue(EventQueue&&) noexcept = default;
EventQueue& EventQueue::operator=(EventQueue&&) noexcept = default;
EventQueue::~EventQueue() = default;

Result<EventQueue> EventQueue::create() {
  auto state = std::make_unique<State>();
  int ends[2];
  if (::pipe(ends) != 0) {
    return Error(ErrorCode::limit_exceeded, "The process has no file descriptor left.",
                 Retry::later);
  }
  state->read_end = ends[0];
  state->write_end = ends[1];
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  return EventQueue(std::move(state));
}

Executor EventQueue::executor() { return {State::post, state_.get()}; }

int EventQueue::wake_fd() const { return state_->read_end; }

std::size_t EventQueue::dispatch(std::chrono::milliseconds wait, std::size_t max) {
  pollfd ready{state_->read_end, POLLIN, 0};
  if (wait.count() > 0)
    ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(wait.count(), 60'000)));
  std::size_t ran = 0;
  State::Task task{};
  for (; ran < max && state_->take(task); ++ran) task.run(task.data);
  return ran;
}

}  // namespace relais
