#pragma once

#include <optional>

#include "base/time.h"
#include "peer/config.h"
#include "peer/sync_delegate.h"
#include "session/config.h"
#include "wire/messages.h"

/// Who may speak with us. docs/spec/reconcile.md, "Who is at the other end". Inside src/peer only.
namespace relais::peer {

/// Remembers whom it let in. Reads no clock: it is told the time before each use.
class PeerAuthenticator : public session::Authenticator {
 public:
  void set_time(WallTime now) { now_ = now; }
  /// Of who was let in.
  const DeviceId& peer() const { return peer_; }
  /// Of a joiner that was let in.
  const std::optional<access::JoinRequest>& request() const { return request_; }

  /// Who calls under a key that the other holds to be old: nothing is said before it has proved who
  /// it is.
  bool awaits_proof() const { return awaits_proof_; }
  virtual Status check_proof(const wire::message::Proof& proof, const crypto::Hash& handshake);
  /// Who is called under an old key: its first word. Nothing where none is owed.
  virtual std::optional<wire::message::Proof> proof(const crypto::Hash& handshake) const;
  /// A joiner's: what it is welcomed with must be a certificate of its own keys.
  virtual Status check_welcome(const wire::message::Welcome& welcome) const;

 protected:
  /// False if the chain doesn't prove, at this time, a member whom the membership doesn't know
  /// otherwise, and who isn't this device.
  bool accept_member(SyncDelegate& delegate, BytesView chain,
                     const crypto::DhPublicKey& static_key);

  WallTime now_;
  DeviceId peer_;
  std::optional<access::JoinRequest> request_;
  bool awaits_proof_ = false;
};

/// A member that calls another: shows its chain to a member, or to who holds the mesh key and shows
/// nothing because it holds that to be old.
class SyncAuthenticator final : public PeerAuthenticator {
 public:
  SyncAuthenticator(SyncDelegate& delegate, Bytes chain)
      : delegate_(delegate), chain_(std::move(chain)) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;
  Status check_proof(const wire::message::Proof& proof, const crypto::Hash& handshake) override;

 private:
  SyncDelegate& delegate_;
  Bytes chain_;
};

/// A joiner: checks that the first record is the space's, and the inviter's chain under its root.
class JoinAuthenticator final : public PeerAuthenticator {
 public:
  JoinAuthenticator(const SpaceId& space, access::DeviceKeys keys)
      : space_(space), keys_(std::move(keys)) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;
  Status check_welcome(const wire::message::Welcome& welcome) const override;

 private:
  SpaceId space_;
  access::DeviceKeys keys_;
};

/// A member that is called, by members or by joiners.
class ServeAuthenticator final : public PeerAuthenticator {
 public:
  /// How it shows who it is.
  struct ProofConfig {
    std::size_t first_old = 0;  ///< index of the first candidate that is an old mesh key
    Bytes chain;
    crypto::SigningSecretKey signing;
  };
  ServeAuthenticator(SyncDelegate& delegate, const SpaceId& space, ProofConfig proof_config)
      : delegate_(delegate), space_(space), proof_config_(std::move(proof_config)) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;
  std::optional<wire::message::Proof> proof(const crypto::Hash& handshake) const override;

 private:
  SyncDelegate& delegate_;
  SpaceId space_;
  ProofConfig proof_config_;
  bool owes_proof_ = false;
};

}  // namespace relais::peer
