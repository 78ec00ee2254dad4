#pragma once

#include <optional>

#include "base/time.h"
#include "peer/config.h"
#include "peer/sync_delegate.h"
#include "session/config.h"
#include "wire/messages.h"

/// Authentication of the peer. docs/spec/reconcile.md, "Authenticating the peer". Inside src/peer
/// only.
namespace relais::peer {

/// What a device says of itself in its handshake payload: how it packs.
/// docs/spec/reconcile.md, "Capabilities".
Bytes encode_capabilities(std::uint32_t packer);

/// Remembers the peer it accepted. Reads no clock: call `set_time` before each use.
class PeerAuthenticator : public session::Authenticator {
 public:
  void set_time(WallTime now) { now_ = now; }
  /// The accepted peer.
  const DeviceId& peer() const { return peer_; }
  /// The accepted joiner's request; only in the inviter.
  const std::optional<access::JoinRequest>& request() const { return request_; }

  /// How the accepted peer packs (log::current_packer); 0: not known.
  std::uint32_t packer() const { return packer_; }

  /// Initiator: no device known here has the responder's static key, so the responder has to prove
  /// which device it is before anything is sent.
  bool awaits_proof() const { return awaits_proof_; }
  /// Initiator: the responder should know this device, and wasn't sent its chain.
  bool relies_on_memory() const { return relies_on_memory_; }
  virtual Status check_proof(const wire::message::Proof& proof, const crypto::Hash& handshake);
  /// Responder, if the initiator doesn't know its static key: its first message. Nothing if no
  /// proof is owed.
  virtual std::optional<wire::message::Proof> proof(const crypto::Hash& handshake) const;
  /// Joiner: the welcome must be a certificate of its own keys.
  virtual Status check_welcome(const wire::message::Welcome& welcome) const;

 protected:
  /// True if the chain proves, at this time, a member that the membership does not contradict. An
  /// empty chain: if the membership knows the device of the static key.
  bool accept_member(SyncDelegate& delegate, BytesView chain,
                     const crypto::DhPublicKey& static_key);

  WallTime now_;
  DeviceId peer_;
  std::uint32_t packer_ = 0;
  std::optional<access::JoinRequest> request_;
  bool awaits_proof_ = false;
  bool relies_on_memory_ = false;
};

/// A member that syncs with another. It shows its chain to a holder of the mesh key, unless that is
/// a device that knows it from an earlier session.
class SyncAuthenticator final : public PeerAuthenticator {
 public:
  SyncAuthenticator(SyncDelegate& delegate, const SyncConfig& config)
      : delegate_(delegate),
        chain_(config.chain),
        own_key_(config.noise.public_key),
        capabilities_(encode_capabilities(config.packer)) {}
  std::optional<Bytes> authenticate(const session::PeerHello& peer) override;
  Status check_proof(const wire::message::Proof& proof, const crypto::Hash& handshake) override;

 private:
  SyncDelegate& delegate_;
  Bytes chain_;
  crypto::DhPublicKey own_key_;
  Bytes capabilities_;
};

/// A joiner. Checks that the first record is the space's, and the inviter's chain under the root
/// key in it.
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

/// A member that is called by members or by joiners.
class ServeAuthenticator final : public PeerAuthenticator {
 public:
  /// What it proves itself with to an initiator that doesn't know it, or under an old mesh key.
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
