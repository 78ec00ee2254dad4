// Called sessions, with callers made by the fuzzer that know a key or do not: one after another and
// concurrently, sharing one SessionLimiter; docs/spec/session.md, "Handshake" and "Connection
// limits".
#include <vector>

#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/session_by_hand.h"
#include "fuzz/support/stream_model.h"
#include "fuzz/support/target.h"

namespace relais::fuzz {
namespace {

struct Listener {
  SeededRandom random{1};
  session::SessionLimiter sessions;
  std::vector<Bytes> firsts;  ///< messages that were answered
  std::vector<Session> left_open;
  TestAuthenticator authenticator;
  Now now = start_of_time();
};

/// Sends message 3: valid, with any plaintext, or damaged; returns the payload that the
/// authenticator must get.
std::optional<Bytes> send_message_3(Input& input, Listener& listener,
                                    session::noise::HandshakeState& noise, Session& session) {
  const bool well_formed = input.chance();
  const Bytes content(input.sized());
  const Bytes plain = well_formed ? inner(content, 1, input.byte()) : content;
  Bytes message;
  if (!noise.write(listener.random, plain, message)) return std::nullopt;
  const auto opened = session::open_inner(plain);
  bool accepted = opened && opened->type == session::InnerType::data;
  accepted =
      !mutate(input, message) && accepted && message.size() <= limits::kHandshakeMessageBytes;
  if (message.size() > limits::kFrameBytes) return std::nullopt;
  give(session, listener.now, with_length(message), 1 + input.u16());
  return accepted ? std::optional<Bytes>(opened->content) : std::nullopt;
}

/// Makes message 1; returns whether the session must answer it.
bool make_first(Input& input, Listener& listener, session::noise::HandshakeState& noise, bool known,
                Bytes& message) {
  if (!listener.firsts.empty() && input.below(4) == 3) {  // a replay
    message = listener.firsts[input.below(listener.firsts.size())];
    mutate(input, message);
    return false;
  }
  const Bytes payload(input.sized());
  RELAIS_CHECK(noise.write(listener.random, payload, message));
  const bool whole = !mutate(input, message);
  return whole && known && payload.empty();
}

void check_told_busy(Session& session, Listener& listener) {
  RELAIS_CHECK(listener.sessions.waiting() == 1);
  Now later = listener.now;
  later.monotonic += limits::kWaitingTime;
  session.handle_timeout(later);
  RELAIS_CHECK(written_by(session, later).size() == 2 + limits::kAnswerBytes);
  check_dead(session, later);
}

void call(Input& input, Listener& listener) {
  listener.authenticator = TestAuthenticator();
  listener.authenticator.accepts = input.below(4) != 0;
  const std::size_t places = limits::kHalfOpenSessions - listener.sessions.half_open();
  Session session = Session::respond(responder_config(), listener.authenticator, listener.sessions,
                                     listener.random, listener.now);

  const auto candidate = static_cast<std::uint8_t>(input.below(kCandidates + 1));
  auto noise = by_hand(session::Role::initiator, candidate);
  Bytes message;
  const bool is_accepted = make_first(input, listener, noise, candidate < kCandidates, message);
  const bool answers = is_accepted && places > 0;
  if (message.size() > limits::kFrameBytes) return;
  give(session, listener.now, with_length(message), 1 + input.u16());
  const Bytes second = written_by(session, listener.now);
  // A caller without a key gets silence. One with a key that finds no free slot is told so after a
  // while.
  RELAIS_CHECK(second.empty() != answers);
  if (is_accepted && !answers) return check_told_busy(session, listener);
  if (!answers) return check_dead(session, listener.now);
  listener.firsts.push_back(message);
  Bytes plain;
  RELAIS_CHECK(noise.read(BytesView(second).substr(2), plain));
  RELAIS_CHECK(session::open_inner(plain)->content == "certificates");
  if (input.below(4) == 3) {
    listener.left_open.push_back(std::move(session));
    return;
  }

  const std::optional<Bytes> payload = send_message_3(input, listener, noise, session);
  RELAIS_CHECK(listener.authenticator.calls == (payload ? 1 : 0));
  if (!payload || !listener.authenticator.accepts) return;
  RELAIS_CHECK(listener.authenticator.received == *payload &&
               listener.authenticator.candidate == candidate);
  RELAIS_CHECK(session.state() == Session::State::established);
  RELAIS_CHECK(session.mode() == mode_of(candidate) && session.candidate() == candidate);
  RELAIS_CHECK(noise.hash() == session.handshake_hash());
}

}  // namespace

void run(Input& input) {
  Listener listener;
  const BytesView unasked = input.sized();
  Session session = Session::respond(responder_config(), listener.authenticator, listener.sessions,
                                     listener.random, listener.now);
  give(session, listener.now, unasked, 1 + input.u16());
  RELAIS_CHECK(written_by(session, listener.now).empty() && listener.authenticator.calls == 0);
  for (int calls = 0; calls < 12 && !input.empty(); ++calls) {
    call(input, listener);
    RELAIS_CHECK(listener.sessions.half_open() == listener.left_open.size());
  }
  listener.now.monotonic += limits::kHandshakeTime;
  for (Session& open : listener.left_open) open.handle_timeout(listener.now);
  session.handle_timeout(listener.now);
  RELAIS_CHECK(listener.sessions.half_open() == 0);
}

}  // namespace relais::fuzz
