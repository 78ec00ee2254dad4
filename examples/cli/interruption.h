#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "event_loop.h"

/// How a command ends that SIGINT, SIGTERM or SIGHUP cuts off: no line is left half drawn, no file
/// half written, and a sentence says what is kept.
namespace cli {

/// Kept while something must not be cut: a line that is drawn, a file that gets its name.
using Uncut = std::unique_lock<std::recursive_mutex>;
Uncut uncut();

/// Something to put right if a signal ends the program while this lives. The last one made is the
/// first that is done.
class OnInterruption {
 public:
  /// Threads: `action` runs in another thread, while no other holds an `Uncut`.
  explicit OnInterruption(std::function<void()> action);
  OnInterruption(const OnInterruption&) = delete;
  OnInterruption& operator=(const OnInterruption&) = delete;
  ~OnInterruption();
};

/// Signals that ask the program to end wait until `release`; then they act. Without it they wait to
/// the program's end. Make it before any other thread, and so before a replica.
class HeldSignals {
 public:
  HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  void release();

 private:
  sigset_t before_{};
};

/// As long as it lives, such a signal ends the program with 128 and the signal's number, after what
/// `OnInterruption` puts right. It isn't handled in a signal handler, where little is allowed, but
/// by a thread that waits for it.
/// Make it before any other thread, and so before a replica: they must not take the signals.
class Interruption {
 public:
  /// `kept`: a sentence that says what is kept, and what to do next.
  Interruption(bool json, std::string kept);
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  /// Another sentence from now on.
  void keeps(std::string sentence);

 private:
  void wait();

  EventLoop loop_;
  bool json_;
  std::string kept_;
  std::thread waiting_;
};

}  // namespace cli
