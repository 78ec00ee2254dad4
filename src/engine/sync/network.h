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

/// The TCP links of one replica, inbound and outbound.
/// Threads: its loop's.
class Network {
 public:
  Network(replica::Core& core, runtime::AsioLoop& loop, ConnectionManager::OnInbound on_inbound);
  /// Ends all syncs with `closed`.
  ~Network();

  /// Listens until `stop_listening`. Returns the actual address. Fails: invalid_argument,
  /// address_in_use, link_failed.
  Result<std::string> listen(const link::Address& at);
  void stop_listening(const std::string& address);
  /// As ConnectionManager::watch_invitations.
  void watch_invitations() { connections_.watch_invitations(); }

  /// Callbacks of a sync, called in the loop.
  struct SyncWatch {
    std::function<void(const SyncProgress&)> on_progress;  ///< every 100 ms
    ConnectionManager::OnSynced on_end;                    ///< once
  };
  /// Syncs with the device at an address; retries while it is busy. Ends with timed_out after
  /// `limit`, unless that is 0.
  void sync(CallId id, const link::Address& with, Duration limit, SyncWatch watch);
  /// Ends a sync with `why`; no effect if it has ended.
  void cancel(CallId id, Error why);
  /// Calls `on_progress` of a sync now.
  void tell_progress(CallId id);

 private:
  struct Calling {
    link::Address with;
    SyncWatch watch;
    RetryPolicy retry;
    std::unique_ptr<link::Attempt> attempt = {};
    std::unique_ptr<runtime::Loop::Timer> pause = {};
    std::unique_ptr<runtime::Loop::Timer> look = {};  ///< reports the progress
    std::unique_ptr<runtime::Loop::Timer> limit = {};
  };
  Status check_may_call(const link::Address& with) const;
  void call(CallId id, Calling& calling);
  void connected(CallId id, Result<std::unique_ptr<link::Link>> link);
  void sync_ended(CallId id, Result<peer::Report> result);
  void tell_progress(CallId id, Calling& calling);
  void watch_progress(CallId id, Calling& calling);

  replica::Core& core_;
  runtime::AsioLoop& loop_;
  ConnectionManager connections_;
  std::list<std::pair<std::string, std::unique_ptr<link::Listener>>> listeners_;
  std::map<CallId, std::unique_ptr<Calling>> calls_;
};

}  // namespace relais::engine
