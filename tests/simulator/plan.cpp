#include "simulator/plan.h"

#include <array>

#include "support/chance.h"

namespace relais::simulator {
namespace {

constexpr std::array<const char*, kFaults> kFaultNames{
    "cut",    "half_open", "corrupt", "slow",    "power",     "power_at_write", "disk",
    "clocks", "restore",   "clone",   "hostile", "strangers", "reads"};
constexpr std::array<const char*, kProfiles> kProfileNames{"clinic", "zones", "courier",
                                                           "evacuation"};
constexpr std::array<const char*, kStoreKinds> kStoreNames{"memory", "rocksdb"};

template <class Enum, std::size_t N>
Result<Enum> find(const std::array<const char*, N>& names, const std::string& name,
                  const char* what) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  std::string all;
  for (const char* known : names) all += std::string(all.empty() ? "" : ", ") + known;
  return Error(ErrorCode::invalid_argument,
               "there is no " + std::string(what) + " called that; there are: " + all);
}

}  // namespace

std::string name_of(Fault fault) { return kFaultNames[static_cast<std::size_t>(fault)]; }
Result<Fault> fault_of(const std::string& name) { return find<Fault>(kFaultNames, name, "fault"); }
std::string name_of(Profile profile) { return kProfileNames[static_cast<std::size_t>(profile)]; }
Result<Profile> profile_of(const std::string& name) {
  return find<Profile>(kProfileNames, name, "profile");
}

std::string name_of(StoreKind store) { return kStoreNames[static_cast<std::size_t>(store)]; }
Result<StoreKind> store_of(const std::string& name) {
  return find<StoreKind>(kStoreNames, name, "store");
}

Plan plan_of(std::uint64_t seed) {
  testing::Chance chance = testing::Chance(seed).split("plan");
  Plan plan;
  plan.seed = seed;
  plan.profile = static_cast<Profile>(chance.below(kProfiles));
  plan.devices = static_cast<std::size_t>(chance.between(3, 8));
  // Later additions draw from their own streams, so that a seed keeps its meaning.
  constexpr std::size_t kFirst = static_cast<std::size_t>(Fault::hostile);
  testing::Chance later = chance.split("faults that came later");
  for (std::size_t i = 0; i < kFaults; ++i) {
    testing::Chance& from = i < kFirst ? chance : later;
    if (from.one_in(2)) plan.faults.insert(static_cast<Fault>(i));
  }
  if (chance.one_in(2)) plan.newcomers = static_cast<std::size_t>(chance.between(1, 2));
  return plan;
}

void thin_out(Plan& plan) {
  constexpr std::size_t kLong = 30;
  constexpr std::size_t kMany = 100;
  if (plan.days < kLong) return;
  plan.transactions_per_day = 1;
  plan.rest = plan.devices > kMany ? 2 : 1;
  plan.calm = plan.days / 6;
}

std::string to_arguments(const Plan& plan) {
  std::string faults;
  for (const Fault fault : plan.faults) faults += (faults.empty() ? "" : ",") + name_of(fault);
  return "--seed " + std::to_string(plan.seed) + " --devices " + std::to_string(plan.devices) +
         " --days " + std::to_string(plan.days) + " --profile " + name_of(plan.profile) +
         " --transactions " + std::to_string(plan.transactions_per_day) + " --newcomers " +
         std::to_string(plan.newcomers) + " --rest " + std::to_string(plan.rest) + " --calm " +
         std::to_string(plan.calm) + " --store " + name_of(plan.store) + " --faults " +
         (faults.empty() ? "none" : faults);
}

}  // namespace relais::simulator
