#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "access/joining.h"
#include "log/piece.h"
#include "reconcile/inventory.h"

namespace relais::peer {

/// What became of a piece that a peer sent.
enum class InboundResult : std::uint8_t {
  stored,
  waiting,
  quarantined,
  forked,   ///< its seals, with what is held here, prove two histories
  refused,  ///< beyond a limit
};

/// What a peer asks of the replica behind it. Called from within the peer's own calls, in the
/// caller's thread; must not call the peer back. The simulator and tests have their own.
class SyncDelegate {
 public:
  virtual ~SyncDelegate() = default;

  /// Who may, as it is known now; null for a joiner, who knows nothing yet.
  virtual const access::Membership* membership() = 0;
  virtual reconcile::Inventory control_inventory(const DeviceId& peer) = 0;
  /// Of the compartments that both this device and `peer` may read.
  virtual reconcile::Inventory data_inventory(const DeviceId& peer) = 0;
  /// The membership's, in its order; empty for a joiner.
  virtual std::vector<AuthorId> author_list() = 0;
  /// Logs of a lower number are sent, whole, before those of a higher one: control by its authors'
  /// levels (nobody's record comes before the one that admits him), data as the app wants it.
  virtual int priority(const log::LogId&) { return 0; }

  /// Blocks right behind a place, and the seal that signs where they end, encoded and durable.
  struct SealedPiece {
    log::Piece piece;
    Bytes seal;
  };
  /// Blocks right after `after`, up to the last signed head within `max_bytes` (or the first one,
  /// if that lies further). Goes at least as far as the inventory said; beyond it, where the log
  /// grew since and that head is no longer signed.
  /// Nothing: no signed head beyond `after`. Fails: corrupt, store_corrupt if this log can't be
  /// read that far, which leaves it out; anything else ends the meeting.
  virtual Result<std::optional<SealedPiece>> read(const log::LogId& log, std::uint64_t after,
                                                  std::size_t max_bytes) = 0;

  /// Gates and stores a piece with the seals that came for it since the last piece of its log, and
  /// the one that signs its end: in the system's hands on return (survives a crash of the process).
  /// Another session may have brought some of it meanwhile: then only the rest is new.
  virtual Result<InboundResult> store(log::VerifiedPiece piece,
                                      const std::vector<Bytes>& seals) = 0;
  /// All stored so far survives a power cut.
  virtual Status make_durable() = 0;
  /// Two heads at one place of a log, or a log that doesn't continue ours. What the peer claims in
  /// its vectors is no proof: `seals`, which hold, may be one, together with what is held here.
  virtual void report_fork(const log::LogId& log, const std::vector<Bytes>& seals) = 0;
  /// The log's blocks led from its end here to no signed head: the inventories of the next meeting
  /// with this peer may name a place before, so that it sends blocks which prove something.
  virtual void seek_proof(const log::LogId& log) = 0;
  /// Whether two histories of the log are proven here.
  virtual bool is_forked(const log::LogId& log) = 0;
  /// What shows the other side another history of a log: the seal over its end here, or the two
  /// that prove it forked. At most limits::kEvidenceSeals; none if that can't be read.
  virtual std::vector<Bytes> evidence(const log::LogId& log) = 0;

  /// Inviter: admits the joiner, durably. `invitation`: index of the configuration's. Gives its
  /// certificate. Fails: invitation_refused (used by another device, expired).
  virtual Result<Bytes> admit(const access::JoinRequest& request, std::size_t invitation) = 0;
};

}  // namespace relais::peer
