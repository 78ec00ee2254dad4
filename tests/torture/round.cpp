#include "torture/round.h"

#include <rocksdb/env.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>

#include "store/rocksdb/rocksdb_store.h"

namespace relais::torture {
namespace {

constexpr char kFirst[] = "first life";
constexpr char kSecond[] = "second life";
constexpr unsigned kLongestSeconds = 300;  // a round that hangs has failed
/// Small, so that a few dozen writes fill tables and trigger compaction, or the next opening does.
constexpr std::size_t kMemtableBytes = 192 * 1024, kSmallTables = 2;

class Round;
Round* running = nullptr;

class Round {
 public:
  Round(const RoundPlan& plan, RoundReport& report)
      : plan_(plan),
        report_(report),
        chance_(plan.seed),
        files_(std::make_shared<testing::CrashingFileSystem>(
            plan.world + "/attic", plan.fault, chance_.split("losses"),
            [this](const char* at) { end(RoundReport::End::power_cut, at); })),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  [[noreturn]] void run() {
    live(kFirst);
    if (files_->fault_happened()) {
      note_fault();
      files_->recover();
      if (plan_.reopens) live(kSecond);
    }
    files_->cut_power("between operations");
  }

  /// In the handler of SIGABRT: the process would end here, so the power is cut too.
  [[noreturn]] void aborted() {
    if (files_->fault_happened()) note_fault();
    abort_ = true;
    files_->cut_power("abort");
  }

 private:
  void note_fault() {
    report_.fault_met = true;
    report_.fault_operation = files_->fault_operation();
  }

  [[noreturn]] void end(RoundReport::End how, const char* at) {
    report_.end = abort_ ? RoundReport::End::aborted : how;
    std::strncpy(report_.at, at, sizeof report_.at - 1);
    ::_exit(0);
  }

  void violation(std::uint64_t& kind, const std::string& what) {
    ++kind;
    if (report_.first[0] == 0) std::strncpy(report_.first, what.c_str(), sizeof report_.first - 1);
  }

  void live(const std::string& name) {
    Acknowledged known(plan_.world + "/acknowledged");
    auto work = open(known, chance_.split(name));
    if (!work) {
      const ErrorCode code = work.error().code();
      const bool of_the_disk = code == ErrorCode::disk_full || code == ErrorCode::store_failed;
      const bool expected = name == kFirst && files_->fault_happened();
      ++report_.open_refused;
      if (!expected || !of_the_disk) {
        violation(report_.problems, name + ", can't be opened: " + std::string(to_string(code)) +
                                        ": " + work.error().message());
      }
      return;
    }
    ++report_.opened;
    take((*work)->check(), name);
    if (report_.violated()) files_->cut_power("violation");
    write(**work, name);
  }

  Result<std::unique_ptr<Work>> open(Acknowledged& known, const testing::Chance& chance) {
    store::RocksDbOptions options;
    options.memtable_bytes = kMemtableBytes;
    options.small_tables = kSmallTables;
    options.env = env_.get();
    const auto open_store = [&](bool make) {
      return store::open_rocksdb(plan_.world + "/store",
                                 make ? store::OpenMode::create : store::OpenMode::existing,
                                 options);
    };
    auto store = open_or_make(open_store, known);
    if (!store) return std::move(store).error();
    if (plan_.kind == Kind::engine) {
      return work_with_engine(std::move(*store), known, chance, plan_.control);
    }
    return work_on_store(std::move(*store), known, chance, plan_.control);
  }

  void write(Work& work, const std::string& name) {
    for (std::uint64_t step = 0; step < plan_.steps; ++step) {
      const Status done = work.step();
      if (done) {
        ++report_.steps;
        continue;
      }
      const ErrorCode code = done.error().code();
      const bool of_the_disk = code == ErrorCode::disk_full || code == ErrorCode::store_failed;
      if (!files_->fault_happened() || !of_the_disk || name != kFirst) {
        violation(report_.problems, name + ", a write fails: " + std::string(to_string(code)) +
                                        ": " + done.error().message());
      }
      expect_stopped(work, name);
      return;
    }
  }

  /// Expects that nothing more is written, whatever the disk does.
  void expect_stopped(Work& work, const std::string& name) {
    files_->recover();
    for (int i = 0; i < 3; ++i) {
      if (!work.write()) continue;
      return violation(report_.problems, name + ", a write succeeds after one that failed");
    }
    ++report_.stopped;
  }

  void take(const Findings& found, const std::string& name) {
    report_.lost_writes += found.lost_writes;
    report_.lost_places += found.lost_places;
    report_.reused_places += found.reused_places;
    std::uint64_t none = 0;
    if (found.any()) violation(none, name + ": " + found.first);
    report_.problems += found.problems;
  }

  const RoundPlan& plan_;
  RoundReport& report_;
  testing::Chance chance_;
  std::shared_ptr<testing::CrashingFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
  bool abort_ = false;
};

void on_abort(int) { running->aborted(); }

}  // namespace

void run_round(const RoundPlan& plan, RoundReport& report) {
  ::alarm(kLongestSeconds);
  // Files removed in an earlier round are gone for good.
  std::filesystem::remove_all(plan.world + "/attic");
  std::filesystem::create_directories(plan.world + "/attic");
  auto* round = new Round(plan, report);  // the process ends, and it never does
  running = round;
  ::signal(SIGABRT, on_abort);
  round->run();
}

}  // namespace relais::torture
