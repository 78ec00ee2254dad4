#pragma once

#include <cstdint>
#include <vector>

#include "log/log.h"

namespace relais::peer {

/// The result of one sync.
struct Report {
  DeviceId peer;
  /// Round trips, started by the initiator, that the next step had to wait for, without the
  /// handshake. Windows that empty and fill while a log streams are not counted.
  std::uint32_t round_trips = 0;
  std::uint64_t handshake_bytes = 0;  ///< both ways
  std::uint64_t bytes_sent = 0;       ///< without the handshake
  std::uint64_t bytes_received = 0;
  std::uint64_t segments_sent = 0;  ///< pieces
  std::uint64_t segments_received = 0;
  std::uint64_t changes_sent = 0;
  std::uint64_t changes_received = 0;
  std::uint64_t changes_held_back = 0;  ///< waiting, quarantined or of a newer format
  bool in_sync = false;  ///< both sides ended with the same root, and no log was left out
  std::vector<log::LogId> forked;
  std::vector<log::LogId> refused;     ///< logs that either side refused
  std::vector<log::LogId> mismatched;  ///< transferred, but the roots differ at the end
  Bytes certificate;                   ///< joiner: its certificate
};

/// For display; in changes.
struct Progress {
  std::uint64_t received = 0;
  std::uint64_t to_receive = 0;
  std::uint64_t sent = 0;
  std::uint64_t to_send = 0;
};

}  // namespace relais::peer
