#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "model/recorded.h"

namespace relais::model {
namespace {

const std::string kModel = std::string(RELAIS_SHARED_DIR) + "/model/document";
constexpr int kHistories = 2000;

struct Pipe {
  explicit Pipe(const std::string& command) : file(popen(command.c_str(), "r")) {}
  ~Pipe() {
    if (file != nullptr) pclose(file);
    std::free(line);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool next() { return file != nullptr && getline(&line, &size, file) > 0; }

  FILE* file;
  char* line = nullptr;
  std::size_t size = 0;
};

/// RELAIS_MODEL_HISTORIES=100000 compares more of them; RELAIS_MODEL_SEED, others.
std::string from_environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

TEST(Model, WritesAndReadsEveryHistoryAsTheExecutableModelDoes) {
  if (!std::filesystem::exists(kModel + "/model.py")) {
    GTEST_SKIP() << "The executable model isn't there: nothing is compared with it.";
  }
  const std::string count = from_environment("RELAIS_MODEL_HISTORIES", std::to_string(kHistories));
  Pipe dump(std::string(RELAIS_PYTHON) + " -B " RELAIS_SOURCE_DIR "/tests/model/dump.py " + kModel +
            " " + count + " " + from_environment("RELAIS_MODEL_SEED", "1"));
  int compared = 0;
  while (dump.next()) {
    const std::string difference = model::difference(parse(dump.line));
    ASSERT_TRUE(difference.empty()) << difference << dump.line;
    ++compared;
  }
  EXPECT_EQ(std::to_string(compared), count);
}

}  // namespace
}  // namespace relais::model
