// A process that writes until the power goes: checks the store against what was acknowledged
// before, says what it found in a line of JSON, then writes for ever and notes what is
// acknowledged.
//     relais_power_writer KIND FOLDER ACKNOWLEDGED SEED [--control NAME] [--check-only]
// KIND is `store` or `engine`. ACKNOWLEDGED is a file on another disk. Exit codes: 1, something is
// lost or wrong; 3, the disk doesn't take writes any more; 2, called wrongly.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/try.h"
#include "crypto/crypto.h"
#include "store/rocksdb/rocksdb_store.h"
#include "torture/work.h"

namespace relais::torture {
namespace {

constexpr std::size_t kMemtableBytes = 192 * 1024;

struct Options {
  std::string kind, folder, acknowledged, control;
  std::uint64_t seed = 0;
  bool check_only = false;
};

void say(const nlohmann::ordered_json& line) {
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

Result<std::unique_ptr<Work>> open(const Options& options, Acknowledged& known, Control control) {
  store::RocksDbOptions rocksdb;
  rocksdb.memtable_bytes = kMemtableBytes;
  RELAIS_ASSIGN(auto store, open_or_make(
                                [&](bool make) {
                                  return store::open_rocksdb(
                                      options.folder,
                                      make ? store::OpenMode::create : store::OpenMode::existing,
                                      rocksdb);
                                },
                                known));
  const testing::Chance chance(options.seed);
  if (options.kind == "store") return work_on_store(std::move(store), known, chance, control);
  return work_with_engine(std::move(store), known, chance, control);
}

int write_until_the_end(const Options& options, Control control) {
  Acknowledged known(options.acknowledged);
  auto work = open(options, known, control);
  if (!work) {
    say({{"event", "not opened"},
         {"error", to_string(work.error().code())},
         {"message", work.error().message()}});
    return 1;
  }
  const Findings found = (*work)->check();
  say({{"event", "checked"},
       {"lost_writes", found.lost_writes},
       {"lost_places", found.lost_places},
       {"reused_places", found.reused_places},
       {"problems", found.problems},
       {"first", found.first},
       {"documents", known.docs().size()},
       {"places", known.heads().size()}});
  if (found.any()) return 1;
  while (!options.check_only) {
    if (!(*work)->step()) return 3;
  }
  return 0;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Writes until the power goes");
  app.add_option("KIND", options.kind)->required()->check(CLI::IsMember({"store", "engine"}));
  app.add_option("FOLDER", options.folder)->required();
  app.add_option("ACKNOWLEDGED", options.acknowledged)->required();
  app.add_option("SEED", options.seed)->required();
  app.add_option("--control", options.control);
  app.add_flag("--check-only", options.check_only);
  CLI11_PARSE(app, argc, argv);
  const auto control = parse_control(options.control);
  if (!control) return std::fprintf(stderr, "no such control\n"), 2;
  crypto::initialise();
  return write_until_the_end(options, *control);
}

}  // namespace
}  // namespace relais::torture

int main(int argc, char** argv) { return relais::torture::run(argc, argv); }
