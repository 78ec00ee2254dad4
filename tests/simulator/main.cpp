// relais_sim: a simulation of devices under one seed. docs/testing.md.
#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>
#include <iostream>
#include <random>
#include <sstream>

#include "simulator/journal.h"
#include "simulator/shrink.h"

namespace {

using namespace relais::simulator;  // NOLINT: this program is the simulator

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  double minutes = 0;
  std::optional<std::size_t> devices;
  std::optional<std::size_t> days;
  std::optional<std::uint64_t> transactions;
  std::optional<std::size_t> newcomers;
  std::optional<std::uint64_t> calm;
  std::optional<std::size_t> rest;
  std::string profile;
  std::string faults;
  std::string store = "memory";
  std::string journal;
  bool trace = false;
  bool shrink = false;
  bool twice = false;
  bool hash = false;
  bool must_reach_all = false;
  bool fresh = false;
};

/// Counters that must not be zero: what never happens is not tested.
const std::vector<std::string> kRequired{
    "fault: cut",
    "fault: half open",
    "fault: wrong byte",
    "fault: repeated bytes",
    "fault: swapped bytes",
    "fault: slow link",
    "fault: power cut",
    "fault: power cut before a buffered commit",
    "fault: power cut after a buffered commit",
    "fault: power cut before a durable commit",
    "fault: power cut after a durable commit",
    "fault: power cut before a sync",
    "fault: power cut after a sync",
    "fault: power cut while joining",
    "fault: a write fails",
    "fault: a clock jumps",
    "fault: a restored backup",
    "fault: a cloned folder",
    "fault: a device is lost for good",
    "sometimes: a write fails",
    "sometimes: a sync fails",
    "sometimes: a join fails",
    "sometimes: a join is tried again",
    "sometimes: a device joins in the middle",
    "sometimes: a conflict is resolved",
    "sometimes: a conflict is settled as shown",
    "sometimes: a version is chosen",
    "sometimes: a rank is given",
    "sometimes: the last writer is to be shown",
    "sometimes: a field is made void",
    "sometimes: an element is moved",
    "sometimes: a change is taken back",
    "sometimes: a change is taken back after others wrote",
    "sometimes: the engine stops after a failed write",
};

/// The same for runs with hostile authors, strangers and failing reads.
const std::vector<std::string> kRequiredOfHostile{
    "fault: hostile: blocks under a wrong key",
    "fault: hostile: blocks under an epoch whose key nobody has",
    "fault: hostile: a log with two histories",
    "fault: hostile: a transaction that stays open",
    "fault: hostile: a document that others may not write",
    "fault: hostile: a wrong byte in a change",
    "fault: hostile: a large change",
    "fault: hostile: an unknown way of packing",
    "fault: hostile: a broken frame",
    "fault: hostile: bytes that are no change",
    "fault: hostile: a change that inflates",
    "fault: hostile: a path beyond the limit",
    "fault: hostile: a change by content",
    "fault: hostile: a part of an import that isn't there",
    "fault: hostile: an address with control or bidirectional characters",
    "fault: hostile: a stamp of another time",
    "fault: hostile: an extreme wall clock",
    "fault: hostile: a listed context",
    "fault: hostile: a content of no one",
    "fault: hostile: a context that covers what honest devices wrote",
    "fault: hostile: a place that isn't written yet",
    "fault: hostile: a place that nobody will write",
    "fault: hostile: a wrong hash",
    "fault: hostile: a floor",
    "fault: hostile: exceptions",
    "fault: hostile: another own change before",
    "fault: hostile: an author cited twice",
    "fault: hostile: an author that nobody knows",
    "fault: hostile: a place of another document",
    "fault: hostile: an epoch that cites places which nobody holds",
    "fault: hostile: a mesh key that a member made",
    "fault: hostile: a claim of more authors",
    "fault: hostile: a claim of rights",
    "fault: hostile: a claim of a section",
    "fault: hostile: a claim of a compartment",
    "fault: hostile: a certificate that a member may not give",
    "fault: hostile: copies of keys that open for nobody",
    "fault: hostile: an epoch whose key one other alone is given",
    "fault: hostile: names and values with control or bidirectional characters",
    "fault: hostile: a section of another compartment",
    "fault: hostile: a path at the limit",
    "fault: hostile: a withdrawal of any dots",
    "fault: hostile: a rank",
    "fault: hostile: a deletion",
    "fault: hostile: a restoration of any dots",
    "fault: hostile: a keep of any dots",
    "fault: hostile: a text with odd origins",
    "fault: hostile: a deletion of any characters",
    "fault: hostile: a move of any element",
    "fault: hostile: a sequence at the deepest step",
    "fault: hostile: a counter at its ends",
    "fault: hostile: many deletions of one path",
    "fault: hostile: many versions of one field",
    "fault: hostile: many elements of a set",
    "fault: hostile: seals that repeat the heads before",
    "fault: hostile: seals that name the end alone",
    "fault: hostile: seals that drop some heads",
    "fault: hostile: seals that have a false head ahead",
    "fault: hostile: seals that have a false head amid",
    "fault: hostile: seals that have a head at the last place",
    "fault: a stranger says nothing",
    "fault: a stranger says any bytes",
    "fault: a stranger says half of a first message",
    "fault: a stranger says what a member said",
    "fault: reads fail",
    "sometimes: a hostile piece is taken in",
    "sometimes: a hostile piece is refused",
    "sometimes: a fork is proven",
    "sometimes: a sync sees a fork",
    "sometimes: a stranger is shown out",
    "sometimes: devices hold two histories",
    "sometimes: changes are set aside at rest",
    "sometimes: changes wait at rest",
    "sometimes: who comes last gets all that is held",
};

