#pragma once

#include <optional>
#include <vector>

#include "session/session.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {

/// A member whose device says what it likes: a real session, and a test that writes the messages.
class HostilePeer : public session::Authenticator {
 public:
  /// Meets `victim`, whom it calls, or who calls it. The handshake is through when it returns.
  HostilePeer(PeerSpace& space, TestDevice& own, TestDevice& victim, bool attacker_calls);

  std::optional<Bytes> authenticate(const session::PeerHello&) override { return chain_; }

  void send(wire::Message message) { send_bytes(wire::encode(std::move(message))); }
  void send_bytes(Bytes bytes);
  void end();
  /// Time passes, in which it says nothing and only keeps the session alive.
  void wait(Duration time, Duration step = Duration(5000));
  /// All that the victim has said since it was last asked.
  std::vector<wire::Message> take_messages();
  template <class Kind>
  Kind take_one();

  /// As an honest peer would: up to the place where logs move.
  void hello(bool same_control = true);
  void vectors();
  /// Hello and vectors, in the order that its role asks for.
  void reach_transfer();

  Peer& victim() { return *victim_; }
  const reconcile::SessionKey& key() const { return *key_; }
  FakeDelegate& delegate() { return *own_.delegate; }
  /// Fails the test unless the victim broke off for that reason.
  void expect_rejected(std::string_view message);

 private:
  void exchange();

  PeerSpace& space_;
  TestDevice& own_;
  bool calls_;
  Bytes chain_;
  session::SessionLimiter sessions_;
  std::optional<session::Session> session_;
  std::optional<Peer> victim_;
  std::optional<reconcile::SessionKey> key_;
  std::vector<wire::Message> received_;
  std::optional<wire::message::Vectors> their_vectors_;
  Now now_ = PeerLink::start();
};

template <class Kind>
Kind HostilePeer::take_one() {
  for (auto& message : take_messages()) {
    if (auto* kind = std::get_if<Kind>(&message)) return std::move(*kind);
  }
  return {};
}

}  // namespace relais::peer::test
