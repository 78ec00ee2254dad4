#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "model/generator.h"
#include "model/recorded.h"
#include "support/command.h"

namespace relais::model {
namespace {

const std::string kModel = RELAIS_SHARED_DIR "/model/document";

/// RELAIS_MODEL_HISTORIES=100000 compares more of them, RELAIS_MODEL_SCRIPTS likewise of our
/// own; RELAIS_MODEL_SEED, others.
using relais::test::from_environment;

bool is_missing() { return !std::filesystem::exists(kModel + "/model.py"); }

/// Compares everything that dump.py writes with these arguments; returns the number of histories.
int compare(const std::string& arguments) {
  relais::test::Command dump(std::string(RELAIS_PYTHON) +
                             " -B " RELAIS_SOURCE_DIR "/tests/model/dump.py " + kModel + " " +
                             arguments);
  int compared = 0;
  while (dump.next()) {
    const std::string difference = model::difference(parse(dump.line()));
    if (!difference.empty()) {
      ADD_FAILURE() << difference << '\n' << dump.line();
      return -1;
    }
    ++compared;
  }
  return compared;
}

constexpr const char* kMissing = "The executable model isn't there: nothing is compared with it.";

TEST(Model, WritesAndReadsEveryHistoryAsTheExecutableModelDoes) {
  if (is_missing()) GTEST_SKIP() << kMissing;
  const std::string count = from_environment("RELAIS_MODEL_HISTORIES", "1000");
  const int compared = compare(count + " " + from_environment("RELAIS_MODEL_SEED", "1"));
  EXPECT_EQ(std::to_string(compared), count);
}

TEST(Model, PlaysItsOwnScriptsAsTheExecutableModelDoes) {
  if (is_missing()) GTEST_SKIP() << kMissing;
  const auto count = std::stoull(from_environment("RELAIS_MODEL_SCRIPTS", "300"));
  const auto first = std::stoull(from_environment("RELAIS_MODEL_SEED", "1")) * 1'000'000;
  const auto file = std::filesystem::path(::testing::TempDir()) / "relais_model_scripts.jsonl";
  std::unique_ptr<FILE, int (*)(FILE*)> out(fopen(file.c_str(), "w"), fclose);
  ASSERT_NE(out, nullptr);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Script script = script_for(seed);
    fputs(line_of(script.setting, script.deeds).c_str(), out.get());
  }
  out.reset();
  EXPECT_EQ(compare("--scripts " + file.string()), static_cast<int>(count));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace relais::model
