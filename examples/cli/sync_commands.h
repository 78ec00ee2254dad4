#pragma once

#include <chrono>
#include <string>

#include "outcome.h"

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
  std::string folder;
  std::string address;
  bool json = false;
  Outcome run() const;
};

}  // namespace cli
