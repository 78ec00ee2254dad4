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

/// What came of a meeting with someone who came to us.
struct InboundSession {
  Result<peer::Report> result;
  std::optional<DeviceId> joined;
};

/// Which of a replica's outbound syncs.
using CallId = std::uint64_t;

/// How many may be with us at once, at each stage.
struct ConnectionLimits {
  std::size_t pending = limits::kPendingConnections;
  session::SessionLimits sessions{};
  /// So that links leave limits::kReservedDescriptors, or half of few, to the store and the host.
  static ConnectionLimits within(std::size_t descriptors);
};

/// The meetings of one replica, over links that someone else opens: any number with who comes to
/// us, and one with whom we call. Threads: the loop's, unless it says otherwise.
class ConnectionManager {
 public:
  using OnInbound = std::function<void(const InboundSession&)>;
  using OnSynced = std::function<void(Result<peer::Report>)>;

  ConnectionManager(replica::Core& core, runtime::Loop& loop, OnInbound on_inbound,
                    const ConnectionLimits& connection_limits = ConnectionLimits{});
  ~ConnectionManager();

  /// Someone came. Who doesn't say a first message under one of our keys is shown out without a
  /// word, and leaves nothing behind.
  void accept(std::unique_ptr<link::Link> link);
  /// Links have become scarce: half of those who have said nothing yet go, and it is reported.
  void shed_load(const Error& why);
  /// To be called at the beginning, and after an invitation was made: it ends when its time is
  /// over, however the wall clock is set meanwhile.
  void watch_invitations();
  /// The link leads to a member: syncs with it. `done` runs once, from the loop, unless `hang_up`
  /// comes first. Fails: as sync_config; closed. Then `done` doesn't run.
  Status call(CallId id, std::unique_ptr<link::Link> link, OnSynced done);
  /// Ends a call where it is; what came is kept. Not from a handler of its link.
  void hang_up(CallId id);
  /// Of a call; nothing if there is none.
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
  std::shared_ptr<int> alive_ = std::make_shared<int>();  ///< for tasks that may come too late
};

}  // namespace relais::engine
