#pragma once

#include <optional>

#include "base/time.h"
#include "peer/config.h"
#include "peer/host.h"
#include "session/config.h"

/// Who may speak with us. docs/spec/reconcile.md, "Who is at the other end". Inside src/peer only.
namespace relais::peer {

/// Remembers whom it let in. Reads no clock: it is told the time before each use.
class Gatekeeper : public session::Authenticator {
 public:
  void set_time(WallTime now) { now_ = now; }
  /// Of who was let in.
  const DeviceId& peer() const { return peer_; }
  /// Of a joiner that was let in.
  const std::optional<access::JoinRequest>& request() const { return request_; }

 protected:
  /// False if the chain doesn't prove, at this time, a member whom the membership doesn't know
  /// otherwise.
  bool let_in_member(Host& host, const session::PeerHello& peer);

  WallTime now_;
  DeviceId peer_;
  std::optional<access::JoinRequest> request_;
};

/// A member that calls another: shows its chain to a member alone.
class CallingMember final : public Gatekeeper {
 public:
  CallingMember(Host& host, Bytes chain) : host_(host), chain_(std::move(chain)) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;

 private:
  Host& host_;
  Bytes chain_;
};

/// A joiner: checks that the first record is the space's, and the inviter's chain under its root.
class CallingJoiner final : public Gatekeeper {
 public:
  CallingJoiner(const SpaceId& space, access::DeviceKeys keys)
      : space_(space), keys_(std::move(keys)) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;

 private:
  SpaceId space_;
  access::DeviceKeys keys_;
};

/// A member that is called, by members under the current mesh key or by joiners.
class CalledMember final : public Gatekeeper {
 public:
  CalledMember(Host& host, const SpaceId& space) : host_(host), space_(space) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;

 private:
  Host& host_;
  SpaceId space_;
};

}  // namespace relais::peer
