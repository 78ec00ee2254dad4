#pragma once

#include <memory>
#include <optional>

#include "peer/authentication.h"
#include "peer/exchange.h"
#include "peer/peer.h"

namespace relais::peer {

/// The session and the exchange inside it. Inside src/peer only.
class Peer::Impl {
 public:
  Impl(const SpaceId& space, SyncDelegate& delegate,
       std::unique_ptr<PeerAuthenticator> authenticator, session::Session session, Now now);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Responder: index of the first candidate that is an invitation.
  void set_first_invitation(std::size_t index) { first_invitation_ = index; }

  void handle_bytes(BytesView bytes, Now now);
  void handle_written(std::size_t bytes, Now now);
  void handle_timeout(Now now);
  void handle_link_closed(Now now);
  Bytes poll_transmit(Now now);
  std::optional<Instant> deadline() const;

  bool finished() const { return ended_ || session_.done(); }
  bool was_established() const { return session_.was_established(); }
  Result<Report> result() const;
  Report report() const;
  Progress progress() const { return exchange_ ? exchange_->progress() : Progress(); }

 private:
  bool complete() const { return exchange_ && exchange_->complete(); }
  bool in_session() const { return exchange_.has_value() || authenticator_->awaits_proof(); }
  /// Acts on the state the session has reached.
  void work(Now now);
  Status process_messages(Now now);
  void count_handshake();
  Status open_exchange();
  Status admit();
  bool is_joiner() const {
    return session_.role() == session::Role::initiator && session_.was_established() &&
           session_.mode() == session::Mode::invitation;
  }
  Status handle_message(BytesView message, Now now);
  Status await_proof(Now now);
  void fail(Error error);
  void note_progress(Now now);
  void note_bytes(Now now);

  SpaceId space_;
  SyncDelegate& delegate_;
  std::unique_ptr<PeerAuthenticator> authenticator_;
  session::Session session_;
  Outbox outbox_;
  Report report_;
  std::optional<Exchange> exchange_;
  std::size_t first_invitation_ = 0;

  bool refused_ = false;  // this device refused the joiner, which is told by END only
  bool ended_ = false;
  std::optional<Error> error_;
  Instant last_progress_;
  std::uint64_t written_ = 0;  ///< bytes that the link has taken
  std::uint64_t carried_at_progress_ = 0;
  /// Bytes of the handshake in one direction: what the initiator received or the responder sent.
  std::optional<std::uint64_t> first_counted_;
};

}  // namespace relais::peer
