#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "relais/result.h"

namespace relais::simulator {

/// Faults of a run. A seed takes some of them at random (swarm testing: Groce et al., ISSTA 2012),
/// or those that are named.
enum class Fault {
  cut,             ///< links end at any byte
  half_open,       ///< a link goes dead silently
  corrupt,         ///< a wrong byte, a chunk twice, two chunks swapped
  slow,            ///< kilobytes a second, seconds of latency
  power,           ///< power cuts, at any time
  power_at_write,  ///< power cuts at a write, before or after it
  disk,            ///< full disks, failing writes and syncs
  clocks,          ///< drift, jumps, 1970, 2300
  restore,         ///< a store is restored from a backup
  clone,           ///< a store is copied to another device, and both go on
  hostile,         ///< an attacker writes what a member's keys permit
  strangers,       ///< strangers connect at any time
  reads,           ///< a store's reads fail for a while
};
inline constexpr std::size_t kFaults = 13;
std::string name_of(Fault fault);
/// Fails: invalid_argument.
Result<Fault> fault_of(const std::string& name);

/// Which devices sync with each other.
enum class Profile {
  clinic,      ///< tablets leave in the morning and sync with the hub in the evening, or with each
               ///< other
  zones,       ///< separate zones; a team visits one a day
  courier,     ///< two places without a link, and one device that travels between them
  evacuation,  ///< a clinic whose hub is lost half-way
};
inline constexpr std::size_t kProfiles = 4;
std::string name_of(Profile profile);
Result<Profile> profile_of(const std::string& name);

/// The kind of store.
enum class StoreKind { memory, rocksdb };
inline constexpr std::size_t kStoreKinds = 2;
std::string name_of(StoreKind store);
Result<StoreKind> store_of(const std::string& name);

/// Everything a run depends on: the same plan gives the same trace. On RocksDB, with its own
/// threads, usually (docs/testing.md).
struct Plan {
  std::uint64_t seed = 1;
  std::size_t devices = 5;
  std::size_t days = 6;
  Profile profile = Profile::clinic;
  std::set<Fault> faults;
  std::uint64_t transactions_per_day = 12;  ///< for each device
  std::size_t newcomers = 0;                ///< devices that join later, beyond `devices`
  std::size_t rest = 1;                     ///< each device works and syncs on one day in this many
  /// Faults of devices (not of links) are this many times rarer.
  std::uint64_t calm = 1;
  StoreKind store = StoreKind::memory;
};

/// The plan of a seed, where nothing else is asked for.
Plan plan_of(std::uint64_t seed);

/// For runs of months: less work a day, and faults as rare as in practice.
void thin_out(Plan& plan);

/// The arguments with which relais_sim repeats the run.
std::string to_arguments(const Plan& plan);

}  // namespace relais::simulator
