#pragma once

#include <chrono>
#include <string>

#include "outcome.h"
#include "relais/replica.h"

/// Commands that meet other devices.
namespace cli {

struct ServeCommand {
  std::string folder;
  std::string address;
  bool once = false;    ///< ends after the first sync
  bool invite = false;  ///< prints an invitation too
  std::chrono::minutes::rep minutes = 10;
  bool json = false;
  Outcome run() const;
};

struct SyncCommand {
  static constexpr bool kWrites = true;
  std::string folder;
  std::string address;
  bool json = false;
  Outcome run() const;
};

/// Meets the device at an address, with a bar on a terminal.
relais::Result<relais::SyncReport> sync_showing_progress(relais::Replica& replica,
                                                         const std::string& address);

}  // namespace cli
