// Crashes a store repeatedly on a file system that loses what was not synced, and checks each time
// that everything acknowledged is there: crash_points --help. Prints a line of JSON about every
// second, and one at the end.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "crypto/crypto.h"
#include "torture/round.h"

namespace relais::torture {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kRoundsPerWorld = 25;
constexpr std::uint64_t kSteps = 100;  // more than most faults need
constexpr double kSecondsPerLine = 5;

struct Options {
  std::uint64_t rounds = 1000;
  std::uint64_t seed = 0;
  std::string control;
  std::string folder;
  bool manifest_lies = false;
};

/// Totals of all rounds.
struct Totals {
  std::uint64_t rounds = 0, crash_points = 0, opened = 0, open_refused = 0, stopped = 0;
  std::uint64_t acknowledged_steps = 0, aborts = 0, aborts_of_ours = 0, died = 0;
  std::uint64_t lost_writes = 0, lost_places = 0, reused_places = 0, problems = 0, violations = 0;
  std::map<std::string, std::uint64_t> cuts, errors;
};

class Torture {
 public:
  Torture(const Options& options, Control control)
      : options_(options), control_(control), chance_(options.seed), begun_(Steady::now()) {
    void* shared = ::mmap(nullptr, sizeof(RoundReport), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    RELAIS_CHECK(shared != MAP_FAILED);
    report_ = new (shared) RoundReport;
  }

  bool run() {
    Steady::time_point said = begun_;
    new_world();
    while (totals_.rounds < options_.rounds) {
      if (in_world_ == kRoundsPerWorld) new_world();
      one_round();
      if (std::chrono::duration<double>(Steady::now() - said).count() < kSecondsPerLine) continue;
      said = Steady::now();
      say("progress");
    }
    say("done");
    drop_world();
    return totals_.violations == 0;
  }

 private:
  void drop_world() {
    if (!world_.empty()) fs::remove_all(world_);
    world_.clear();
  }

  void new_world() {
    drop_world();
    world_ = options_.folder + "/world-" + std::to_string(worlds_++);
    fs::remove_all(world_);
    fs::create_directories(world_);
    kind_ = chance_.one_in(3) ? Kind::store : Kind::engine;
    in_world_ = 0;
  }

  RoundPlan plan() {
    RoundPlan plan;
    plan.world = world_;
    plan.kind = kind_;
    plan.control = control_;
    plan.seed = chance_.next();
    static const std::vector<std::uint64_t> kSpans{15, 40, 80, 160};
    plan.fault.at = 1 + chance_.below(chance_.pick(kSpans));
    // Controls are about losses, which need power cuts.
    if (control_ == Control::none && !chance_.one_in(3)) {
      plan.fault.fault = static_cast<Fault>(chance_.below(testing::kFaults));
    }
    plan.fault.lasts = chance_.one_in(2);
    plan.fault.manifest_lies = options_.manifest_lies;
    plan.steps = chance_.one_in(10) ? chance_.below(10) : kSteps;
    plan.reopens = chance_.one_in(2);
    return plan;
  }

  void one_round() {
    const RoundPlan plan = this->plan();
    new (report_) RoundReport;
    const pid_t child = ::fork();
    RELAIS_CHECK(child >= 0);
    if (child == 0) {
      const int err = ::open((plan.world + "/stderr").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
      ::dup2(err, STDERR_FILENO);
      run_round(plan, *report_);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ++totals_.rounds;
    ++in_world_;
    count(plan, status);
  }

  std::string said_by_round() const {
    std::ifstream in(world_ + "/stderr");
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return text.substr(0, 300);
  }

  void count(const RoundPlan& plan, int status) {
    const RoundReport& report = *report_;
    totals_.opened += report.opened;
    totals_.open_refused += report.open_refused;
    totals_.stopped += report.stopped;
    totals_.acknowledged_steps += report.steps;
    totals_.lost_writes += report.lost_writes;
    totals_.lost_places += report.lost_places;
    totals_.reused_places += report.reused_places;
    totals_.problems += report.problems;
    std::string wrong = report.violated() ? report.first : "";
    if (report.end != RoundReport::End::unknown) {
      ++totals_.crash_points;
      ++totals_.cuts[report.at];
    } else {
      ++totals_.died;
      wrong = "the process ended with status " + std::to_string(status);
    }
    if (report.fault_met) {
      ++totals_.errors[std::string(kFaultNames[static_cast<std::size_t>(plan.fault.fault)]) + " " +
                       kOperationNames[static_cast<std::size_t>(report.fault_operation)]];
    }
    if (report.end == RoundReport::End::aborted) {
      // RocksDB may abort after an error; our code may not, and RocksDB not without one.
      ++totals_.aborts;
      const std::string text = said_by_round();
      if (!report.fault_met || text.find("relais: check failed") != std::string::npos) {
        wrong = "aborted: " + text;
      }
      abort_texts_[text.substr(0, 160)]++;
    }
    if (!wrong.empty()) violation(plan, wrong);
  }

  void violation(const RoundPlan& plan, const std::string& what) {
    ++totals_.violations;
    Json line{{"event", "violation"},
              {"what", what},
              {"seed", options_.seed},
              {"world", worlds_ - 1},
              {"kind", plan.kind == Kind::store ? "store" : "engine"},
              {"round", in_world_},
              {"round_seed", plan.seed},
              {"fault", kFaultNames[static_cast<std::size_t>(plan.fault.fault)]},
              {"at", plan.fault.at},
              {"lasts", plan.fault.lasts},
              {"rounds_before", totals_.rounds}};
    if (control_ == Control::none) {
      line["kept"] = world_;
      world_.clear();  // kept for inspection
    }
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
    new_world();
  }

  void say(const char* event) {
    const double seconds = std::chrono::duration<double>(Steady::now() - begun_).count();
    Json line{{"event", event},
              {"seed", options_.seed},
              {"control", options_.control},
              {"rounds", totals_.rounds},
              {"crash_points", totals_.crash_points},
              {"power_cuts_at", totals_.cuts},
              {"errors_given", totals_.errors},
              {"aborts", totals_.aborts},
              {"worlds", worlds_},
              {"opened_and_checked", totals_.opened},
              {"open_refused_under_error", totals_.open_refused},
              {"stopped_after_error", totals_.stopped},
              {"acknowledged_steps", totals_.acknowledged_steps},
              {"lost_writes", totals_.lost_writes},
              {"lost_places", totals_.lost_places},
              {"reused_places", totals_.reused_places},
              {"problems", totals_.problems},
              {"violations", totals_.violations},
              {"seconds", seconds},
              {"crash_points_per_second", static_cast<double>(totals_.crash_points) / seconds}};
    if (!abort_texts_.empty()) line["abort_texts"] = abort_texts_;
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }

  const Options& options_;
  const Control control_;
  testing::Chance chance_;
  const Steady::time_point begun_;
  RoundReport* report_;
  Totals totals_;
  std::map<std::string, std::uint64_t> abort_texts_;
  std::string world_;
  Kind kind_ = Kind::engine;
  std::uint64_t worlds_ = 0;
  std::uint64_t in_world_ = 0;
};

int run(int argc, char** argv) {
  Options options;
  options.folder =
      fs::temp_directory_path().string() + "/relais-crash-points-" + std::to_string(::getpid());
  options.seed = static_cast<std::uint64_t>(Steady::now().time_since_epoch().count());
  CLI::App app("Crashes a store on a file system that loses what wasn't synced");
  app.add_option("--rounds", options.rounds, "Processes, each with a crash")->capture_default_str();
  app.add_option("--seed", options.seed, "The same plan of faults; not the same run");
  app.add_option("--control", options.control, "Plant a fault: no-sync or early-ack");
  app.add_option("--folder", options.folder, "Where the stores are made");
  app.add_flag(
      "--manifest-lies", options.manifest_lies,
      "Zeros or noise in a MANIFEST's lost tail too: RocksDB 7.8 can't open some of these");
  CLI11_PARSE(app, argc, argv);
  const auto control = parse_control(options.control);
  if (!control) return std::fprintf(stderr, "no such control\n"), 2;
  crypto::initialise();
  const bool well = Torture(options, *control).run();
  std::error_code ignored;
  fs::remove(options.folder, ignored);  // unless a world is kept there
  return well ? 0 : 1;
}

}  // namespace
}  // namespace relais::torture

int main(int argc, char** argv) { return relais::torture::run(argc, argv); }
