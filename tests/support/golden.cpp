#include "support/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace relais::testing {

Golden::Golden(const std::string& file)
    : path_(std::string(RELAIS_SOURCE_DIR "/tests/golden/v1/") + file) {
  const char* mode = std::getenv("RELAIS_GOLDEN");
  writing_ = mode != nullptr && std::string_view(mode) == "write";
  std::ifstream in(path_);
  EXPECT_TRUE(in || writing_) << path_ << " is missing";
  for (std::string name, hex; in >> name >> hex;) {
    const auto bytes = from_hex(hex);
    EXPECT_TRUE(bytes) << path_ << ": " << name << " isn't hexadecimal";
    lines_[name] = bytes.value_or("");
  }
}

Golden::~Golden() {
  if (!grown_) return;
  std::ofstream out(path_);
  for (const auto& [name, bytes] : lines_) out << name << ' ' << to_hex(bytes) << '\n';
}

Bytes Golden::bytes(const std::string& name) {
  const auto line = lines_.find(name);
  EXPECT_NE(line, lines_.end()) << path_ << " has no " << name;
  return line == lines_.end() ? Bytes() : line->second;
}

void Golden::add(const std::string& name, const Bytes& made) {
  if (writing_ && lines_.emplace(name, made).second) grown_ = true;
}

Bytes Golden::expect(const std::string& name, const Bytes& made) {
  add(name, made);
  const Bytes there = bytes(name);
  EXPECT_EQ(to_hex(made), to_hex(there)) << name << " isn't made as it was in version 1";
  return there;
}

}  // namespace relais::testing
