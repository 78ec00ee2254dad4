// Sessions that are called, and callers of the fuzzer's, who know a key or don't: one after another
// and side by side at one sessions; docs/spec/session.md, "Handshake" and "What strangers can do".
#include <vector>

#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/session_by_hand.h"
#include "fuzz/support/stream_model.h"
#include "fuzz/support/target.h"

namespace relais::fuzz {
namespace {

struct Hall {
  SeededRandom random{1};
  session::SessionLimiter sessions;
  std::vector<Bytes> firsts;  ///< messages that were answered
  std::vector<Session> left_open;
  Door door;
  Now now = start_of_time();
};

/// Message 3 as it should be, with any inside, or damaged; says what the door is to hear.
std::optional<Bytes> say_third(Input& input, Hall& hall, session::noise::HandshakeState& noise,
                               Session& session) {
  const bool well_formed = input.chance();
  const Bytes content(input.sized());
  const Bytes plain = well_formed ? inner(content, 1, input.byte()) : content;
  Bytes message;
  if (!noise.write(hall.random, plain, message)) return std::nullopt;
  const auto opened = session::open_inner(plain);
  bool heard = opened && opened->type == session::InnerType::data;
  heard = !mutate(input, message) && heard && message.size() <= limits::kHandshakeMessageBytes;
  if (message.size() > limits::kFrameBytes) return std::nullopt;
  give(session, hall.now, with_length(message), 1 + input.u16());
  return heard ? std::optional<Bytes>(opened->content) : std::nullopt;
}

/// A first message; whether the session must answer it.
bool make_first(Input& input, Hall& hall, session::noise::HandshakeState& noise, bool known,
                Bytes& message) {
  if (!hall.firsts.empty() && input.below(4) == 3) {  // once more
    message = hall.firsts[input.below(hall.firsts.size())];
    mutate(input, message);
    return false;
  }
  const Bytes payload(input.sized());
  RELAIS_CHECK(noise.write(hall.random, payload, message));
  const bool whole = !mutate(input, message);
  return whole && known && payload.empty();
}

void wait_in_vain(Session& session, Hall& hall) {
  RELAIS_CHECK(hall.sessions.waiting() == 1);
  Now later = hall.now;
  later.monotonic += limits::kWaitingTime;
  session.handle_timeout(later);
  RELAIS_CHECK(written_by(session, later).size() == 2 + limits::kAnswerBytes);
  check_dead(session, later);
}

void call(Input& input, Hall& hall) {
  hall.door = Door();
  hall.door.accepts = input.below(4) != 0;
  const std::size_t places = limits::kHalfOpenSessions - hall.sessions.half_open();
  Session session =
      Session::respond(responder_config(), hall.door, hall.sessions, hall.random, hall.now);

  const auto candidate = static_cast<std::uint8_t>(input.below(kCandidates + 1));
  auto noise = by_hand(session::Role::initiator, candidate);
  Bytes message;
  const bool is_let_in = make_first(input, hall, noise, candidate < kCandidates, message);
  const bool answers = is_let_in && places > 0;
  if (message.size() > limits::kFrameBytes) return;
  give(session, hall.now, with_length(message), 1 + input.u16());
  const Bytes second = written_by(session, hall.now);
  // Who doesn't know a key gets silence. Who does, and finds no place, is told so after a while.
  RELAIS_CHECK(second.empty() != answers);
  if (is_let_in && !answers) return wait_in_vain(session, hall);
  if (!answers) return check_dead(session, hall.now);
  hall.firsts.push_back(message);
  Bytes plain;
  RELAIS_CHECK(noise.read(BytesView(second).substr(2), plain));
  RELAIS_CHECK(session::open_inner(plain)->content == "certificates");
  if (input.below(4) == 3) {
    hall.left_open.push_back(std::move(session));
    return;
  }

  const std::optional<Bytes> heard = say_third(input, hall, noise, session);
  RELAIS_CHECK(hall.door.calls == (heard ? 1 : 0));
  if (!heard || !hall.door.accepts) return;
  RELAIS_CHECK(hall.door.heard == *heard && hall.door.candidate == candidate);
  RELAIS_CHECK(session.state() == Session::State::established);
  RELAIS_CHECK(session.mode() == mode_of(candidate) && session.candidate() == candidate);
  RELAIS_CHECK(noise.hash() == session.handshake_hash());
}

}  // namespace

void run(Input& input) {
  Hall hall;
  const BytesView unasked = input.sized();
  Session session =
      Session::respond(responder_config(), hall.door, hall.sessions, hall.random, hall.now);
  give(session, hall.now, unasked, 1 + input.u16());
  RELAIS_CHECK(written_by(session, hall.now).empty() && hall.door.calls == 0);
  for (int calls = 0; calls < 12 && !input.empty(); ++calls) {
    call(input, hall);
    RELAIS_CHECK(hall.sessions.half_open() == hall.left_open.size());
  }
  hall.now.monotonic += limits::kHandshakeTime;
  for (Session& open : hall.left_open) open.handle_timeout(hall.now);
  session.handle_timeout(hall.now);
  RELAIS_CHECK(hall.sessions.half_open() == 0);
}

}  // namespace relais::fuzz
