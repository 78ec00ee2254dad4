#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/try.h"
#include "crypto/system_random.h"
#include "engine/calls.h"
#include "engine/observers.h"
#include "engine/runtime/asio_loop.h"
#include "engine/runtime/system_clock.h"
#include "engine/sync/network.h"
#include "engine/sync/sync_operation.h"
#include "relais/replica.h"
#include "replica/core.h"
#include "replica/snapshot.h"

namespace relais::engine {

/// The system's clock and random source, for replicas that aren't simulated.
struct World {
  runtime::SystemClock clock;
  crypto::SystemRandom random;
  replica::Environment environment{clock, random};
};

/// The implementation of `Replica`: the core, its links, and the host's calls and handlers.
/// Threads: any. No lock is held while host code runs, except the core's mutex during `write`'s
/// edit.
class Engine : public std::enable_shared_from_this<Engine> {
 public:
  static Result<Created> create(const std::string& folder, const CreateOptions& create,
                                const Options& options);
  static Result<std::shared_ptr<Engine>> open(const std::string& folder, const Options& options);
  static Result<std::shared_ptr<Engine>> join(const std::string& folder,
                                              std::string_view invitation,
                                              const std::string& address, const JoinOptions& join,
                                              const Options& options);
  static Replica replica(std::shared_ptr<Engine> engine) { return Replica(std::move(engine)); }

  ~Engine();
  /// As Replica::close.
  Status close();

  /// RAII: a call of the host. The functions below are called inside one. Fails: closed.
  Result<Calls::Call> begin_call() { return calls_.begin(); }

  bool is_closed() const { return calls_.is_closed(); }
  replica::Snapshot snapshot() const { return replica::Snapshot(*core_); }

  Result<Written> write(const std::function<Status(Transaction&)>& edit);
  Result<ImportReport> import_ndjson(std::string_view lines, const ImportOptions& import);
  Result<std::string> invite(const InviteOptions& invite);
  Result<Server> listen(const std::string& address);
  Result<SyncReport> sync(const std::string& address, const SyncOptions& options);
  Operation<SyncReport> start_sync(const std::string& address, const SyncOptions& options);
  Result<Identity> identity() const;
  void poll(std::chrono::milliseconds longest);

  Observers& observers() { return observers_; }
  replica::Core& core() { return *core_; }

 private:
  Engine(std::unique_ptr<World> world, std::unique_ptr<replica::Core> core,
         std::shared_ptr<runtime::AsioLoop> loop, const Options& options);

  void watch_core();
  void tell_changes(const std::vector<replica::Touched>& touched);
  void tell(Event::Kind kind);
  void inbound_ended(const InboundSession& session);
  void watch_invitations();
  /// Ends links, operations and handlers, and waits for the calls of other threads.
  void tear_down();
  /// Flushes the store and closes it.
  Status release();
  std::shared_ptr<SyncOperation> begin_sync(const link::Address& with, const SyncOptions& options);
  template <class T>
  Result<T> run_in_loop(std::function<Result<T>(Network&)> task);

  std::unique_ptr<World> world_;
  std::unique_ptr<replica::Core> core_;
  const DeviceId device_;
  const Threading threading_;
  Calls calls_;
  std::shared_ptr<runtime::AsioLoop> loop_;  ///< operations hold it too
  std::shared_ptr<Handlers> handlers_;
  Observers observers_;
  std::shared_ptr<Network> network_;    ///< used in the loop's thread
  std::weak_ptr<Network> network_ref_;  ///< constant; for tasks that may run after `network_` ends
  std::atomic<CallId> next_call_{1};
};

}  // namespace relais::engine
