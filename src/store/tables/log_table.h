#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "log/log.h"
#include "store/store.h"
#include "store/tables/keys.h"
#include "store/tables/log_names.h"

namespace relais::store {

/// One log of this store.
struct LogRow : LogName {
  log::Head head;             ///< the last block stored
  std::uint64_t opened = 0;   ///< blocks up to here were opened and assigned to documents
  std::uint64_t settled = 0;  ///< seals that end up to here are kept for good
};

/// Two seals of one log that contradict each other: they sign two hashes for one position, or the
/// blocks under `other` lead past a head that `one` signs with another hash. Both are valid; they
/// may be equal.
struct ForkProof {
  Bytes one;
  Bytes other;
};

/// A block, with what is needed to open it alone.
struct StoredBlock {
  bool transaction_end = false;
  crypto::Hash before;  ///< hash of the log before the block
  Bytes block;
};
inline constexpr std::size_t kStoredBlockOverhead = 1 + crypto::Hash::kSize;
Bytes encode(bool transaction_end, const crypto::Hash& before, BytesView block);
Result<StoredBlock> decode_block(BytesView bytes);

/// All logs of the store, in memory: a few dozen bytes each. Only a `Commit` changes it.
class LogTable {
 public:
  /// Fails: corrupt.
  static Result<LogTable> load(const Reads& store);

  const std::map<log::LogId, LogRow>& rows() const { return rows_; }
  const LogRow* find(const log::LogId& id) const;
  const LogRow* find(LogNo no) const;

  /// The names of the logs, for readers concurrent with the writer. Lives as long as the table.
  const LogNames& names() const { return *names_; }
  std::optional<CompartmentNo> compartment_no(const CompartmentId& id) const {
    return names_->compartment_no(id);
  }
  std::optional<CompartmentId> compartment(CompartmentNo no) const {
    return names_->compartment(no);
  }
  /// As LogNames::run.
  std::shared_ptr<const Bytes> run(LogNo log, std::uint64_t seq) const {
    return names_->run(log, seq);
  }

  /// Logs known to be forked: nothing more of them is accepted.
  const std::map<LogNo, ForkProof>& forks() const { return forks_; }

 private:
  friend class Commit;

  Status load_growth(const Reads& store);

  std::map<log::LogId, LogRow> rows_;
  std::unique_ptr<LogNames> names_ = std::make_unique<LogNames>();
  std::map<LogNo, ForkProof> forks_;
  /// Peers are remembered by generations of the logs (store/tables/peer_memory.h).
  struct Growth {
    std::uint64_t generation = 0;  ///< 0: no peer was ever remembered
    std::set<LogNo> grown;         ///< in this generation
  };
  Growth growth_;
  const class Commit* changing_ = nullptr;  ///< the Commit with uncommitted changes, if any
};

}  // namespace relais::store
