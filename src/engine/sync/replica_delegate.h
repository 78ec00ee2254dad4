#pragma once

#include <map>
#include <span>

#include "peer/config.h"
#include "peer/sync_delegate.h"
#include "replica/block_decryptor.h"
#include "replica/lifecycle/invitations.h"
#include "replica/projection/inbound.h"

namespace relais::engine {

/// The replica's side of one session.
/// Threads: the core's mutex is held during every call.
class ReplicaDelegate final : public peer::SyncDelegate {
 public:
  /// `invitations`: in the order of their secrets in peer::ServeConfig.
  ReplicaDelegate(replica::Core& core, std::vector<replica::OpenInvitation> invitations);
  ~ReplicaDelegate() override;

  const access::Membership* membership() override;
  reconcile::Inventory control_inventory(const DeviceId& peer) override;
  reconcile::Inventory data_inventory(const DeviceId& peer) override;
  std::optional<Memory> memory(const DeviceId& peer) override;
  void remember(const DeviceId& peer, const reconcile::Checkpoint& checkpoint,
                const reconcile::Inventory& data) override;
  void forget(const DeviceId& peer) override;
  bool is_remembered(const DeviceId& peer) override;
  int priority(const log::LogId& log) override;
  Result<std::optional<SealedPiece>> read(const log::LogId& log, std::uint64_t after,
                                          std::size_t max_bytes) override;
  Result<peer::InboundResult> store(log::VerifiedPiece piece,
                                    const std::vector<Bytes>& seals) override;
  Result<log::SealAuthor> author_of(const log::LogId& log) override;
  Result<crypto::Hash> hash_at(const log::LogId& log, std::uint64_t seq) override;
  Result<Bytes> run_at(const log::LogId& log, std::uint64_t seq) override;
  std::optional<Bytes> join(const log::LogId& log, std::uint64_t after, BytesView entries,
                            std::uint32_t packer) override;
  std::optional<Bytes> split(const log::LogId& log, const log::Head& before,
                             BytesView joint) override;
  Status make_durable() override;
  void report_fork(const log::LogId& log, const std::vector<Bytes>& seals) override;
  void seek_proof(const log::LogId& log) override;
  bool is_forked(const log::LogId& log) override;
  std::vector<Bytes> evidence(const log::LogId& log) override;
  Result<Bytes> admit(const access::JoinRequest& request, std::size_t invitation) override;

  /// The device that joined in this session.
  const std::optional<DeviceId>& joined() const { return joined_; }

 private:
  void begin_session(const DeviceId& peer);
  log::FindRun run_finder(const log::LogId& log, std::uint64_t seq);
  bool may_have_key(const log::OpenRun& run, const CompartmentId& compartment) const;
  reconcile::Heads heads(const CompartmentId& compartment);
  /// The positions at which pieces of a log may end, rising, and the keys of their seals.
  struct SignedPositions {
    std::uint64_t after = 0;  ///< those beyond it
    std::vector<std::uint64_t> seqs;
    std::vector<std::size_t> seals;  ///< per position: index in `keys`
    std::vector<Bytes> keys;
  };
  Result<const SignedPositions*> signed_positions(const store::LogRow& row, std::uint64_t after);
  Status add_blocks(log::PieceWriter& writer, const store::LogRow& row, std::uint64_t after,
                    std::span<const std::uint64_t> positions, std::size_t max_bytes) const;

  replica::Core& core_;
  std::vector<replica::OpenInvitation> invitations_;
  DeviceId peer_;
  std::map<log::LogId, log::Head> searches_;  ///< heads announced to this peer alone
  /// The ends that the inventories announced: later changes aren't sent in this session.
  std::map<log::LogId, std::uint64_t> offered_;
  std::map<log::LogId, SignedPositions> signed_positions_;
  replica::RestoredBlocks restored_;  ///< of the piece that is stored next
  crypto::Hash shared_;  ///< of the compartments in the inventory of data that was given last
  std::optional<DeviceId> joined_;
};

/// The configuration of a session as its initiator; as its responder.
/// Fails: not_authorised if this device has no certificate, or (initiator) no mesh key.
Result<peer::SyncConfig> sync_config(const replica::Core& core);
Result<peer::ServeConfig> serve_config(const replica::Core& core,
                                       const std::vector<replica::OpenInvitation>& invitations);

}  // namespace relais::engine
