#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "access/key_sharing.h"
#include "replica/documents.h"
#include "replica/known_authors.h"
#include "replica/own_logs.h"
#include "replica/projection/projection_batch.h"
#include "replica/snapshot.h"
#include "store/store.h"
#include "store/tables/commit.h"

namespace relais::replica {

/// The clock and the random source of a replica.
struct Environment {
  Clock& clock;
  Random& random;
};

/// The data of a replica: the store, and what is derived from it in memory. It only opens and
/// commits; the files in the subfolders read and write through it (src/README.md).
///
/// Threads: `mutex` guards everything. Functions that take a Core& expect it to be locked, unless
/// they say otherwise. A Snapshot reads without it.
class Core {
 public:
  /// Fails: store_corrupt; closed, if the device hasn't joined yet.
  static Result<std::unique_ptr<Core>> open(std::unique_ptr<store::Store> store,
                                            const Environment& environment);

  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// Commits, and updates the log table. A failed write stops the core. `touched` is passed to
  /// `on_commit`. Fails: closed, store_failed, disk_full; limit_exceeded (the batch is too large).
  Status commit(store::Commit& commit, store::Durability durability,
                const std::vector<Touched>& touched);
  /// The same for a batch that doesn't change the logs.
  Status commit(const store::Batch& batch, store::Durability durability);
  /// Refuses further writes until the store is opened again: memory and disk may differ.
  void stop();
  /// Fails: closed if the core has stopped.
  Status check_running() const;

  /// Call after control has grown: derives it again. If that fails, the core stops, because the
  /// rights aren't known.
  Status refresh_control();

  /// The stamp and time of the next write.
  document::WriteTime next_time();
  void observe_stamp(document::Stamp seen);
  void save_stamp(store::Batch& batch) const;

  /// The current content of the store, for reads under the mutex.
  ReadSource reading() { return {identity.space, control, logs.names(), *store, decryptor}; }
  /// A copy of `control`. Threads: any.
  std::shared_ptr<const Control> published_control() const;

  CompartmentId control_compartment() const { return log::control_compartment(identity.space); }
  log::Head genesis(const log::LogId& log) const { return log::genesis(identity.space, log); }

  mutable std::mutex mutex;
  Environment environment;
  std::unique_ptr<store::Store> store;
  Identity identity;
  store::LogTable logs;
  Control control;
  KnownAuthors authors;
  BlockDecryptor decryptor;
  mutable DecryptorPool decryptors;  ///< for snapshots; threads: any
  Documents documents;
  OwnLogs own;
  access::KnownCopies known_copies;
  std::set<access::EpochId> shared_epochs;  ///< every current reader has a copy of their key
  /// The admitted end of logs that aren't admitted as a whole.
  std::map<log::LogId, std::uint64_t> admitted_ends;
  Admitted admitted = [this](const log::LogId& log) -> std::optional<std::uint64_t> {
    const auto end = admitted_ends.find(log);
    if (end == admitted_ends.end()) return std::nullopt;
    return end->second;
  };
  FrozenLogs frozen;  ///< the set by which documents were judged
  document::Stamp stamp;
  std::atomic<int> open_sessions{0};  ///< while there are any, replaced seals are kept
  /// Called with the mutex held: they may only queue.
  std::function<void(const std::vector<Touched>&)> on_commit;
  std::function<void()> on_membership;
  std::function<void()> on_stopped;

 private:
  Core(std::unique_ptr<store::Store> store, const Environment& environment, Identity identity,
       store::LogTable logs, Control control);

  Status committed(Status status, const std::vector<Touched>& touched);

  void publish_control();

  bool stopped_ = false;
  mutable std::mutex published_mutex_;
  std::shared_ptr<const Control> published_control_;
};

}  // namespace relais::replica
