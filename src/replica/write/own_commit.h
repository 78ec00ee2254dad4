#pragma once

#include <set>

#include "replica/core.h"

namespace relais::replica {

class Projector;

/// Writes of this device, gathered into one atomic, durable commit: the way in of local changes,
/// through the same gate, door and filing as everyone else's. If it isn't finished, or fails, the
/// logs it touched are started anew from what the store holds.
class OwnCommit {
 public:
  explicit OwnCommit(Core& core);
  ~OwnCommit();
  OwnCommit(const OwnCommit&) = delete;
  OwnCommit& operator=(const OwnCommit&) = delete;

  /// The place that the next change of this compartment gets.
  /// Fails: not_authorised (no key, or no right to write).
  Result<document::Position> next(const CompartmentId& compartment);

  /// Appends a change, or a control record, at `next`.
  Status add(const CompartmentId& compartment, BytesView change, bool transaction_end);
  /// The same for a change that was packed ahead: log::Packer with log::kCurrentDictionary.
  Status add_packed(const CompartmentId& compartment, BytesView change, BytesView packed,
                    bool transaction_end);

  std::size_t size_bytes() const { return bytes_; }
  std::size_t changes() const { return changes_; }

  /// Durable on return. Afterwards the object may be filled again.
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
  std::size_t bytes_ = 0;
  std::size_t changes_ = 0;
  bool wrote_control_ = false;
};

/// The place of this device's next change of a compartment, which may not be there yet. Makes
/// nothing. Fails: closed; limit_exceeded (too many authors); not_authorised (no right to write).
Result<document::Position> next_own_position(Core& core, const CompartmentId& compartment);

/// Signs whatever of this device's logs isn't signed yet; durable on return.
Status seal_own_logs(Core& core);

/// Where the control logs of root, owners and supervisors stand, by level: what a new epoch cites.
access::CitedHeads control_heads(const Core& core);

/// Appends control records to this device's own control log, durably, and derives control again.
Status write_control(Core& core, const std::vector<wire::ControlRecord>& records);

}  // namespace relais::replica
