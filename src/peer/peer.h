#pragma once

#include <memory>
#include <optional>

#include "base/time.h"
#include "peer/config.h"
#include "peer/report.h"
#include "peer/sync_delegate.h"
#include "session/session_limiter.h"

namespace relais::peer {

/// One neighbour: a session, and what is said in it until both hold the same. Sans-IO: it is given
/// bytes and the time, and gives bytes and deadlines. docs/spec/reconcile.md.
///
/// How to drive it. What has happened goes to one of
///
///   handle_bytes        bytes came, in any portions
///   handle_written      the link took bytes of what poll_transmit gave
///   handle_timeout      the `deadline()` has come
///   handle_link_closed  no more will come
///
/// After each of those, and after making it, ask in this order:
///
///   poll_transmit   until it gives nothing: write it to the link
///   finished        then close the link, once all is written, and read `result()`
///   deadline        when to call handle_timeout
///
/// It reads ahead from the host only while little is unwritten (limits::kTransmitQueueBytes), so a
/// peer whose owner never calls handle_written stops sending. A failure looks the same from
/// outside, whatever it is: the link closes. To break off, destroy it and close the link; what was
/// stored stays, and the next meeting goes on from there.
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

  /// Empty: nothing to write now.
  Bytes poll_transmit(Now now);
  std::optional<Instant> deadline() const;

  /// Nothing more will be sent or is expected.
  bool finished() const;
  /// A session came about, whatever became of it. Without one nobody waits for our end of the link.
  bool was_established() const;
  /// Only when finished. Ok: all that was to be exchanged was; see the report for what was left
  /// out. Fails: as the session (handshake_failed, link_failed, timed_out, session_closed, all of
  /// which may be tried again later), peer_misbehaved, peer_too_new, limit_exceeded,
  /// invitation_refused, or with what the host failed with.
  Result<Report> result() const;
  /// What it has come to so far, whether it ends well or not.
  Report report() const;
  Progress progress() const;

 private:
  class Impl;
  explicit Peer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace relais::peer
