#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relais/export.h"
#include "relais/ids.h"

namespace relais {

/// The level of a device: each level admits devices of the levels below it. This version makes
/// owners (`Replica::create`) and members (`Replica::join`) only, and obeys the other levels where
/// another version made them.
enum class Level : std::uint8_t {
  root,  ///< the holder of the recovery phrase; no device
  owner,
  supervisor,
  member,   ///< reads and writes the compartments it has rights for
  courier,  ///< stores and forwards data that it can't read
};
/// "owner", "member", …
RELAIS_API std::string_view to_string(Level level) noexcept;

/// The state of a replica and of its space: `Replica::status`.
struct StatusReport {
  SpaceId space = {};
  DeviceId device = {};
  AuthorId author = {};
  std::string space_name = {};
  std::string device_name = {};
  Level level = Level::member;
  std::uint64_t documents = 0;    ///< deleted ones too, as `Replica::list` lists them
  std::uint64_t conflicts = 0;    ///< documents with at least one; deleted ones have none
  std::uint64_t changes = 0;      ///< of documents; not of the membership
  std::uint64_t logs = 0;         ///< that hold these changes
  std::uint64_t waiting = 0;      ///< changes whose context isn't complete
  std::uint64_t set_aside = 0;    ///< changes that are admitted but not applied
  std::uint64_t held_pieces = 0;  ///< received pieces that aren't admitted
  struct Member {
    DeviceId device = {};
    std::string name = {};  ///< empty: not known yet
    Level level = Level::member;
    bool self = false;
  };
  std::vector<Member> members = {};
  struct Compartment {
    std::string scope = {};
    std::string label = {};
    bool readable = false;
  };
  std::vector<Compartment> compartments = {};
  /// Missing changes that others wait for.
  struct Awaited {
    enum class Why : std::uint8_t {
      missing,        ///< not received yet: sync with a device that has them
      other_history,  ///< of another history of the log, as a copied folder writes
    };
    std::optional<DeviceId> device = {};  ///< their author's device; nothing: not known
    Why why = Why::missing;
    std::uint64_t changes = 0;  ///< that wait for these first; more may wait behind them
  };
  std::vector<Awaited> awaited = {};
  /// Problems that a user should resolve, in English sentences.
  std::vector<std::string> warnings = {};
};

/// The result of `Replica::verify`. It counts all that was checked: unlike a StatusReport, also the
/// logs and changes of the membership.
struct VerifyReport {
  std::uint64_t logs = 0;
  std::uint64_t changes = 0;
  std::uint64_t seals = 0;  ///< signatures; one can sign several changes
  /// Parts of documents (the sections under one label are a part): of deleted ones and of those
  /// with the names of devices too.
  std::uint64_t documents = 0;
  std::vector<std::string> problems;  ///< one sentence each, without keys or names
};

}  // namespace relais
