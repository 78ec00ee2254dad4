#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "crypto/crypto.h"
#include "log/log.h"
#include "store/tables/keys.h"

namespace relais::store {

/// The names of a log in this store. They never change.
struct LogName {
  LogNo no = 0;
  log::LogId id;
  crypto::SigningPublicKey device_key;
};

/// The names of all logs and compartments of a store, and the run headers of all logs: they turn
/// the numbers in stored records into ids and keys. Readers use it concurrently with the writer: a
/// Commit adds names before it writes, and removes them if the write fails. So it has every name
/// that a snapshot of the store uses, and more during a write.
/// Threads: any. Locks: its own mutex, for one look-up at a time.
class LogNames {
 public:
  std::optional<LogName> find(const log::LogId& id) const;
  std::optional<LogName> find(LogNo no) const;
  std::optional<CompartmentNo> compartment_no(const CompartmentId& id) const;
  std::optional<CompartmentId> compartment(CompartmentNo no) const;
  /// The encoded run header under which a block was written; null if unknown.
  std::shared_ptr<const Bytes> run(LogNo log, std::uint64_t seq) const;

  std::size_t logs() const;
  std::size_t compartments() const;

  /// Only for LogTable and Commit: names are added and removed at the end.
  void add(const LogName& log);
  void add(const CompartmentId& compartment);
  void add_run(LogNo log, std::uint64_t first_seq, BytesView header);
  void remove_last_logs(std::size_t count);
  void remove_last_compartments(std::size_t count);
  void remove_run(LogNo log, std::uint64_t first_seq);

 private:
  mutable std::shared_mutex mutex_;
  std::vector<LogName> logs_;
  std::map<log::LogId, LogNo> by_id_;
  std::vector<CompartmentId> compartments_;
  std::map<CompartmentId, CompartmentNo> compartment_nos_;
  std::map<LogNo, std::map<std::uint64_t, std::shared_ptr<const Bytes>>> runs_;
};

}  // namespace relais::store
