#include "interruption.h"

#include <pthread.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "report.h"

namespace cli {
namespace {

/// Guards the actions, what is drawn, and the sentence.
std::recursive_mutex& cutting() {
  static std::recursive_mutex mutex;
  return mutex;
}

std::vector<std::pair<const OnInterruption*, std::function<void()>>>& actions() {
  static std::vector<std::pair<const OnInterruption*, std::function<void()>>> all;
  return all;
}

constexpr int kExitBySignal = 128;

}  // namespace

Uncut uncut() { return Uncut(cutting()); }

OnInterruption::OnInterruption(std::function<void()> action) {
  const Uncut held = uncut();
  actions().emplace_back(this, std::move(action));
}

OnInterruption::~OnInterruption() {
  const Uncut held = uncut();
  std::erase_if(actions(), [this](const auto& each) { return each.first == this; });
}

HeldSignals::HeldSignals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ending, signal);
  pthread_sigmask(SIG_BLOCK, &ending, &before_);
}

void HeldSignals::release() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Interruption::Interruption(bool json, std::string kept)
    : json_(json), kept_(std::move(kept)), waiting_([this] { wait(); }) {}

Interruption::~Interruption() {
  loop_.executor().post(
      &loop_, [](void* loop) { static_cast<EventLoop*>(loop)->stop(); }, &loop_);
  waiting_.join();
}

void Interruption::keeps(std::string sentence) {
  const Uncut held = uncut();
  kept_ = std::move(sentence);
}

void Interruption::wait() {
  loop_.run();
  if (loop_.signal() == 0) return;
  const Uncut held = uncut();  // to the end: nothing is drawn any more
  for (auto each = actions().rbegin(); each != actions().rend(); ++each) each->second();
  report_interruption(kept_, json_);
  // What the other threads do is cut here, as a power cut would: the store takes that.
  ::_exit(kExitBySignal + loop_.signal());
}

}  // namespace cli
