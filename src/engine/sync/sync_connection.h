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
class SyncConnection {
 public:
  using Done = std::function<void(Result<peer::Report>)>;
  /// What happens on a link that has no peer yet.
  struct Before {
    std::function<void(BytesView)> on_bytes;  ///< may call `start`; must not destroy the meeting
    std::function<void()> on_closed;          ///< the same
  };

  /// `guard` is held during every call of the peer. `done` is called once, from the loop, after
  /// which the meeting may be destroyed.
  SyncConnection(runtime::Loop& loop, std::mutex& guard, std::unique_ptr<link::Link> link);
  ~SyncConnection();
  SyncConnection(const SyncConnection&) = delete;
  SyncConnection& operator=(const SyncConnection&) = delete;

  /// Opens the link before there is a peer: bytes go to `before`, which may then `start` with those
  /// that came so far.
  void wait(Before before);
  /// The peer must have been made under the guard.
  void start(std::unique_ptr<peer::Peer> peer, Done done, BytesView first = {});
  peer::Progress progress();

 private:
  void open();
  template <class Action>
  void with_peer(Action&& action);
  void pump();
  void arm();
  void finish();
  void hang_up();
  void tell();

  runtime::Loop& loop_;
  std::mutex& guard_;
  std::unique_ptr<link::Link> link_;
  Before before_;
  std::unique_ptr<peer::Peer> peer_;
  std::unique_ptr<runtime::Loop::Timer> timer_;
  std::optional<Instant> armed_;
  Done done_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();  ///< for tasks that may come too late
  std::size_t unwritten_ = 0;  // given to the link, and not in the system's hands
  bool established_ = false;
  bool link_closed_ = false;
  bool closing_ = false;
};

}  // namespace relais::engine
