#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "relais/result.h"

namespace relais::simulator {

/// Faults that a run may have. A seed takes some of them at random (swarm testing: Groce et al.,
/// ISSTA 2012), or those that are named.
enum class Fault {
  cut,             ///< links end at any byte
  half_open,       ///< a link goes dead without a word
  corrupt,         ///< a wrong byte, a chunk twice, two chunks swapped
  slow,            ///< kilobytes a second, seconds of latency
  power,           ///< power cuts, at any time
  power_at_write,  ///< power cuts at a write, before or after it
  disk,            ///< full disks, failing writes and syncs
  clocks,          ///< drift, jumps, 1970, 2300
  restore,         ///< a folder comes back from a backup
  clone,           ///< a folder is copied to another device, and both go on
  hostile,         ///< somebody writes what a member's keys allow
  strangers,       ///< who are no members connect at any time
  reads,           ///< a store's reads fail for a while
};
inline constexpr std::size_t kFaults = 13;
std::string name_of(Fault fault);
/// Fails: invalid_argument.
Result<Fault> fault_of(const std::string& name);

/// Who meets whom.
enum class Profile {
  clinic,      ///< tablets go out in the morning and meet the hub in the evening, or each other
  zones,       ///< zones of their own; a team visits one a day
  courier,     ///< two places that never meet, and one device that goes between them
  evacuation,  ///< a clinic whose hub is lost in the middle
};
inline constexpr std::size_t kProfiles = 4;
std::string name_of(Profile profile);
Result<Profile> profile_of(const std::string& name);

/// What the devices' stores are.
enum class StoreKind { memory, rocksdb };
inline constexpr std::size_t kStoreKinds = 2;
std::string name_of(StoreKind store);
Result<StoreKind> store_of(const std::string& name);

/// All that a run depends on: the same plan, the same trace. On RocksDB, whose threads go their own
/// ways, as a rule (docs/testing.md).
struct Plan {
  std::uint64_t seed = 1;
  std::size_t devices = 5;
  std::size_t days = 6;
  Profile profile = Profile::clinic;
  std::set<Fault> faults;
  std::uint64_t transactions_per_day = 12;  ///< each device
  std::size_t newcomers = 0;                ///< devices that join in the middle, beyond `devices`
  std::size_t rest = 1;                     ///< each device works and meets on one day of so many
  /// What befalls devices (not links) is so many times rarer.
  std::uint64_t calm = 1;
  StoreKind store = StoreKind::memory;
};

/// Profile, devices and faults as the seed would have them, where nothing else is asked for.
Plan plan_of(std::uint64_t seed);

/// A run of months is no run of days: less work a day, and faults as rare as in life.
void thin_out(Plan& plan);

/// The arguments of relais_sim that run it again.
std::string to_arguments(const Plan& plan);

}  // namespace relais::simulator
