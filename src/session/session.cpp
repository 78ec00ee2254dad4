#include "session/session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace relais::session {
namespace {

constexpr Duration kKeepAliveTime = limits::kIdleTime / 3;

}  // namespace

Session Session::initiate(const InitiatorConfig& config, Authenticator& authenticator,
                          Random& random, Now now) {
  Session session(Handshake(config, authenticator, random), now);
  if (!session.handshake_->start(session.handshake_out_)) session.handshake_failed();
  return session;
}

Session Session::respond(ResponderConfig config, Authenticator& authenticator,
                         SessionLimiter& sessions, Random& random, Now now) {
  Bytes machine = std::move(config.machine);
  Session session(Handshake(std::move(config), authenticator, sessions, random), now);
  session.sessions_ = &sessions;
  session.machine_ = std::move(machine);
  return session;
}

Session::Session(Handshake handshake, Now now)
    : role_(handshake.role()), handshake_(std::move(handshake)), started_(now.monotonic) {}

void Session::handle_bytes(Now now, BytesView bytes) {
  if (state_ == State::handshaking && now.monotonic >= started_ + limits::kHandshakeTime) {
    return handshake_timed_out();
  }
  if (state_ != State::handshaking && state_ != State::established) return;
  if (end_if_rejected(now)) return;
  last_received_ = now.monotonic;  // any byte counts: on a slow link one frame may take long
  handle_portion(now, bytes);
}

void Session::handle_portion(Now now, BytesView bytes) {
  const std::size_t whole = bytes.size();
  bool good = true;
  while (good && (state_ == State::handshaking || state_ == State::established)) {
    const std::size_t limit = handshake_ ? handshake_->limit() : limits::kFrameBytes;
    BytesView unit;
    const Deframer::Found found = deframer_.next(bytes, limit, unit);
    if (found == Deframer::Found::need_more) break;
    good = found == Deframer::Found::unit && take_unit(now, unit);
  }
  counters_.bytes_received += whole - bytes.size();
  if (good) return;
  if (handshake_ && handshake_->answer() != Handshake::Answer::none) {
    return handle_answer(handshake_->answer());
  }
  if (!peer_confirmed_) return handshake_failed();
  const ErrorCode code = reader_.misbehaved() ? ErrorCode::peer_misbehaved : ErrorCode::link_failed;
  end_with(State::failed,
           Error(code, reader_.misbehaved() ? "The other device broke the rules of the session."
                                            : "Bytes arrived that the other device did not send."));
}

bool Session::take_unit(Now now, BytesView unit) {
  return handshake_ ? take_handshake(now, unit) : take_frame(unit);
}

bool Session::take_handshake(Now now, BytesView message) {
  counters_.handshake_bytes += kLengthBytes + message.size();
  if (!handshake_->handle(message, handshake_out_)) return false;
  if (handshake_->finished()) establish(now);
  if (!handshake_ || !handshake_->waiting()) return true;
  if (handshake_->refuses()) {
    fail_with_answer(&Handshake::write_refused, Error(ErrorCode::invitation_refused,
                                                      "The invitation was used or has expired."));
    return true;
  }
  slot_.emplace(sessions_->add(machine_, now.monotonic));
  return continue_handshake(now);
}

/// Continues a responder's handshake as the limiter decides.
bool Session::continue_handshake(Now now) {
  switch (slot_->decide(now.monotonic)) {
    case SessionLimiter::Decision::proceed: return handshake_->write_message_2(handshake_out_);
    case SessionLimiter::Decision::reject:
      fail_with_answer(
          &Handshake::write_busy,
          Error(ErrorCode::busy, "This device was busy with other devices.", Retry::later));
      return true;
    case SessionLimiter::Decision::wait:
      next_check_ = now.monotonic + limits::kTurnTime;
      return true;
  }
  return false;
}

/// Fails the session, but sends the answer that `write` makes.
void Session::fail_with_answer(void (Handshake::*write)(Bytes&) const, Error error) {
  Bytes answer;
  ((*handshake_).*write)(answer);
  end_with(State::failed, std::move(error));
  handshake_out_ = std::move(answer);
}

void Session::handle_answer(Handshake::Answer answer) {
  if (answer == Handshake::Answer::busy) {
    return end_with(
        State::failed,
        Error(ErrorCode::busy, "The other device is busy with others. Try again in a moment.",
              Retry::later));
  }
  end_with(
      State::failed,
      Error(ErrorCode::invitation_refused,
            "The other device refused the invitation: it was used or has expired. Ask for a new "
            "one.",
            Retry::after_user_acts));
}

/// Ends the session if newer ones of the same peer have replaced it.
bool Session::end_if_rejected(Now now) {
  const bool away = slot_ && state_ == State::established &&
                    slot_->decide(now.monotonic) == SessionLimiter::Decision::reject;
  if (away) {
    end_with(State::cut, Error(ErrorCode::session_closed,
                               "The other device has started newer sessions.", Retry::later));
  }
  return away;
}

