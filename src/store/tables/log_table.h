#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "log/log.h"
#include "store/store.h"
#include "store/tables/keys.h"

namespace relais::store {

/// One log of this store.
struct LogRow {
  LogNo no = 0;
  log::LogId id;
  crypto::SigningPublicKey device_key;
  log::Head head;             ///< the last block stored
  std::uint64_t opened = 0;   ///< blocks up to here were opened and assigned to documents
  std::uint64_t settled = 0;  ///< seals that end up to here are kept for good
};

/// Two seals of one log that contradict each other: they sign two hashes for one place, or the
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

  std::optional<CompartmentNo> compartment_no(const CompartmentId& id) const;
  const CompartmentId* compartment(CompartmentNo no) const;

  /// The encoded run header under which a block was written; null if unknown.
  const Bytes* run(LogNo log, std::uint64_t seq) const;

  /// Logs known to be forked: nothing more of them is accepted.
  const std::map<LogNo, ForkProof>& forks() const { return forks_; }

 private:
  friend class Commit;

  std::map<log::LogId, LogRow> rows_;
  std::vector<log::LogId> by_no_;
  std::map<CompartmentId, CompartmentNo> compartments_;
  std::vector<CompartmentId> compartment_by_no_;
  std::map<LogNo, std::map<std::uint64_t, Bytes>> runs_;
  std::map<LogNo, ForkProof> forks_;
  const class Commit* changing_ = nullptr;  ///< the Commit with uncommitted changes, if any
};

}  // namespace relais::store
