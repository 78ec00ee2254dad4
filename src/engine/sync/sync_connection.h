#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "engine/runtime/loop.h"
#include "link/link.h"
#include "peer/peer.h"

namespace relais::engine {

/// Runs one peer over one link: passes bytes between them, and calls the peer at its deadlines.
/// Threads: the loop's.
class SyncConnection {
 public:
  using Done = std::function<void(Result<peer::Report>)>;
  /// Callbacks of a link that has no peer yet.
  struct Before {
    std::function<void(BytesView)> on_bytes;  ///< may call `start`; must not destroy this object
    std::function<void()> on_closed;          ///< must not destroy this object
  };

  /// `guard` is locked during every call of the peer.
  SyncConnection(runtime::Loop& loop, std::mutex& guard, std::unique_ptr<link::Link> link);
  ~SyncConnection();
  SyncConnection(const SyncConnection&) = delete;
  SyncConnection& operator=(const SyncConnection&) = delete;

  /// Opens the link without a peer: bytes go to `before`, which may call `start` with the bytes
  /// received so far.
  void wait(Before before);
  /// The peer must have been made under the guard. `done` is called once, in the loop; it may
  /// destroy this object.
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
  std::shared_ptr<int> alive_ =
      std::make_shared<int>();  ///< expires with this object, for posted tasks
  std::size_t unwritten_ = 0;   // bytes that the link hasn't passed to the system yet
  bool established_ = false;
  bool link_closed_ = false;
  bool closing_ = false;
};

}  // namespace relais::engine
