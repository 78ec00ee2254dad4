#pragma once

#include "store/tables/log_table.h"

namespace relais::store {

/// A batch together with its changes to the log table. The table shows the changes at once, to
/// holders of the lock under which they are made, and only a Commit may change it. Unless `write`
/// succeeds they are undone, so the table never says more than the store holds.
/// Threads: one at a time, under the table's lock from the first change to `write` or the
/// destructor.
class Commit {
 public:
  explicit Commit(LogTable& logs) : logs_(logs) {}
  ~Commit() { undo(); }
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;

  Batch& batch() { return batch_; }
  const LogTable& logs() const { return logs_; }

  /// The row of the log, created if missing.
  const LogRow& intern(const log::LogId& id, const crypto::SigningPublicKey& device_key,
                       const log::Head& genesis);
  /// Updates the row of a known log.
  void update(const LogRow& row);
  void set_opened(LogNo no, std::uint64_t seq);  ///< only increases
  CompartmentNo intern_compartment(const CompartmentId& id);
  void add_run(LogNo log, std::uint64_t first_seq, BytesView header);
  void add_fork(LogNo log, const ForkProof& proof);

  /// From this commit on, the first growth of each log is noted anew; unless none has been noted in
  /// this generation, or one was begun in this commit. Returns whether a generation begins.
  bool begin_generation();
  std::uint64_t generation() const { return logs_.growth_.generation + (begins_ ? 1 : 0); }

  /// Commits everything; the Commit is then empty and can be reused. Fails: as Store::commit; the
  /// table is then unchanged.
  Status write(Store& store, Durability durability);

 private:
  LogRow& change(const log::LogId& id);
  void note_growth(LogNo log, std::uint64_t seq_before);
  void undo();
  void clear();

  LogTable& logs_;
  Batch batch_;
  // State of the table before: rows by log (nothing: no row), and what was added.
  std::map<log::LogId, std::optional<LogRow>> rows_;
  std::size_t compartments_ = 0;
  std::vector<std::pair<LogNo, std::uint64_t>> runs_;
  std::vector<LogNo> forks_;
  std::vector<LogNo> grown_;
  bool begins_ = false;
};

}  // namespace relais::store
