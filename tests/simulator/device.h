#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/sync/connection_manager.h"
#include "replica/write/edit.h"
#include "simulator/device_time.h"
#include "simulator/faulty_store.h"
#include "simulator/trace.h"
#include "simulator/wire.h"
#include "support/chance.h"
#include "support/read_faults.h"

namespace relais::simulator {

/// Logs written by hand: their authors, and the logs whose seals or histories contradict each
/// other.
struct HandWrittenLogs {
  std::set<AuthorId> authors;
  std::set<log::LogId> contradictory;
};

/// State shared by all devices.
struct World {
  Events events;
  Trace trace;
  Counts counts;
  Watch watch;  ///< sees all bytes on all links
  std::unique_ptr<Disks> disks;
  HandWrittenLogs hand_written = {};
  /// The last few first messages of handshakes, for strangers that replay them. Nothing if there
  /// are no strangers.
  std::optional<std::deque<Bytes>> first_messages = {};
};

/// A device: a disk that outlives it, a clock, and, while it is on, the real engine.
class Device {
 public:
  Device(World& world, std::string name, const testing::Chance& chance, std::int64_t drift_ppm);
  ~Device();

  const std::string& name() const { return name_; }
  bool on() const { return running_ != nullptr && !power_gone_; }
  replica::Core& core() const;
  DeviceClock& clock() { return clock_; }
  replica::Environment environment() { return {clock_, random_}; }
  const Bytes& marker() const { return marker_; }
  int boots() const { return boots_; }
  bool lost() const { return lost_; }
  /// Neither on nor joining.
  bool idle() const { return running_ == nullptr && pairing_ == nullptr; }

  /// Opens the store, with the active faults.
  Result<std::unique_ptr<store::Store>> open_store();
  /// Switches the device on; false if the store fails to open, or it is no member yet.
  bool boot();
  /// Shuts the device down in order.
  void shut_down();
  /// Cuts the power now, if the device is on or joining; it comes back after a while. May be called
  /// from within a call of the device itself.
  void cut_power();
  /// Removes the device for good.
  void lose();

  /// Outcome of each write from now on; empty: success.
  std::function<WriteOutcome(WritePoint)> write_outcome;
  /// Called when it has come on, before anything else happens to it; may be empty.
  std::function<void()> on_boot;
  /// Read faults of the store from its next opening on; null: none.
  std::shared_ptr<testing::ReadFaults> reads;

  /// Connects to another device and syncs; both must be on.
  using OnSynced = engine::ConnectionManager::OnSynced;
  void call(Device& other, const LinkConditions& conditions, OnSynced done);
  /// The same for a device that is no member yet.
  void join(Device& inviter, const access::Invitation& invitation, const LinkConditions& conditions,
            std::function<void(bool joined)> done);
  bool calling() const { return calling_; }
  /// A stranger connects to this device, which must be on. Returns the stranger's end of the link.
  std::unique_ptr<link::Link> connect_stranger(const LinkConditions& conditions,
                                               testing::Chance chance);

  /// Copies the contents of this device's disk to a new one.
  std::shared_ptr<Disk> copy_of_disk();
  /// Replaces the store by an earlier copy; with another marker if the host can tell.
  void replace_disk(std::shared_ptr<Disk> disk, Bytes marker);

 private:
  struct Running;
  struct Pairing;

  void lose_power();
  void power_goes();
  void drop_wires();
  void restart_after(Duration wait);
  Watch watch_first_messages();
  std::shared_ptr<Wire> connect(Device& other, const LinkConditions& conditions, WireEnds& ends);
  void paired(Pairing& pairing, Result<peer::Report> result);

  World& world_;
  const std::string name_;
  testing::Chance random_;  ///< of the engine
  testing::Chance faults_;
  DeviceClock clock_;
  Bytes marker_;
  std::shared_ptr<Disk> disk_;
  std::shared_ptr<char> powered_;  ///< stores stop once this is gone
  std::unique_ptr<Running> running_;
  std::unique_ptr<Pairing> pairing_;
  std::vector<std::pair<std::shared_ptr<Wire>, Wire::End>> wires_;
  bool power_gone_ = false;
  bool calling_ = false;
  bool lost_ = false;
  int boots_ = 0;
  engine::CallId next_call_ = 1;
};

/// While it lives, reads of the device succeed: for reads by the test, not by the engine.
class SteadyReads {
 public:
  explicit SteadyReads(Device& device) : calls_(device.reads) {
    if (calls_) left_ = std::exchange(calls_->reads_left, std::nullopt);
  }
  SteadyReads(const SteadyReads&) = delete;
  SteadyReads& operator=(const SteadyReads&) = delete;
  ~SteadyReads() {
    if (calls_) calls_->reads_left = left_;
  }

 private:
  std::shared_ptr<testing::ReadFaults> calls_;
  std::optional<std::uint64_t> left_;
};

}  // namespace relais::simulator
