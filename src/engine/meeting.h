#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "engine/runtime/loop.h"
#include "link/link.h"
#include "peer/peer.h"

namespace relais::engine {

/// One peer over one link: carries bytes between them, and rings when a deadline comes.
/// Threads: the loop's.
class Meeting {
 public:
  using Done = std::function<void(Result<peer::Report>)>;

  /// `guard` is held during every call of the peer. `done` is called once, from the loop, after
  /// which the meeting may be destroyed.
  Meeting(runtime::Loop& loop, std::mutex& guard, std::unique_ptr<link::Link> link);
  ~Meeting();
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

  /// The peer must have been made under the guard.
  void start(std::unique_ptr<peer::Peer> peer, Done done);
  peer::Progress progress();

 private:
  template <class Action>
  void with_peer(Action&& action);
  void pump();
  void arm();
  void finish();

  runtime::Loop& loop_;
  std::mutex& guard_;
  std::unique_ptr<link::Link> link_;
  std::unique_ptr<peer::Peer> peer_;
  std::unique_ptr<runtime::Loop::Timer> timer_;
  std::optional<Instant> armed_;
  Done done_;
  bool link_closed_ = false;
  bool closing_ = false;
};

}  // namespace relais::engine
