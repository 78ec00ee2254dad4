#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/authors_met.h"
#include "engine/documents.h"
#include "engine/filer.h"
#include "engine/own_logs.h"
#include "store/store.h"

namespace relais::engine {

/// What the world gives a replica: time and chance.
struct Environment {
  Clock& clock;
  Random& random;
};

/// A replica's data: the store, and what is derived from it in memory. It has no behaviour of its
/// own beyond opening and committing; the files beside it read and write through it:
/// own_commit (this device's changes), intake (everyone else's), reader, founding, verification.
///
/// Threads: `mutex` guards all of it. Functions that take a Core& expect it to be held, unless they
/// say otherwise.
class Core {
 public:
  /// Fails: store_corrupt; closed, if the device hasn't joined yet.
  static Result<std::unique_ptr<Core>> open(std::unique_ptr<store::Store> store,
                                            const Environment& environment);

  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// Commits; on failure the core is stopped for good. `touched` is told to the observer.
  Status commit(const store::Batch& batch, store::Durability durability,
                const std::vector<Touched>& touched);
  /// Memory and disk have parted: nothing more is written until the store is opened again.
  void stop();
  /// Fails: closed once a write failed.
  Status check_running() const;

  /// After control grew: derives it again.
  Status refresh_control();

  document::Stamp next_stamp();
  void observe_stamp(document::Stamp seen);
  void save_stamp(store::Batch& batch) const;

  CompartmentId control_compartment() const { return log::control_compartment(identity.space); }
  log::Head genesis(const log::LogId& log) const { return log::genesis(identity.space, log); }

  mutable std::mutex mutex;
  Environment environment;
  std::unique_ptr<store::Store> store;
  Identity identity;
  store::LogTable logs;
  Control control;
  AuthorsMet authors;
  Opener opener;
  Documents documents;
  OwnLogs own;
  document::Stamp stamp;
  std::atomic<int> open_sessions{0};  ///< while there are any, replaced seals stay
  /// Called with the mutex held; must only queue.
  std::function<void(const std::vector<Touched>&)> on_commit;
  std::function<void()> on_membership;
  std::function<void()> on_stopped;

 private:
  Core(std::unique_ptr<store::Store> store, const Environment& environment, Identity identity,
       store::LogTable logs, Control control);

  bool stopped_ = false;
};

}  // namespace relais::engine
