#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "engine/sync/replica_delegate.h"
#include "engine/sync/sync_connection.h"
#include "session/handshake_limiter.h"
#include "session/session_limiter.h"

namespace relais::engine {

/// How an inbound connection ended.
struct InboundSession {
  Result<peer::Report> result;
  std::optional<DeviceId> joined;  ///< the device that joined
};

/// Identifies an outbound sync of a replica.
using CallId = std::uint64_t;

/// How many connections may be open: docs/spec/session.md, "Connection limits".
struct ConnectionLimits {
  std::size_t pending = limits::kPendingConnections;
  session::SessionLimits sessions{};
  /// The limits where the process may open that many file descriptors.
  static ConnectionLimits within(std::size_t descriptors);
};

/// The sessions of one replica, inbound and outbound, over links that the caller opens.
/// Threads: the loop's.
class ConnectionManager {
 public:
  using OnInbound = std::function<void(const InboundSession&)>;
  using OnSynced = std::function<void(Result<peer::Report>)>;

  ConnectionManager(replica::Core& core, runtime::Loop& loop, OnInbound on_inbound,
                    const ConnectionLimits& connection_limits = ConnectionLimits{});
  ~ConnectionManager();

  /// Takes an inbound link. Without an authentic first message it is closed without an answer, and
  /// leaves no state.
  void accept(std::unique_ptr<link::Link> link);
  /// Closes the older half of the pending connections, and reports `why`.
  void shed_load(const Error& why);
  /// Call at the start and after each new invitation: invitations then expire on time even if the
  /// wall clock is set meanwhile.
  void watch_invitations();
  /// Syncs over an outbound link. `done` runs once, in the loop, unless `hang_up` is called before.
  /// Fails: as sync_config; closed. Then `done` doesn't run.
  Status call(CallId id, std::unique_ptr<link::Link> link, OnSynced done);
  /// Ends an outbound session; what was received is kept. Not from a handler of its link.
  void hang_up(CallId id);
  /// Of an outbound session; nothing if there is none.
  std::optional<peer::Progress> progress(CallId id);

 private:
  using Id = session::HandshakeLimiter::Id;
  struct Inbound;
  struct Outbound;

  void handle_first_bytes(Id id, BytesView bytes);
  void reject(Id id);
  void reject_later(Id id);
  void arm();
  Status begin_inbound(Id id, Inbound& inbound);
  Result<std::unique_ptr<peer::Peer>> begin_outbound(Outbound& call);

  replica::Core& core_;
  runtime::Loop& loop_;
  OnInbound on_inbound_;
  session::HandshakeLimiter handshakes_;
  session::SessionLimiter sessions_;
  std::map<Id, std::unique_ptr<Inbound>> inbound_;
  std::unique_ptr<runtime::Loop::Timer> pending_timer_;
  std::unique_ptr<runtime::Loop::Timer> expiry_timer_;
  std::map<CallId, std::unique_ptr<Outbound>> outbound_;
  std::shared_ptr<int> alive_ =
      std::make_shared<int>();  ///< expires with this object, for posted tasks
};

}  // namespace relais::engine
