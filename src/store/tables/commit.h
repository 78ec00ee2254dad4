#pragma once

#include "store/tables/log_table.h"

namespace relais::store {

/// Writes to be made together, and what they make of the table of logs. The table shows the changes
/// at once, to whoever holds the lock under which they are made, and this is the only way to change
/// it: unless `write` succeeds they are taken back. So the table never says more than the store
/// holds.
/// Threads: one at a time, under the table's lock from the first change to `write` or the end.
class Commit {
 public:
  explicit Commit(LogTable& logs) : logs_(logs) {}
  ~Commit() { take_back(); }
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;

  Batch& batch() { return batch_; }
  const LogTable& logs() const { return logs_; }

  /// The log's row, made if there is none.
  const LogRow& intern(const log::LogId& id, const crypto::SigningPublicKey& device_key,
                       const log::Head& genesis);
  /// The row of a log that the table has.
  void update(const LogRow& row);
  void set_opened(LogNo no, std::uint64_t seq);  ///< it never goes back
  CompartmentNo intern_compartment(const CompartmentId& id);
  void add_run(LogNo log, std::uint64_t first_seq, BytesView header);
  void add_fork(LogNo log, const ForkProof& proof);

  /// Commits all of it; then this is empty, and may be filled again. Fails: as Store::commit, and
  /// nothing of it is in the table.
  Status write(Store& store, Durability durability);

 private:
  LogRow& change(const log::LogId& id);
  void take_back();
  void forget();

  LogTable& logs_;
  Batch batch_;
  // What the table had before: rows by log (null: none), how many, and what was added.
  std::map<log::LogId, std::optional<LogRow>> rows_;
  std::size_t compartments_ = 0;
  std::vector<std::pair<LogNo, std::uint64_t>> runs_;
  std::vector<LogNo> forks_;
};

}  // namespace relais::store
