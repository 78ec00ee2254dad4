#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relais/export.h"
#include "relais/ids.h"

namespace relais {

/// What a device may do to others' rights: each level admits and revokes devices of the levels
/// below it.
enum class Level : std::uint8_t {
  root,  ///< the recovery phrase; no device has it
  owner,
  supervisor,
  member,   ///< reads and writes what it has rights for
  courier,  ///< carries data that it can't read
};
/// "owner", "member", …
RELAIS_API std::string_view to_string(Level level) noexcept;

/// What a replica holds, who is in its space, and what somebody should know: `Replica::status`.
struct StatusReport {
  SpaceId space;
  DeviceId device;
  AuthorId author;
  std::string space_name;
  std::string device_name;
  Level level = Level::member;
  std::uint64_t documents = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t changes = 0;
  std::uint64_t logs = 0;
  std::uint64_t waiting = 0;      ///< changes whose context hasn't come
  std::uint64_t set_aside = 0;    ///< admitted, but misfiled or unreadable
  std::uint64_t held_pieces = 0;  ///< whole parts of logs not admitted
  struct Member {
    DeviceId device;
    std::string name;  ///< empty: not known here yet
    Level level = Level::member;
    bool self = false;
  };
  std::vector<Member> members;
  struct Compartment {
    std::string scope;
    std::string label;
    bool readable = false;
  };
  std::vector<Compartment> compartments;
  /// What changes wait for.
  struct Awaited {
    enum class Why : std::uint8_t {
      missing,        ///< changes of that device that haven't come: sync with who has them
      other_history,  ///< it wrote another history of a log than is here, as a copied folder does
    };
    std::optional<DeviceId> device;  ///< whose changes they are; nothing: not known here
    Why why = Why::missing;
    std::uint64_t changes = 0;  ///< that wait for it first; others may wait behind these
  };
  std::vector<Awaited> awaited;
  /// What somebody should settle or will run into, one sentence each, with who can.
  std::vector<std::string> warnings;
};

/// What `Replica::verify` found.
struct VerifyReport {
  std::uint64_t logs = 0;
  std::uint64_t changes = 0;
  std::uint64_t seals = 0;
  std::uint64_t documents = 0;
  std::vector<std::string>
      problems;  ///< one sentence each, without keys or names; empty: all is well
};

}  // namespace relais
