#include "fuzz/support/session_by_hand.h"

#include "base/check.h"
#include "fuzz/support/mutate.h"

namespace relais::fuzz {
namespace {

using session::Role;

const SpaceId kSpace = filled_with<SpaceId>(9);

const crypto::DhKeyPair& static_key(Role role) {
  static const crypto::DhKeyPair kKeys[] = {dh_key(1), dh_key(2)};
  return kKeys[role == Role::initiator ? 0 : 1];
}

}  // namespace

std::optional<Bytes> TestAuthenticator::authenticate(const session::PeerHello& peer) {
  ++calls;
  received = Bytes(peer.payload);
  candidate = peer.candidate;
  RELAIS_CHECK(peer.static_key == static_key(peer.peer_role).public_key);
  if (!accepts) return std::nullopt;
  return answer;
}

session::Mode mode_of(std::uint8_t candidate) {
  return candidate == 2 ? session::Mode::invitation : session::Mode::sync;
}

session::ResponderConfig responder_config() {
  session::ResponderConfig config{kSpace, {}, static_key(Role::responder)};
  for (std::uint8_t i = 0; i < kCandidates; ++i) {
    config.candidates.push_back(
        {symmetric_key(static_cast<std::uint8_t>(10 + i)), mode_of(i), "certificates"});
  }
  return config;
}

session::InitiatorConfig initiator_config(std::uint8_t candidate) {
  return {kSpace, mode_of(candidate), symmetric_key(static_cast<std::uint8_t>(10 + candidate)),
          static_key(Role::initiator)};
}

session::noise::HandshakeState by_hand(Role role, std::uint8_t candidate) {
  session::noise::Party party;
  party.role = role;
  party.prologue = session::make_prologue(kSpace, mode_of(candidate));
  party.static_key = static_key(role);
  party.psks = {symmetric_key(static_cast<std::uint8_t>(10 + candidate)), crypto::SymmetricKey()};
  return {session::kProtocolName, std::move(party)};
}

Now start_of_time() { return {Instant(Duration(1'000'000)), WallTime{1'700'000'000'000}}; }

Bytes written_by(Session& session, Now now) {
  Bytes all, part;
  while (session.poll_transmit(now, part)) all += part;
  return all;
}

void give(Session& session, Now now, BytesView bytes, std::size_t portion) {
  for (std::size_t i = 0; i < bytes.size(); i += portion) {
    session.handle_bytes(now, bytes.substr(i, portion));
  }
}

void check_dead(Session& session, Now now) {
  RELAIS_CHECK(session.state() == Session::State::failed && session.done());
  RELAIS_CHECK(session.error().has_value());
  check_error(*session.error());
  session.send("nobody hears this");
  session.finish();
  RELAIS_CHECK(written_by(session, now).empty());
  RELAIS_CHECK(session.deadline() == std::nullopt && session.queued_bytes() == 0);
}

}  // namespace relais::fuzz
