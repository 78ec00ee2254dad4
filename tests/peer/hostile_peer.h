#pragma once

#include <optional>
#include <vector>

#include "base/limits.h"
#include "peer/authentication.h"
#include "session/session.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {

/// A member with a modified program: a real session in which the test writes the messages.
class HostilePeer : public session::Authenticator {
 public:
  /// Connects with `victim`, calling it or called by it. On return the handshake has finished.
  /// `packer`: it says that it packs so.
  HostilePeer(PeerSpace& space, TestDevice& own, TestDevice& victim, bool attacker_calls,
              std::uint32_t packer = 0);

  std::optional<Bytes> authenticate(const session::PeerHello&) override {
    return calls_ ? Bytes(1, 0).append(encode_capabilities(packer_)).append(chain_) : Bytes();
  }

  void send(wire::Message message) { send_bytes(wire::encode(std::move(message))); }
  void send_bytes(Bytes bytes);
  /// In one flight.
  void send_together(std::vector<wire::Message> messages);
  void end();
  /// Lets time pass, sending only keep-alives.
  void wait(Duration time, Duration step = Duration(5000));
  /// All messages of the victim since the last call.
  std::vector<wire::Message> take_messages();
  template <class Kind>
  Kind take_one();

  /// As an honest peer does, up to the transfer of logs. It opens no comparison itself.
  void hello(bool same_control = true);
  /// States what it holds differently from the victim's vectors.
  void vectors();
  /// What follows `after` in its own log, with the seal.
  wire::message::Piece piece(const log::LogId& log, std::uint64_t after,
                             std::size_t max_bytes = limits::kPieceBytes);
  /// The number of a log in this session.
  std::uint32_t number_of(const log::LogId& log) const;
  /// Hello and vectors, in the order of its role.
  void reach_transfer();

  Peer& victim() { return *victim_; }
  const reconcile::SessionKey& key() const { return *key_; }
  FakeDelegate& delegate() { return *own_.delegate; }
  /// Fails the test unless the victim ended the sync for that reason.
  void expect_rejected(std::string_view message);

 private:
  void exchange();

  TestDevice& own_;
  bool calls_;
  std::uint32_t packer_;
  Bytes chain_;
  session::SessionLimiter sessions_;
  std::optional<session::Session> session_;
  std::optional<Peer> victim_;
  std::optional<reconcile::SessionKey> key_;
  std::vector<wire::Message> received_;
  std::optional<wire::message::Vectors> their_vectors_;
  reconcile::Differences differences_;
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
