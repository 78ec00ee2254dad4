#pragma once

#include <map>

#include "log/writer.h"
#include "replica/control.h"

namespace relais::replica {

/// This device's own log of one compartment.
struct OwnLog {
  log::Writer writer;
  log::Sealer sealer;
};

/// The logs of this replica's current author. Opened when first needed, each with a new run and
/// salt. Threads: one at a time.
class OwnLogs {
 public:
  OwnLogs(const Identity& identity, const store::LogTable& logs, Random& random)
      : identity_(identity), logs_(logs), random_(random) {}

  /// The log of a data compartment, or of control (whose blocks are plain).
  /// Fails: not_authorised if no key to write under is held; corrupt, store_corrupt, store_failed.
  Result<OwnLog*> get(const Control& control, const store::Reads& store,
                      const CompartmentId& compartment);
  /// The logs that are open.
  std::map<CompartmentId, OwnLog>& open() { return open_; }
  /// Closes all, so that new runs start from the stored heads: after a change of author or of
  /// epochs, and after a failed write.
  void clear() { open_.clear(); }

  log::LogId id(const CompartmentId& compartment) const {
    return {compartment, identity_.author()};
  }

 private:
  Result<log::Sealer> restore_sealer(const store::Reads& store, const store::LogRow& row) const;

  const Identity& identity_;
  const store::LogTable& logs_;
  Random& random_;
  std::map<CompartmentId, OwnLog> open_;
};

/// The ends of a piece's transactions, and the bytes of their blocks: the input of a sealer.
struct TransactionEnd {
  log::Head head;
  std::size_t bytes = 0;
};
using Transactions = std::vector<TransactionEnd>;
Transactions transactions(const log::VerifiedPiece& piece);

}  // namespace relais::replica
