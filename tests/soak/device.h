#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "relais/replica.h"
#include "soak/hold.h"

namespace relais::soak {

/// The result of a round.
struct Tally {
  std::uint64_t synced = 0;
  std::uint64_t in_sync = 0;
  std::uint64_t changes_sent = 0;
  std::uint64_t changes_received = 0;
  std::uint64_t bytes = 0;
  std::uint64_t unseen = 0;                          ///< ended before they could be held
  std::map<std::string, std::uint64_t> tried_again;  ///< by reason
  std::map<std::string, std::uint64_t> failed;       ///< for good; by reason

  void add(const Tally& other);
};

/// One device with its own folder, and its own thread that runs its loop: a device that waits in
/// the middle of a session does nothing else. Threads: one at a time.
class Device {
 public:
  Device(int number, std::string folder);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Runs a task in the device's thread, after earlier ones.
  void start(std::function<void()> task);
  void wait();

  // From here on: in the device's thread.

  Status join(const std::string& invitation, const std::string& address);
  Status open();
  /// Retries if it is refused, as happens when many devices connect at once.
  Tally sync(const std::string& address);
  /// Writes a document of its own and one shared by eight devices, and syncs; waits at `hold` in
  /// the middle, when it has begun to send. If a sync ended before that was seen, writes and syncs
  /// again.
  Tally sync_and_wait(const std::string& address, std::uint64_t round, Hold& hold);
  /// As `relais export` writes it.
  Result<std::string> exported();

 private:
  using OnProgress = std::function<void(const SyncProgress&)>;

  void run();
  Status edit(std::uint64_t round);
  /// Calls `under_way` now and then while the sync isn't done.
  Result<SyncReport> sync_once(const std::string& address, const OnProgress& under_way);
  void sync_with(const std::string& address, const OnProgress& under_way, Tally& tally);

  const int number_;
  const std::string folder_;
  std::optional<Replica> replica_;
  std::minstd_rand chance_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> task_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace relais::soak
