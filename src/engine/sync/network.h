#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "engine/runtime/asio_loop.h"
#include "engine/sync/connection_manager.h"
#include "engine/sync/retry_policy.h"
#include "link/tcp/tcp.h"

namespace relais::engine {

/// The TCP links of one replica: those it listens for, and those it opens.
/// Threads: its loop's.
class Network {
 public:
  Network(replica::Core& core, runtime::AsioLoop& loop, ConnectionManager::OnInbound on_inbound);

  /// Listens until `stop_listening`. Gives the real address.
  Result<std::string> listen(const link::Address& at);
  void stop_listening(const std::string& address);
  /// As ConnectionManager does.
  void watch_invitations() { connections_.watch_invitations(); }

  /// Meets the member at an address; `done` runs once. While that one is busy, tries again.
  void sync(const link::Address& with, ConnectionManager::OnSynced done);
  std::optional<peer::Progress> progress() { return connections_.progress(); }
  /// Whom we call is busy, and will be called again.
  bool waits_for_peer() const { return calling_ && calling_->pause; }

 private:
  struct Calling {
    link::Address with;
    ConnectionManager::OnSynced done;
    RetryPolicy tries;
    std::unique_ptr<link::Attempt> attempt;
    std::unique_ptr<runtime::Loop::Timer> pause;
  };
  void call();
  void connected(Result<std::unique_ptr<link::Link>> link);
  void sync_ended(Result<peer::Report> result);

  replica::Core& core_;
  runtime::AsioLoop& loop_;
  ConnectionManager connections_;
  std::list<std::pair<std::string, std::unique_ptr<link::Listener>>> listeners_;
  std::unique_ptr<Calling> calling_;
};

}  // namespace relais::engine
