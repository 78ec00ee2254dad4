#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "outcome.h"

/// Commands about the space and who is in it.
namespace cli {

struct InitCommand {
  static constexpr bool kWrites = true;
  static constexpr bool kMakesStore = true;
  std::string folder;
  std::string space;
  std::string device;
  std::vector<std::string> sections;  ///< COLLECTION/SECTION=LABEL
  std::vector<std::string> closed;    ///< collections
  bool json = false;
  Outcome run() const;
};

struct InviteCommand {
  static constexpr bool kWrites = true;
  std::string folder;
  std::chrono::minutes::rep minutes = 10;
  std::vector<std::string> labels;
  bool json = false;
  Outcome run() const;
};

struct JoinCommand {
  static constexpr bool kWrites = true;
  static constexpr bool kMakesStore = true;
  std::string folder;
  std::optional<std::string> invitation;
  std::string invitation_file;
  std::string device;
  std::string address;
  bool set_aside = false;  ///< in the place of a damaged store; syncs too
  bool json = false;
  Outcome run() const;
};

struct StatusCommand {
  std::string folder;
  bool json = false;
  Outcome run() const;
};

struct VerifyCommand {
  std::string folder;
  bool json = false;
  Outcome run() const;
};

}  // namespace cli
