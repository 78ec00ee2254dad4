#pragma once

#include <memory>
#include <string>

#include "crypto/system_random.h"
#include "engine/observers.h"
#include "engine/runtime/asio_loop.h"
#include "engine/runtime/system_clock.h"
#include "engine/sync/network.h"
#include "relais/replica.h"
#include "replica/core.h"

namespace relais::engine {

/// What the world is to a replica that runs for real.
struct World {
  runtime::SystemClock clock;
  crypto::SystemRandom random;
  replica::Environment environment{clock, random};
};

/// What stands behind a `Replica`: the core, its links, and who watches.
class Engine {
 public:
  static Result<Created> create(const std::string& folder, const CreateOptions& create,
                                const Options& options);
  static Result<std::unique_ptr<Engine>> open(const std::string& folder, const Options& options);
  static Result<std::unique_ptr<Engine>> join(const std::string& folder,
                                              std::string_view invitation,
                                              const std::string& address, const JoinOptions& join,
                                              const Options& options);
  static Replica replica(std::unique_ptr<Engine> engine) { return Replica(std::move(engine)); }

  ~Engine();

  Status write(const std::function<Status(Transaction&)>& edit);
  Result<ImportReport> import_ndjson(std::string_view lines, const ImportOptions& import);
  Result<std::string> invite(const InviteOptions& invite);
  Result<Server> listen(const std::string& address);
  Result<SyncReport> sync(const std::string& address,
                          const std::function<void(const SyncProgress&)>& progress);
  void poll(std::chrono::milliseconds longest);

  replica::Core& core() { return *core_; }
  Observers& observers() { return *observers_; }

 private:
  Engine(std::unique_ptr<World> world, std::unique_ptr<replica::Core> core, const Options& options);

  void watch_core();
  void inbound_ended(const InboundSession& visit);
  void watch_invitations();
  template <class Task>
  void run_in_loop(Task&& task);

  std::unique_ptr<World> world_;
  std::unique_ptr<replica::Core> core_;
  const DeviceId device_;  ///< for threads that don't hold the core's mutex
  Threading threading_;
  std::unique_ptr<runtime::AsioLoop> loop_;
  std::unique_ptr<Observers> observers_;
  std::shared_ptr<Network> network_;
};

}  // namespace relais::engine
