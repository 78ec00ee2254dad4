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
#include "replica/projection/ground.h"
#include "replica/snapshot.h"
#include "store/store.h"
#include "store/tables/commit.h"

namespace relais::replica {

/// Dependencies: clock and randomness.
struct Environment {
  Clock& clock;
  Random& random;
};

/// A replica's data: the store, and what is derived from it in memory. It has no behaviour of its
/// own beyond opening and committing; the files beside it read and write through it:
/// own_commit (this device's changes), intake (everyone else's), reader, founding, verification.
///
/// Threads: `mutex` guards all of it. Functions that take a Core& expect it to be held, unless they
/// say otherwise. A Snapshot reads without it.
class Core {
 public:
  /// Fails: store_corrupt; closed, if the device hasn't joined yet.
  static Result<std::unique_ptr<Core>> open(std::unique_ptr<store::Store> store,
                                            const Environment& environment);

  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// Commits, and publishes what it makes of the logs; on failure the core is stopped for good.
  /// `touched` is told to the observer.
  Status commit(store::Commit& commit, store::Durability durability,
                const std::vector<Touched>& touched);
  /// The same for what doesn't touch the logs.
  Status commit(const store::Batch& batch, store::Durability durability);
  /// Memory and disk have parted: nothing more is written until the store is opened again.
  void stop();
  /// Fails: closed once a write failed.
  Status check_running() const;

  /// After control grew: derives it again. If that fails the core is stopped: who may write isn't
  /// known any more.
  Status refresh_control();

  /// Of what is written now.
  document::WriteTime next_time();
  void observe_stamp(document::Stamp seen);
  void save_stamp(store::Batch& batch) const;

  /// What this store holds now, for reads under the mutex.
  ReadSource reading() { return {identity.space, control, logs.names(), *store, decryptor}; }
  /// `control` as it was derived last. Threads: any.
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
  std::set<access::EpochId> shared_epochs;  ///< all readers hold their key, as control has it now
  /// How far logs are admitted that aren't as a whole.
  std::map<log::LogId, std::uint64_t> admitted_ends;
  Admitted admitted = [this](const log::LogId& log) -> std::optional<std::uint64_t> {
    const auto end = admitted_ends.find(log);
    if (end == admitted_ends.end()) return std::nullopt;
    return end->second;
  };
  FrozenLogs frozen;  ///< as the documents were judged by
  document::Stamp stamp;
  std::atomic<int> open_sessions{0};  ///< while there are any, replaced seals stay
  /// Called with the mutex held; must only queue.
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
