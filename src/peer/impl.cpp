#include "peer/impl.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "peer/errors.h"

namespace relais::peer {

using State = session::Session::State;

Peer::Impl::Impl(const SpaceId& space, SyncDelegate& delegate,
                 std::unique_ptr<PeerAuthenticator> authenticator, session::Session session,
                 Now now)
    : space_(space),
      delegate_(delegate),
      authenticator_(std::move(authenticator)),
      session_(std::move(session)),
      outbox_(session_),
      last_progress_(now.monotonic) {
  authenticator_->set_time(now.wall);
}

void Peer::Impl::handle_bytes(BytesView bytes, Now now) {
  if (finished()) return;
  authenticator_->set_time(now.wall);
  session_.handle_bytes(now, bytes);
  note_bytes(now);
  work(now);
}

void Peer::Impl::handle_written(std::size_t bytes, Now now) {
  outbox_.remove_unwritten(bytes);
  written_ += bytes;
  if (finished()) return;
  note_bytes(now);
  work(now);
}

void Peer::Impl::handle_timeout(Now now) {
  if (finished()) return;
  session_.handle_timeout(now);
  if (exchange_ && !exchange_->complete()) {
    if (Status status = exchange_->handle_timeout(now); !status) return fail(status.error());
  }
  if (in_session() && now.monotonic >= last_progress_ + limits::kStallTime) {
    return fail({ErrorCode::timed_out, "The other device made no progress for too long."});
  }
  work(now);
}

void Peer::Impl::handle_link_closed(Now now) {
  if (finished()) return;
  session_.handle_closed(now);
  work(now);
}

void Peer::Impl::work(Now now) {
  if (Status status = process_messages(now); !status) return fail(status.error());
  switch (session_.state()) {
    case State::cut:
    case State::failed: return fail(refused_ ? invitation_refused() : *session_.error());
    case State::ended:
      if (complete()) return;
      if (refused_ || (is_joiner() && report_.certificate.empty()))
        return fail(invitation_refused());
      return fail({ErrorCode::session_closed,
                   "The other device ended the session before everything was exchanged.",
                   Retry::later});
    case State::handshaking:
    case State::established: return;
  }
}

// Messages received whole count, even if the session was cut right after them.
Status Peer::Impl::process_messages(Now now) {
  if (!exchange_ && session_.state() != State::handshaking && session_.state() != State::failed) {
    if (!session_.was_established()) return {};
    if (!first_counted_) count_handshake();
    if (authenticator_->awaits_proof()) RELAIS_TRY(await_proof(now));
    if (!authenticator_->awaits_proof()) RELAIS_TRY(open_exchange());
  }
  if (!exchange_) return {};
  if (refused_) {
    while (session_.poll_message()) continue;  // ignored
    return {};
  }
  while (const auto message = session_.poll_message()) RELAIS_TRY(handle_message(*message, now));
  if (session_.state() == State::ended && !complete()) RELAIS_TRY(exchange_->handle_end());
  RELAIS_TRY(exchange_->work());
  if (!complete()) return {};
  // An END that completes the exchange needs no answer: the link may close.
  if (session_.state() == State::ended) {
    ended_ = true;
  } else {
    session_.finish();
  }
  return {};
}

// The responder holds the mesh key to be old: it has to send its proof first.
Status Peer::Impl::await_proof(Now now) {
  const auto bytes = session_.poll_message();
  if (!bytes) return {};
  note_progress(now);
  const Result<wire::Message> message = wire::decode_message(*bytes);
  const auto* proof = message ? std::get_if<wire::message::Proof>(&*message) : nullptr;
  if (proof == nullptr) return misbehaved("it did not prove which device it is.");
  return authenticator_->check_proof(*proof, session_.handshake_hash());
}

void Peer::Impl::count_handshake() {
  const session::Session::Counters& counters = session_.counters();
  const bool initiates = session_.role() == session::Role::initiator;
  first_counted_ = initiates ? counters.bytes_received : counters.bytes_sent;
}

Status Peer::Impl::open_exchange() {
  const bool initiates = session_.role() == session::Role::initiator;
  report_.peer = authenticator_->peer();
  const bool joining = session_.mode() == session::Mode::invitation;
  exchange_.emplace(Exchange::Setup{session_.role(), joining, space_, authenticator_->peer(),
                                    session_.handshake_hash(), authenticator_->packer()},
                    delegate_, outbox_, report_);
  if (auto proof = authenticator_->proof(session_.handshake_hash()))
    outbox_.send(*std::move(proof));
  if (initiates) return exchange_->start();
  return joining ? admit() : Status();
}

// END in place of a Welcome is a refusal; a closed link is not.
Status Peer::Impl::admit() {
  const std::size_t invitation = session_.candidate() - first_invitation_;
  auto certificate = delegate_.admit(*authenticator_->request(), invitation);
  if (certificate) {
    exchange_->welcome(std::move(*certificate));
    return {};
  }
  if (certificate.error().code() != ErrorCode::invitation_refused) return certificate.error();
  refused_ = true;
  session_.finish();
  return {};
}

Status Peer::Impl::handle_message(BytesView bytes, Now now) {
  Result<wire::Message> message = wire::decode_message(bytes);
  if (message && std::holds_alternative<wire::message::Skipped>(*message)) return {};
  note_progress(now);
  if (message) {
    const auto* welcome = std::get_if<wire::message::Welcome>(&*message);
    if (welcome != nullptr) RELAIS_TRY(authenticator_->check_welcome(*welcome));
    return exchange_->handle(*std::move(message), now);
  }
  if (message.error().code() == ErrorCode::unsupported_version) return too_new();
  return misbehaved("it sent a message that can't be read.");
}

// Once the exchange is complete, it no longer matters how the session ends.
void Peer::Impl::fail(Error error) {
  ended_ = true;
  if (complete()) return;
  // The responder may have been restored to a state in which it doesn't know this device.
  if (authenticator_->relies_on_memory() && error.code() == ErrorCode::handshake_failed) {
    delegate_.forget(authenticator_->peer());
  }
  if (is_joiner() && error.code() == ErrorCode::handshake_failed) error = cut_while_joining();
  if (exchange_) exchange_->abandon(error);
  error_ = std::move(error);
}

void Peer::Impl::note_progress(Now now) {
  last_progress_ = now.monotonic;
  carried_at_progress_ = session_.counters().bytes_received + written_;
}

// A large message on a slow link is progress too; keep-alives are not.
void Peer::Impl::note_bytes(Now now) {
  const std::uint64_t carried = session_.counters().bytes_received + written_;
  if (carried - carried_at_progress_ >= limits::kProgressBytes) note_progress(now);
}

Bytes Peer::Impl::poll_transmit(Now now) {
  Bytes out;
  const bool silent = ended_ && !session_.has_final_answer();
  if (silent || !session_.poll_transmit(now, out)) return {};
  outbox_.add_unwritten(out.size());
  return out;
}

std::optional<Instant> Peer::Impl::deadline() const {
  if (finished()) return std::nullopt;
  std::optional<Instant> earliest = session_.deadline();
  const auto consider = [&](std::optional<Instant> other) {
    if (other && (!earliest || *other < *earliest)) earliest = other;
  };
  if (exchange_) consider(exchange_->deadline());
  if (in_session()) consider(last_progress_ + limits::kStallTime);
  return earliest;
}

Result<Report> Peer::Impl::result() const {
  if (error_) return *error_;
  if (complete()) return report();
  return Error(ErrorCode::session_closed, "The sync isn't finished yet.", Retry::later);
}

Report Peer::Impl::report() const {
  Report report = report_;
  const session::Session::Counters& counters = session_.counters();
  report.handshake_bytes = counters.handshake_bytes;
  if (!exchange_) return report;
  std::uint64_t sent = *first_counted_;
  std::uint64_t received = counters.handshake_bytes - *first_counted_;
  if (session_.role() == session::Role::initiator) std::swap(sent, received);
  report.bytes_sent = counters.bytes_sent - std::min(sent, counters.bytes_sent);
  report.bytes_received = counters.bytes_received - std::min(received, counters.bytes_received);
  return report;
}

}  // namespace relais::peer