bool Session::take_frame(BytesView frame) {
  const bool good = reader_.read(frame, messages_);
  peer_confirmed_ = peer_confirmed_ || good || reader_.misbehaved();
  if (good && reader_.ended()) {
    state_ = State::ended;
    reader_.stop();
  }
  return good;
}

void Session::establish(Now now) {
  mode_ = handshake_->mode();
  candidate_ = handshake_->candidate();
  peer_static_ = handshake_->peer_static();
  handshake_hash_ = handshake_->hash();
  noise::HandshakeState::Transport transport = handshake_->split();
  handshake_.reset();
  was_established_ = true;
  if (slot_) slot_->establish(peer_static_);
  peer_confirmed_ = role_ == Role::responder;  // only a holder of all keys can make message 3
  last_received_ = last_sent_ = now.monotonic;
  reader_.start(std::move(transport.receive));
  writer_.start(std::move(transport.send), now.monotonic);
  state_ = State::established;
}

void Session::handle_closed(Now) {
  if (!done()) {
    end_lost(Error(ErrorCode::link_failed, "The link was cut before both devices had finished."));
  }
}

void Session::handle_timeout(Now now) {
  const auto due = [&](Instant at) { return now.monotonic >= at; };
  if (state_ == State::handshaking) {
    if (due(started_ + limits::kHandshakeTime)) return handshake_timed_out();
    const bool waiting = handshake_->waiting() && due(next_check_);
    if (waiting && !continue_handshake(now)) handshake_failed();
    return;
  }
  if (done() || end_if_rejected(now)) return;
  if (due(idle_deadline())) {
    return end_lost(Error(ErrorCode::timed_out, "The other device was silent for too long."));
  }
  if (state_ == State::established && !writer_.ended() && due(last_sent_ + kKeepAliveTime)) {
    writer_.queue_keep_alive();
  }
}

void Session::send(Bytes message) {
  if (!error_) writer_.queue(std::move(message));
}

void Session::finish() {
  if (!error_) writer_.queue_end();
}

std::optional<Bytes> Session::poll_message() {
  if (messages_.empty()) return std::nullopt;
  Bytes message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

bool Session::poll_transmit(Now now, Bytes& out) {
  out.assign(handshake_out_);
  handshake_out_.clear();
  counters_.handshake_bytes += out.size();
  if (writer_.has_work() && state_ != State::handshaking) {
    const std::size_t queued = std::min(writer_.queued_bytes(), kBatchBytes + kFullPlainBytes);
    out.reserve(out.size() + queued + queued / 8 + 256);
  }
  if (!writer_.write(now.monotonic, kBatchBytes, out)) {
    end_with(State::failed, Error(ErrorCode::session_closed,
                                  "The session has sent all that one session can. Sync again."));
    out.clear();
  }
  if (out.empty()) return false;
  counters_.bytes_sent += out.size();
  last_sent_ = now.monotonic;
  if (state_ == State::ended) last_received_ = now.monotonic;
  return true;
}

std::optional<Instant> Session::deadline() const {
  if (state_ == State::handshaking) {
    const Instant end = started_ + limits::kHandshakeTime;
    return handshake_->waiting() ? std::min(end, next_check_) : end;
  }
  if (done()) return std::nullopt;
  const bool keeps_alive =
      state_ == State::established && !writer_.ended() && !writer_.keep_alive_queued();
  return keeps_alive ? std::min(idle_deadline(), last_sent_ + kKeepAliveTime) : idle_deadline();
}

bool Session::done() const {
  return state_ == State::cut || (state_ == State::failed && !has_final_answer()) ||
         (state_ == State::ended && (writer_.ended() || error_));
}

Instant Session::idle_deadline() const { return last_received_ + limits::kIdleTime; }

void Session::handshake_failed() {
  end_with(State::failed, Error(ErrorCode::handshake_failed,
                                "No secure session could be set up with the other device."));
}

// Only an initiator can tell silence from a refusal.
void Session::handshake_timed_out() {
  if (role_ == Role::responder) return handshake_failed();
  end_with(State::failed, Error(ErrorCode::timed_out,
                                "The other device was reached, but did not answer in time."));
}

// An initiator that has received no frame does not know whether its message 3 was accepted.
void Session::end_lost(Error error) {
  if (!peer_confirmed_) return handshake_failed();
  end_with(state_ == State::ended ? State::ended : State::cut, std::move(error));
}

void Session::end_with(State state, Error error) {
  state_ = state;
  error_ = std::move(error);
  handshake_.reset();
  if (!was_established_) slot_.reset();  // an established one counts until its link is closed
  handshake_out_ = Bytes();
  deframer_ = Deframer();
  reader_.stop();
  writer_.stop();
}

}  // namespace relais::session
