#include "engine/sync/connection_manager.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/try.h"

namespace relais::engine {

/// An inbound connection. The delegate is declared first, so that it outlives the peer.
struct ConnectionManager::Inbound {
  Bytes machine;
  std::unique_ptr<ReplicaDelegate> delegate;
  std::unique_ptr<SyncConnection> connection;
};

/// An outbound session.
struct ConnectionManager::Outbound {
  OnSynced done;
  std::unique_ptr<ReplicaDelegate> delegate;
  std::unique_ptr<SyncConnection> connection;
};

ConnectionLimits ConnectionLimits::within(std::size_t descriptors) {
  const std::size_t links =
      std::max(descriptors - std::min(limits::kReservedDescriptors, descriptors), descriptors / 2);
  ConnectionLimits result;
  result.pending = std::clamp<std::size_t>(links / 2, 1, result.pending);
  result.sessions.open = std::clamp<std::size_t>(links / 3, 1, result.sessions.open);
  result.sessions.waiting = std::clamp<std::size_t>(links / 12, 1, result.sessions.waiting);
  return result;
}

ConnectionManager::ConnectionManager(replica::Core& core, runtime::Loop& loop, OnInbound on_inbound,
                                     const ConnectionLimits& connection_limits)
    : core_(core),
      loop_(loop),
      on_inbound_(std::move(on_inbound)),
      handshakes_(connection_limits.pending,
                  std::max<std::size_t>(1, std::min(limits::kPendingConnectionsPerNetwork,
                                                    connection_limits.pending))),
      sessions_(connection_limits.sessions) {}

ConnectionManager::~ConnectionManager() = default;

void ConnectionManager::accept(std::unique_ptr<link::Link> link) {
  const Bytes address = link->remote_address();
  const auto entered = handshakes_.add(session::network_of(address), loop_.now().monotonic);
  if (entered.evicted) reject(*entered.evicted);
  const Id id = entered.id;
  auto inbound = std::make_unique<Inbound>();
  inbound->machine = session::machine_of(address);
  inbound->connection = std::make_unique<SyncConnection>(loop_, core_.mutex, std::move(link));
  SyncConnection& connection = *inbound->connection;
  inbound_.emplace(id, std::move(inbound));
  connection.wait({[this, id](BytesView bytes) { handle_first_bytes(id, bytes); },
                   [this, id] { reject_later(id); }});
  arm();
}

void ConnectionManager::handle_first_bytes(Id id, BytesView bytes) {
  switch (handshakes_.handle_bytes(id, bytes)) {
    case session::HandshakeLimiter::FirstMessage::part: return;
    case session::HandshakeLimiter::FirstMessage::too_long: return reject_later(id);
    case session::HandshakeLimiter::FirstMessage::whole:
      if (!begin_inbound(id, *inbound_.at(id))) reject_later(id);
  }
}

void ConnectionManager::reject(Id id) {
  (void)handshakes_.remove(id);
  if (inbound_.erase(id) == 0) return;
  on_inbound_(
      {Error(ErrorCode::handshake_failed, "A connection ended without a valid first message."),
       {}});
}

/// Posted, because a link must not be destroyed in its own handler.
void ConnectionManager::reject_later(Id id) {
  (void)handshakes_.remove(id);
  loop_.post([this, id, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) reject(id);
  });
}

void ConnectionManager::shed_load(const Error& why) {
  for (const Id id : handshakes_.evict_oldest_half()) reject(id);
  on_inbound_({why, {}});
}

void ConnectionManager::arm() {
  const auto deadline = handshakes_.deadline();
  if (pending_timer_ || !deadline) return;
  pending_timer_ = loop_.call_at(*deadline, [this] {
    pending_timer_.reset();
    for (const Id id : handshakes_.handle_timeout(loop_.now().monotonic)) reject(id);
    arm();
  });
}

void ConnectionManager::watch_invitations() {
  const Now now = loop_.now();
  const std::lock_guard lock(core_.mutex);
  expiry_timer_.reset();
  const auto next = replica::next_expiry(core_);
  if (!next || !*next) return;
  const Duration left((*next)->ms - now.wall.ms);
  expiry_timer_ = loop_.call_at(now.monotonic + left, [this, until = **next] {
    const auto closed = [&] {
      const std::lock_guard within(core_.mutex);
      return replica::close_expired(core_, until);
    }();
    if (closed) watch_invitations();
  });
}

Status ConnectionManager::begin_inbound(Id id, Inbound& inbound) {
  const Bytes first = handshakes_.remove(id);
  std::unique_ptr<peer::Peer> peer;
  {
    const std::lock_guard lock(core_.mutex);
    RELAIS_TRY(core_.check_running());
    RELAIS_TRY(replica::close_expired(core_, loop_.now().wall));
    RELAIS_ASSIGN(auto invitations, replica::open_invitations(core_));
    RELAIS_ASSIGN(auto config, serve_config(core_, invitations));
    RELAIS_ASSIGN(config.expired_invitations, replica::expired_secrets(core_));
    config.machine = inbound.machine;
    inbound.delegate = std::make_unique<ReplicaDelegate>(core_, std::move(invitations));
    peer = std::make_unique<peer::Peer>(peer::Peer::serve(config, *inbound.delegate, sessions_,
                                                          core_.environment.random, loop_.now()));
  }
  inbound.connection->start(
      std::move(peer),
      [this, id, &inbound](Result<peer::Report> result) {
        on_inbound_({std::move(result), inbound.delegate->joined()});
        inbound_.erase(id);
      },
      first);
  return {};
}

Status ConnectionManager::call(CallId id, std::unique_ptr<link::Link> link, OnSynced done) {
  auto call = std::make_unique<Outbound>();
  call->done = std::move(done);
  call->connection = std::make_unique<SyncConnection>(loop_, core_.mutex, std::move(link));
  RELAIS_ASSIGN(auto peer, begin_outbound(*call));
  SyncConnection& connection = *call->connection;
  outbound_.emplace(id, std::move(call));
  connection.start(std::move(peer), [this, id](Result<peer::Report> result) {
    // Removed first: `done` may start the next session.
    const auto ended = std::move(outbound_.extract(id).mapped());
    ended->done(std::move(result));
  });
  return {};
}

Result<std::unique_ptr<peer::Peer>> ConnectionManager::begin_outbound(Outbound& call) {
  const std::lock_guard lock(core_.mutex);
  RELAIS_TRY(core_.check_running());
  RELAIS_ASSIGN(auto config, sync_config(core_));
  call.delegate = std::make_unique<ReplicaDelegate>(core_, std::vector<replica::OpenInvitation>{});
  return std::make_unique<peer::Peer>(
      peer::Peer::sync(std::move(config), *call.delegate, core_.environment.random, loop_.now()));
}

void ConnectionManager::hang_up(CallId id) { outbound_.erase(id); }

std::optional<peer::Progress> ConnectionManager::progress(CallId id) {
  const auto call = outbound_.find(id);
  if (call == outbound_.end()) return std::nullopt;
  return call->second->connection->progress();
}

}  // namespace relais::engine
