#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "relais/relais.h"

namespace relais::testing {

/// Replicas in folders of their own, which go with the test.
class OnDiskReplicas : public ::testing::Test {
 protected:
  OnDiskReplicas() {
    std::string name = (std::filesystem::temp_directory_path() / "relais-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~OnDiskReplicas() override { std::filesystem::remove_all(folder_); }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  Replica found(const std::string& name, const Options& options = {}) const {
    CreateOptions create;
    create.space_name = "Mobile clinic";
    create.device_name = name;
    auto created = Replica::create(at(name), create, options);
    EXPECT_TRUE(created) << created.error().message();
    return std::move(created->replica);
  }

  Replica join(const std::string& name, Replica& inviter, const std::string& address,
               const Options& options = {}) const {
    auto joined = Replica::join(at(name), *inviter.invite(), address, {name}, options);
    EXPECT_TRUE(joined) << joined.error().message();
    return *std::move(joined);
  }

  static DocumentId document(int number) { return {"", "cases", std::to_string(number)}; }

  static std::string lines(int first, int count) {
    std::string all;
    for (int i = first; i < first + count; ++i) {
      all += R"({"collection":"cases","id":")" + std::to_string(i) + R"(","doc":{"n":)" +
             std::to_string(i) + R"(,"note":"seen"}})" + "\n";
    }
    return all;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace relais::testing
