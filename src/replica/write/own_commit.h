#pragma once

#include <set>

#include "replica/core.h"

namespace relais::replica {

class Projector;

/// What is said of a transaction beyond its limits.
Error transaction_too_large();

/// One atomic, durable commit of this device's changes. They pass the same admission, append and
/// projection as remote ones. If the commit isn't finished, or fails, the logs it wrote to are
/// reopened from the store.
class OwnCommit {
 public:
  explicit OwnCommit(Core& core);
  ~OwnCommit();
  OwnCommit(const OwnCommit&) = delete;
  OwnCommit& operator=(const OwnCommit&) = delete;

  /// The position of the next change in this compartment. Fails: closed; limit_exceeded (too many
  /// authors); not_authorised (no key, or no right to write); as OwnLogs::get.
  Result<document::Position> next(const CompartmentId& compartment);

  /// Appends a change, or a control record, at `next`. Fails: limit_exceeded (the transaction is
  /// too large); as OwnLogs::get.
  Status add(const CompartmentId& compartment, BytesView change, bool transaction_end);
  /// The same for a change that is packed already: log::Packer with log::kCurrentDictionary.
  Status add_packed(const CompartmentId& compartment, BytesView change, BytesView packed,
                    bool transaction_end);

  std::size_t size_bytes() const { return bytes_; }
  std::size_t changes() const { return changes_; }

  /// Commits; durable on return. Afterwards the object can be used again. Fails: not_authorised;
  /// store_failed (retry) if this device's log grew meanwhile; corrupt; as Core::commit.
  Status finish();

 private:
  Result<OwnLog*> log_with_room(const CompartmentId& compartment, std::size_t change_bytes);
  void added(const CompartmentId& compartment, BytesView change, std::size_t block_bytes);
  Status write();
  Status take(const CompartmentId& compartment, Projector& projector);
  std::vector<Bytes> full_seals(OwnLog& own, const Transactions& ends) const;
  void reset();

  struct Plain {
    CompartmentId compartment;
    Bytes change;
  };

  Core& core_;
  log::BlockCodec& codec_;
  store::Commit commit_;
  std::vector<Plain> plain_;
  std::set<CompartmentId> compartments_;
  std::set<CompartmentId> may_write_;  ///< where this was checked since the last finish
  std::size_t bytes_ = 0;
  std::size_t changes_ = 0;
  bool wrote_control_ = false;
};

/// The position of this device's next change in a compartment, which may not exist yet. Makes
/// nothing. Fails: closed; limit_exceeded (too many authors); not_authorised (no right to write).
Result<document::Position> next_own_position(Core& core, const CompartmentId& compartment);

/// Signs the ends of this device's logs; durable on return. Fails: as OwnLogs::get and
/// Core::commit.
Status seal_own_logs(Core& core);

/// The heads of the control logs of root, owners and supervisors, by level: a new epoch cites them.
access::CitedHeads control_heads(const Core& core);

/// Appends records to this device's control log, durably, and derives control again. Fails: as
/// OwnCommit.
Status write_control(Core& core, const std::vector<wire::ControlRecord>& records);

}  // namespace relais::replica
