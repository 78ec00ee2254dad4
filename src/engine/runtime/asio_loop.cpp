#include "engine/runtime/asio_loop.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <system_error>
#include <thread>

#include "base/check.h"
#include "engine/runtime/system_clock.h"

namespace relais::runtime {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kTasksAPoll = 256;
// Instants are in milliseconds, Asio's timers in nanoseconds: distant instants would overflow.
constexpr std::chrono::hours kFarthest{24 * 365};

/// Starts a thread that blocks all signals but those of its own faults.
template <class Body>
std::thread start_thread(Body body) {
  sigset_t blocked, before;
  sigfillset(&blocked);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF}) {
    sigdelset(&blocked, fault);
  }
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  std::thread thread([body] {
#if defined(__linux__)
    pthread_setname_np(pthread_self(), "relais");
#endif
    body();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

/// Shared by a timer and its pending operation.
struct Pending {
  Pending(asio::io_context& io, std::function<void()> its_task)
      : timer(io), task(std::move(its_task)) {}
  asio::steady_timer timer;
  std::function<void()> task;
  bool cancelled = false;
};

}  // namespace

struct AsioLoop::State {
  SystemClock clock;
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
  std::atomic<std::thread::id> runs_in{};  // the own thread, while it runs
  int polls = 0;                           // nested calls of poll_for
  std::atomic<bool> ended{false};          // by `stop`
};

class AsioLoop::AsioTimer final : public Loop::Timer {
 public:
  explicit AsioTimer(std::shared_ptr<Pending> pending) : pending_(std::move(pending)) {}
  ~AsioTimer() override {
    pending_->cancelled = true;
    pending_->timer.cancel();
    const auto task = std::exchange(pending_->task, nullptr);
  }

 private:
  std::shared_ptr<Pending> pending_;
};

Result<std::shared_ptr<AsioLoop>> AsioLoop::make(Threading threading) {
  try {
    return std::make_shared<AsioLoop>(threading);
  } catch (const std::system_error&) {
  } catch (const boost::system::system_error&) {
  }
  return Error(ErrorCode::store_failed,
               "This process has too many open files or threads for another replica.",
               Retry::later);
}

AsioLoop::AsioLoop(Threading threading) : threading_(threading), state_(std::make_shared<State>()) {
  // The first timer takes descriptors: now, where that can fail, and not in a sync.
  const asio::steady_timer takes_descriptors(state_->io);
  if (threading != Threading::own) return;
  state_->thread = start_thread([state = state_] {
    state->runs_in = std::this_thread::get_id();
    state->io.run();
    state->runs_in = std::thread::id();
  });
}

AsioLoop::~AsioLoop() { stop(); }

void AsioLoop::post(std::function<void()> task) { asio::post(state_->io, std::move(task)); }

std::unique_ptr<Loop::Timer> AsioLoop::call_at(Instant when, std::function<void()> task) {
  auto pending = std::make_shared<Pending>(state_->io, std::move(task));
  const Instant soonest = now().monotonic;
  pending->timer.expires_at(
      SteadyClock::time_point(std::clamp(when, soonest, soonest + Duration(kFarthest))));
  pending->timer.async_wait([pending](const boost::system::error_code&) {
    if (pending->cancelled) return;
    const auto due = std::exchange(pending->task, nullptr);  // it may destroy its own timer
    due();
  });
  return std::make_unique<AsioTimer>(std::move(pending));
}

Now AsioLoop::now() { return state_->clock.now(); }

void AsioLoop::stop() {
  state_->ended = true;
  state_->io.stop();
  if (!state_->thread.joinable()) return;
  is_own_thread() ? state_->thread.detach() : state_->thread.join();
}

void AsioLoop::drain() {
  const bool running = is_own_thread() || state_->polls > 0;
  if (!running) state_->io.restart();
  state_->io.poll();
}

std::size_t AsioLoop::poll_for(Duration wait) {
  RELAIS_CHECK(threading_ == Threading::manual);
  struct Depth {
    int& polls;
    explicit Depth(int& of) : polls(of) { ++polls; }
    ~Depth() { --polls; }
  } const depth(state_->polls);
  // A poll in a task counts that task's own posts too late, and so may have ended the loop.
  if (!state_->ended && state_->io.stopped()) state_->io.restart();
  std::size_t count = state_->io.poll_one();
  if (count == 0 && wait > Duration::zero()) count = state_->io.run_one_for(wait);
  if (count == 0) return 0;
  while (count < kTasksAPoll && state_->io.poll_one() != 0) ++count;
  return count;
}

bool AsioLoop::is_own_thread() const {
  return state_->runs_in.load() == std::this_thread::get_id();
}

bool AsioLoop::in_loop_thread() const { return !state_->thread.joinable() || is_own_thread(); }

asio::io_context& AsioLoop::io() { return state_->io; }

}  // namespace relais::runtime
