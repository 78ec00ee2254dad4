// A session that calls, with an answer made by the fuzzer: a valid message 2, with any plaintext,
// damaged, or any bytes; docs/spec/session.md, "Handshake".
#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/session_by_hand.h"
#include "fuzz/support/stream_model.h"
#include "fuzz/support/target.h"

namespace relais::fuzz {
namespace {

/// Message 2, and the payload that the session must read from it; nothing if it must fail.
struct Answer {
  Bytes message;
  std::optional<Bytes> payload;
};

Answer make_answer(Input& input, session::noise::HandshakeState& noise, Random& random) {
  if (input.below(8) == 0) return {Bytes(input.sized()), std::nullopt};
  const bool well_formed = input.chance();
  const Bytes content(input.sized());
  const Bytes plain = well_formed ? inner(content, 1, input.byte()) : content;
  Answer answer;
  if (!noise.write(random, plain, answer.message)) return answer;
  const auto opened = session::open_inner(plain);
  const bool readable = opened && opened->type == session::InnerType::data &&
                        answer.message.size() <= limits::kHandshakeMessageBytes;
  if (readable) answer.payload = Bytes(opened->content);
  if (mutate(input, answer.message)) answer.payload.reset();
  return answer;
}

}  // namespace

void run(Input& input) {
  SeededRandom random(1);
  TestAuthenticator authenticator;
  const auto candidate = static_cast<std::uint8_t>(input.below(kCandidates));
  authenticator.accepts = input.below(4) != 0;
  authenticator.answer.assign(input.u16() % (session::kHandshakePayloadBytes + 1), 'c');
  const Now now = start_of_time();
  Session session = Session::initiate(initiator_config(candidate), authenticator, random, now);

  auto noise = by_hand(session::Role::responder, candidate);
  const Bytes first = written_by(session, now);
  Bytes opened;
  RELAIS_CHECK(first.size() > 2 && noise.read(BytesView(first).substr(2), opened));
  RELAIS_CHECK(opened.empty());

  const Answer answer = make_answer(input, noise, random);
  if (answer.message.size() > limits::kFrameBytes) return;
  give(session, now, with_length(answer.message), 1 + input.u16());
  RELAIS_CHECK(authenticator.calls == (answer.payload ? 1 : 0));
  if (!answer.payload || !authenticator.accepts) return check_dead(session, now);

  RELAIS_CHECK(authenticator.received == *answer.payload);
  RELAIS_CHECK(session.state() == Session::State::established);
  const Bytes third = written_by(session, now);
  Bytes plain;
  RELAIS_CHECK(noise.read(BytesView(third).substr(2), plain));
  RELAIS_CHECK(session::open_inner(plain)->content == authenticator.answer);
  RELAIS_CHECK(noise.hash() == session.handshake_hash());

  // Further bytes are not authentic: they give no message, and a whole frame of them ends the
  // session.
  const BytesView rest = input.rest();
  give(session, now, rest, 1 + rest.size());
  RELAIS_CHECK(!session.poll_message());
  if (session.state() != Session::State::established) check_dead(session, now);
}

}  // namespace relais::fuzz
