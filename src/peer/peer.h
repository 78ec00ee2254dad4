#pragma once

#include <memory>
#include <optional>

#include "base/time.h"
#include "peer/config.h"
#include "peer/report.h"
#include "peer/sync_delegate.h"
#include "session/session_limiter.h"

namespace relais::peer {

/// One sync with another device: a session, and the exchange in it until both hold the same.
/// Sans-I/O: bytes and times go in, bytes and deadlines come out. docs/spec/reconcile.md.
///
/// How to drive it. Events go to one of
///
///   handle_bytes        bytes arrived, in any portions
///   handle_written      the link took bytes that poll_transmit returned
///   handle_timeout      `deadline()` has come
///   handle_link_closed  the link was closed or broke
///
/// After each of those, and after construction, ask in this order:
///
///   poll_transmit   until it returns nothing: write it to the link
///   finished        then close the link, once all is written, and read `result()`
///   deadline        when to call handle_timeout
///
/// It reads ahead from the delegate only while few bytes are unwritten
/// (limits::kTransmitQueueBytes), so a peer whose owner never calls handle_written stops sending.
/// To an outsider all failures look the same: the link closes. To abort, destroy the peer and close
/// the link; what was stored stays, and the next sync continues from there.
///
/// Owns: its session. Threads: one at a time.
class Peer {
 public:
  /// The references must outlive the peer.
  static Peer sync(SyncConfig config, SyncDelegate& delegate, Random& random, Now now);
  static Peer join(JoinConfig config, SyncDelegate& delegate, Random& random, Now now);
  static Peer serve(const ServeConfig& config, SyncDelegate& delegate,
                    session::SessionLimiter& sessions, Random& random, Now now);
  ~Peer();
  Peer(Peer&&) noexcept;
  Peer& operator=(Peer&&) noexcept;

  void handle_bytes(BytesView bytes, Now now);
  void handle_written(std::size_t bytes, Now now);
  void handle_timeout(Now now);
  void handle_link_closed(Now now);

  /// Empty if there is nothing to write.
  Bytes poll_transmit(Now now);
  std::optional<Instant> deadline() const;

  /// Nothing more will be sent or is expected.
  bool finished() const;
  /// The handshake succeeded, whatever came afterwards. If it did not, the link may be closed
  /// without lingering.
  bool was_established() const;
  /// Only when finished. Ok: the exchange is complete; the report names what was left out. Fails:
  /// as the session (handshake_failed, link_failed, timed_out, session_closed: all may be retried
  /// later), peer_misbehaved, peer_too_new, limit_exceeded, invitation_refused, or as the delegate.
  Result<Report> result() const;
  /// The report so far, whether the sync ends well or not.
  Report report() const;
  Progress progress() const;

 private:
  class Impl;
  explicit Peer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace relais::peer
