#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/runtime/asio_loop.h"
#include "engine/sync/connection_manager.h"
#include "engine/sync/retry_policy.h"
#include "link/tcp/tcp.h"
#include "relais/sync.h"

namespace relais::engine {

/// The TCP links of one replica: those it listens for, and those it opens.
/// Threads: its loop's.
class Network {
 public:
  Network(replica::Core& core, runtime::AsioLoop& loop, ConnectionManager::OnInbound on_inbound);
  /// Ends all syncs with `closed`.
  ~Network();

  /// Listens until `stop_listening`. Gives the real address.
  Result<std::string> listen(const link::Address& at);
  void stop_listening(const std::string& address);
  /// As ConnectionManager does.
  void watch_invitations() { connections_.watch_invitations(); }

  /// What somebody hears of a sync, from the loop.
  struct SyncWatch {
    std::function<void(const SyncProgress&)> on_progress;  ///< ten times a second
    ConnectionManager::OnSynced on_end;                    ///< once
  };
  /// Syncs with the member at an address. While the peer is busy, calls again. Ends with timed_out
  /// after `limit`, unless that is 0.
  void sync(CallId id, const link::Address& with, Duration limit, SyncWatch watch);
  /// Ends a sync with that error; no effect if it has ended.
  void cancel(CallId id, Error why);

 private:
  struct Calling {
    link::Address with;
    SyncWatch watch;
    RetryPolicy retry;
    std::unique_ptr<link::Attempt> attempt = {};
    std::unique_ptr<runtime::Loop::Timer> pause = {};
    std::unique_ptr<runtime::Loop::Timer> look = {};  ///< at the progress
    std::unique_ptr<runtime::Loop::Timer> limit = {};
  };
  void call(CallId id, Calling& calling);
  void connected(CallId id, Result<std::unique_ptr<link::Link>> link);
  void sync_ended(CallId id, Result<peer::Report> result);
  void look_at_progress(CallId id, Calling& calling);

  replica::Core& core_;
  runtime::AsioLoop& loop_;
  ConnectionManager connections_;
  std::list<std::pair<std::string, std::unique_ptr<link::Listener>>> listeners_;
  std::map<CallId, std::unique_ptr<Calling>> calls_;
};

}  // namespace relais::engine
