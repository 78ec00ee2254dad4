#include "event_loop.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>

namespace cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

EventLoop::EventLoop() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&ending, signal);
  }
  pthread_sigmask(SIG_BLOCK, &ending, &before_);
  signals_ = ::signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

EventLoop::~EventLoop() {
  run_tasks();
  ::close(wake_);
  ::close(signals_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void EventLoop::post(void* context, void (*task)(void*), void* data) {
  auto* loop = static_cast<EventLoop*>(context);
  {
    const std::lock_guard lock(loop->mutex_);
    loop->tasks_.emplace_back(task, data);
  }
  const std::uint64_t one = 1;
  // It fails only when the loop is awake already.
  (void)!::write(loop->wake_, &one, sizeof(one));
}

void EventLoop::run() {
  while (!stopped_) {
    pollfd ready[] = {{signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) continue;
    // Taken from the queue: what stays pending would end the program when it is unblocked.
    signalfd_siginfo signal;
    if (::read(signals_, &signal, sizeof(signal)) > 0) {
      signal_ = static_cast<int>(signal.ssi_signo);
      return;
    }
    std::uint64_t posted = 0;
    (void)!::read(wake_, &posted, sizeof(posted));
    run_tasks();
  }
}

void EventLoop::run_tasks() {
  std::deque<Task> due;
  {
    const std::lock_guard lock(mutex_);
    due.swap(tasks_);
  }
  for (const auto& [task, data] : due) task(data);
}

}  // namespace cli
