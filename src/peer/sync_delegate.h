#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "access/joining.h"
#include "log/piece.h"
#include "log/short_seal.h"
#include "reconcile/inventory.h"

namespace relais::peer {

/// Result of storing a piece that a peer sent.
enum class InboundResult : std::uint8_t {
  stored,
  waiting,
  quarantined,
  forked,   ///< its seals, with those held here, prove two histories
  refused,  ///< exceeds a limit
};

/// What a peer needs from the replica. Called from within the peer's own calls, in the caller's
/// thread; must not call the peer. Tests and the simulator have their own.
class SyncDelegate {
 public:
  virtual ~SyncDelegate() = default;

  /// The membership as known now; null for a joiner, which knows none yet.
  virtual const access::Membership* membership() = 0;
  virtual reconcile::Inventory control_inventory(const DeviceId& peer) = 0;
  /// The compartments that both this device and `peer` may read.
  virtual reconcile::Inventory data_inventory(const DeviceId& peer) = 0;

  /// What this device remembers of a peer. A hint: if the two don't name one checkpoint, or it
  /// turns out wrong, they compare all that they hold.
  struct Memory {
    reconcile::Checkpoint checkpoint;  ///< what both held at the end of an earlier session
    reconcile::Bases changed;          ///< the shared logs of data that have grown here since
  };
  /// Of the inventories that were asked for last; nothing if the compartments shared with the peer
  /// are others than at the checkpoint.
  virtual std::optional<Memory> memory(const DeviceId& peer) = 0;
  /// Both hold `data` now, and the same control. Not durable: an older memory is as good.
  virtual void remember(const DeviceId& peer, const reconcile::Checkpoint& checkpoint,
                        const reconcile::Inventory& data) = 0;
  virtual void forget(const DeviceId& peer) = 0;
  /// Whether the two were in sync at the end of some session, so that the peer knows this device.
  virtual bool is_remembered(const DeviceId& peer) = 0;

  /// Logs of a lower number are sent, whole, before those of a higher one: control by the levels of
  /// its authors (a record follows the one that admits its author), data as the app wants it.
  virtual int priority(const log::LogId&) { return 0; }

  /// The blocks after a position, and the seal that signs their end, encoded and durable.
  struct SealedPiece {
    log::Piece piece;
    Bytes seal;
  };
  /// The blocks after `after`, up to the last signed head within `max_bytes` (or the next one, if
  /// it lies further). Reaches at least the head in the inventory; goes beyond it if the log has
  /// grown since and that head is no longer signed.
  /// Nothing: no signed head after `after`. Fails: corrupt or store_corrupt if this log cannot be
  /// read that far, which leaves it out; any other error ends the sync.
  virtual Result<std::optional<SealedPiece>> read(const log::LogId& log, std::uint64_t after,
                                                  std::size_t max_bytes) = 0;

  /// Checks rights and stores a piece with the seals received for it since the last piece of its
  /// log, and the one that signs its end: handed to the operating system on return (survives a
  /// crash of the process). If another session has stored a part of it meanwhile, only the rest is
  /// new.
  virtual Result<InboundResult> store(log::VerifiedPiece piece,
                                      const std::vector<Bytes>& seals) = 0;
  /// The author of a held log, as its seals name it. Fails: store_corrupt, which leaves the log
  /// out.
  virtual Result<log::SealAuthor> author_of(const log::LogId& log) = 0;
  /// The hash of a held log at `seq`, which is not 0. Fails: as `author_of`.
  virtual Result<crypto::Hash> hash_at(const log::LogId& log, std::uint64_t seq) = 0;
  /// The run header, encoded, of a held log's block at `seq`. Fails: as `author_of`.
  virtual Result<Bytes> run_at(const log::LogId& log, std::uint64_t seq) = 0;
  /// The joint form (log::join) of entries of a held log, which begin after `after`, for a peer
  /// that packs as `packer` says. Nothing: they go as they are.
  virtual std::optional<Bytes> join(const log::LogId&, std::uint64_t /*after*/,
                                    BytesView /*entries*/, std::uint32_t /*packer*/) {
    return std::nullopt;
  }
  /// The entries (log::split) that follow `before`, whose run is that of the held block there
  /// unless they say another. Nothing: the peer is asked for them.
  virtual std::optional<Bytes> split(const log::LogId&, const log::Head& /*before*/,
                                     BytesView /*joint*/) {
    return std::nullopt;
  }
  /// Everything stored so far survives a power cut on return.
  virtual Status make_durable() = 0;
  /// Two heads at one position of a log, or a log that does not continue ours. The peer's vectors
  /// alone prove nothing: `seals`, which are valid, may, together with what is held here.
  virtual void report_fork(const log::LogId& log, const std::vector<Bytes>& seals) = 0;
  /// The blocks after the head held here led to no signed head. The inventories of the next sync
  /// with this peer may name an earlier head, so that it sends blocks that prove a fork.
  virtual void seek_proof(const log::LogId& log) = 0;
  /// Whether two histories of the log are proven here.
  virtual bool is_forked(const log::LogId& log) = 0;
  /// Seals that show the peer another history of a log: the one over its end here, or the two that
  /// prove it forked. At most limits::kEvidenceSeals; none if they cannot be read.
  virtual std::vector<Bytes> evidence(const log::LogId& log) = 0;

  /// Inviter: admits the joiner, durably, and returns its certificate. `invitation`: index in
  /// ServeConfig::invitations. Fails: invitation_refused (used by another device, expired).
  virtual Result<Bytes> admit(const access::JoinRequest& request, std::size_t invitation) = 0;
};

}  // namespace relais::peer
