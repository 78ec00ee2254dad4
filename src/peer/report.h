#pragma once

#include <cstdint>
#include <vector>

#include "log/log.h"

namespace relais::peer {

/// What one meeting came to.
struct Report {
  DeviceId peer;
  /// Flights from the initiator to the responder and back that the next step had to wait for, the
  /// handshake not counted. Windows that empty and fill while a log streams are not counted.
  std::uint32_t round_trips = 0;
  std::uint64_t handshake_bytes = 0;  ///< both ways
  std::uint64_t bytes_sent = 0;       ///< the handshake not counted
  std::uint64_t bytes_received = 0;
  std::uint64_t segments_sent = 0;  ///< pieces
  std::uint64_t segments_received = 0;
  std::uint64_t changes_sent = 0;
  std::uint64_t changes_received = 0;
  std::uint64_t changes_held_back = 0;  ///< of them: waiting, quarantined or of a newer format
  bool in_sync = false;                 ///< both ended with the same root, and no log was left out
  std::vector<log::LogId> forked;
  std::vector<log::LogId> refused;     ///< what either side held back, and so asked no more of
  std::vector<log::LogId> mismatched;  ///< roots unequal after a complete exchange: what it moved
  Bytes certificate;                   ///< a joiner's: what it was given
};

/// For showing, in changes.
struct Progress {
  std::uint64_t received = 0;
  std::uint64_t to_receive = 0;
  std::uint64_t sent = 0;
  std::uint64_t to_send = 0;
};

}  // namespace relais::peer
