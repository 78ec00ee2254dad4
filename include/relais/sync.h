#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "relais/ids.h"

namespace relais {

/// The result of a sync. Counts are those of this device.
struct SyncReport {
  DeviceId peer = {};
  /// The peer has this device's keys: it is this device, or a copy of its folder.
  bool itself = false;
  std::uint32_t round_trips = 0;
  std::uint64_t handshake_bytes = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t segments_sent = 0;
  std::uint64_t segments_received = 0;
  std::uint64_t changes_sent = 0;
  std::uint64_t changes_received = 0;
  /// Not admitted: their author may not write there, or isn't known yet.
  std::uint64_t changes_held_back = 0;
  std::uint64_t forked_logs = 0;
  std::uint64_t mismatched_logs = 0;
  std::chrono::milliseconds duration{0};
  bool in_sync = false;  ///< both devices now hold the same
};

/// The progress of a sync, in changes. The totals grow while the devices compare; after a
/// successful sync, `received` equals `to_receive` and `sent` equals `to_send`.
struct SyncProgress {
  std::uint64_t received = 0;
  std::uint64_t to_receive = 0;
  std::uint64_t sent = 0;
  std::uint64_t to_send = 0;
  /// The peer is busy with other devices: the session hasn't begun, and is retried.
  bool peer_is_busy = false;

  bool operator==(const SyncProgress&) const = default;
};

struct SyncOptions {
  /// The sync ends with `timed_out` after this time; what was received is kept. 0: no limit but
  /// those of the protocol.
  std::chrono::milliseconds limit{0};
  /// Called when the progress has changed, at most ten times a second, and once at the end of a
  /// sync that succeeded. `Replica::sync` calls it in the caller's thread, `Replica::start_sync`
  /// as a handler. Empty: nothing is called.
  std::function<void(const SyncProgress&)> on_progress = {};
};

}  // namespace relais