/// The same for simulations on RocksDB, which are few and small: what concerns the store.
const std::vector<std::string> kRequiredOfRocksDb{
    "fault: power cut",
    "fault: power cut after a buffered commit",
    "fault: power cut after a durable commit",
    "fault: power cut before a durable commit",
    "fault: an append of RocksDB's fails",
    "fault: a restored backup",
    "sometimes: RocksDB loses what it hadn't synced",
    "sometimes: RocksDB loses a file's name",
    "sometimes: RocksDB finds zeros or noise",
    "sometimes: the engine stops after a failed write",
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

Plan plan_for(std::uint64_t seed, const Options& options) {
  Plan plan = plan_of(seed);
  if (options.devices) plan.devices = *options.devices;
  if (options.days) plan.days = *options.days;
  thin_out(plan);
  if (options.transactions) plan.transactions_per_day = *options.transactions;
  if (options.newcomers) plan.newcomers = *options.newcomers;
  if (options.rest) plan.rest = *options.rest;
  if (options.calm) plan.calm = *options.calm;
  plan.store = *store_of(options.store);
  if (!options.profile.empty()) plan.profile = *profile_of(options.profile);
  if (options.faults.empty()) return plan;
  plan.faults.clear();
  if (options.faults == "none") return plan;
  for (const std::string& name : split(options.faults)) plan.faults.insert(*fault_of(name));
  return plan;
}

void report_failure(const Plan& plan, const Outcome& outcome, bool shrinks) {
  std::cout << "\nSeed " << plan.seed << " violates what is promised:\n";
  for (const std::string& violation : outcome.violations) std::cout << "  " << violation << '\n';
  std::cout << "The last that happened:\n"
            << outcome.last_lines << "Again: relais_sim " << to_arguments(plan) << '\n';
  if (!shrinks) return;
  const Plan least = shrink(plan, [](const std::string& step) { std::cout << step << std::endl; });
  std::cout << "Least: relais_sim " << to_arguments(least) << " --trace\n";
}

bool all_reached(const Counts& counts, const std::vector<std::string>& required) {
  bool all = true;
  for (const std::string& what : required) {
    if (counts[what] > 0) continue;
    std::cout << "Never came about: " << what << '\n';
    all = false;
  }
  return all;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Runs one seed; false if it violated something.
bool run_one(std::uint64_t seed, const Options& options, Journal& journal) {
  const Plan plan = plan_for(seed, options);
  const auto begun = std::chrono::steady_clock::now();
  const double cpu_begun = cpu_seconds();
  Listeners listeners;
  if (options.trace) listeners.trace = [](const std::string& line) { std::cout << line << '\n'; };
  listeners.months = [](const std::string& line) { std::cout << line << '\n'; };
  const Outcome outcome = run_simulation(plan, listeners);
  journal.seconds +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  journal.cpu_seconds += cpu_seconds() - cpu_begun;
  journal.device_days += outcome.device_days;
  journal.counts.add(outcome.counts);
  ++journal.runs;
  if (!outcome.violations.empty()) {
    report_failure(plan, outcome, options.shrink);
    return false;
  }
  if (options.hash)
    std::printf("Seed %llu: trace %016llx\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(outcome.trace));
  if (!options.twice) return true;
  if (run_simulation(plan).trace == outcome.trace) return true;
  std::cout << "Seed " << seed << " had another trace when it ran again.\n";
  return false;
}

int run(const Options& options) {
  Journal journal;
  journal.next_seed = options.fresh ? std::random_device()() : options.seed;
  if (!options.journal.empty()) journal.read(options.journal);
  std::cout << "From seed " << journal.next_seed << '\n';
  const auto begun = std::chrono::steady_clock::now();
  const auto goes_on = [&](std::uint64_t done) {
    const double passed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return options.minutes > 0 ? passed < 60 * options.minutes : done < options.seeds;
  };
  bool good = true;
  for (std::uint64_t done = 0; good && goes_on(done); ++done) {
    good = run_one(journal.next_seed++, options, journal);
    if (good && !options.journal.empty()) journal.write(options.journal);
  }
  journal.report();
  if (good && options.must_reach_all) {
    const bool rocksdb = options.store == "rocksdb";
    good = all_reached(journal.counts, rocksdb ? kRequiredOfRocksDb : kRequired);
    if (!rocksdb) good = all_reached(journal.counts, kRequiredOfHostile) && good;
  }
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs villages of devices under seeds, and checks what Relais promises.");
  Options options;
  app.add_option("--seed", options.seed, "The first seed");
  app.add_option("--seeds", options.seeds, "How many, one after the other");
  app.add_option("--minutes", options.minutes, "Seeds for so long, instead of a number");
  app.add_option("--devices", options.devices, "Without it, and so below: as the seed says");
  app.add_option("--days", options.days, "Of work, before all is healed");
  app.add_option("--profile", options.profile, "clinic, zones, courier, evacuation");
  app.add_option("--transactions", options.transactions, "A device and day");
  app.add_option("--newcomers", options.newcomers, "Devices that join in the middle");
  app.add_option("--rest", options.rest, "Devices work and meet on one day of so many")
      ->check(CLI::PositiveNumber);
  app.add_option("--calm", options.calm, "Faults of devices are so many times rarer")
      ->check(CLI::PositiveNumber);
  app.add_option("--store", options.store, "memory, rocksdb")->capture_default_str();
  app.add_option("--faults", options.faults, "Names, with commas; or none");
  app.add_option("--journal", options.journal,
                 "A file that keeps the next seed and all counts: runs go on where they ended");
  app.add_flag("--trace", options.trace, "Print every line of what happens");
  app.add_flag("--shrink", options.shrink, "After a failure, look for the least that still fails");
  app.add_flag("--twice", options.twice, "Run each seed twice, and compare the traces");
  app.add_flag("--hash", options.hash, "Print each seed's trace as one number");
  app.add_flag("--fresh", options.fresh, "Begin at a seed of the moment");
  app.add_flag("--require-all", options.must_reach_all,
               "Fail if a fault, or what should happen sometimes, never came about");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& name : split(options.faults)) {
    const auto known = fault_of(name);
    if (name != "none" && !known) return std::cerr << known.error().message() << '\n', 2;
  }
  if (const auto known = store_of(options.store); !known) {
    return std::cerr << known.error().message() << '\n', 2;
  }
  if (!options.profile.empty()) {
    const auto known = profile_of(options.profile);
    if (!known) return std::cerr << known.error().message() << '\n', 2;
  }
  std::cout.setf(std::ios::unitbuf);
  return run(options);
}
