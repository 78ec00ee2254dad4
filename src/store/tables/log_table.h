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

/// A log as this store holds it.
struct LogRow : LogName {
  log::Head head;             ///< of the last block stored
  std::uint64_t opened = 0;   ///< blocks up to here were opened and filed under their documents
  std::uint64_t settled = 0;  ///< seals whose last head isn't beyond this stay for good
};

/// Two seals of one log that can't both be of one history: they sign two hashes for one place, or
/// the blocks under `other` lead past what `one` signs. Both hold; they may be the same.
struct ForkProof {
  Bytes one;
  Bytes other;
};

/// A block, with what is needed to open it on its own.
struct StoredBlock {
  bool transaction_end = false;
  crypto::Hash before;  ///< h of the place before
  Bytes block;
};
inline constexpr std::size_t kStoredBlockOverhead = 1 + crypto::Hash::kSize;
Bytes encode(bool transaction_end, const crypto::Hash& before, BytesView block);
Result<StoredBlock> decode_block(BytesView bytes);

/// All logs of the store, kept in memory: a few dozen bytes each. Only a `Commit` changes it.
class LogTable {
 public:
  /// Fails: corrupt.
  static Result<LogTable> load(const Reads& store);

  const std::map<log::LogId, LogRow>& rows() const { return rows_; }
  const LogRow* find(const log::LogId& id) const;
  const LogRow* find(LogNo no) const;

  /// What never changes of them, for readers beside the writer. Lives as long as the table.
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

  /// Logs that are known to be forked: nothing more of them is taken in.
  const std::map<LogNo, ForkProof>& forks() const { return forks_; }

 private:
  friend class Commit;

  std::map<log::LogId, LogRow> rows_;
  std::unique_ptr<LogNames> names_ = std::make_unique<LogNames>();
  std::map<LogNo, ForkProof> forks_;
  const class Commit* changing_ = nullptr;  ///< whose changes aren't committed yet
};

}  // namespace relais::store
