#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "document/json/json.h"
#include "replica/projection/work.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/test_writers.h"

namespace relais::testing {

/// The by-content changes of the line parsed last, made some milliseconds after a moment.
inline std::vector<Bytes> imported(document::Importer& importer, const CompartmentId& compartment,
                                   std::uint64_t ms = 0) {
  std::vector<Bytes> parts;
  const document::Stamp stamp{(std::uint64_t{1'760'000'000'000} + ms) << 16};
  EXPECT_TRUE(importer.encode(
      compartment, stamp, {}, [](std::string_view) { return true; }, [] { return TransactionId{}; },
      parts));
  return parts;
}

/// A space of an owner and two replicas, R and S, which get the same logs in different orders.
struct ProjectionTest : ::testing::Test {
  using Cites = std::vector<std::pair<std::size_t, std::uint64_t>>;  ///< writer, seq

  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("R", "A"));
    ASSERT_TRUE(space.join("S", "A"));
  }

  TestWriters& writers(std::size_t count = 4, const std::string& device = "A") {
    if (!writers_) writers_.emplace(space, device, count);
    return *writers_;
  }

  document::Address address(const std::string& id = "1") const { return {"cases", id}; }
  Bytes key(const std::string& device, const std::string& id = "1") {
    const replica::Core& core = space.core(device);
    const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
    return store::document_key(*core.logs.compartment_no(records), address(id));
  }
  store::DocumentRecord record(const std::string& device, const std::string& id = "1") {
    return replica::Documents::record(*space.core(device).store, key(device, id)).value();
  }

  /// A change by a writer that sets a field and cites those places.
  document::Change change(std::size_t writer, const std::string& value, const Cites& cites = {},
                          const std::string& id = "1", const std::string& field = "note") {
    document::Change made;
    made.address = address(id);
    made.stamp = {stamp_ += 1 << 16};
    made.ops.push_back({{document::Step(field)}, document::op::Set{Value(value), {}}});
    for (const auto& [other, seq] : cites) {
      made.cites.cited.push_back({writers().author(other), seq, writers().prefix(other, seq)});
    }
    std::sort(made.cites.cited.begin(), made.cites.cited.end(),
              [](const auto& a, const auto& b) { return a.author < b.author; });
    made.cites.own_before = own_last_[{writer, id}];
    return made;
  }
  void write(std::size_t writer, const document::Change& made, bool transaction_end = true) {
    own_last_[{writer, made.address.id}] = writers().last(writer) + 1;
    writers().write(writer, made, transaction_end);
  }
  void write(std::size_t writer, const std::string& value, const Cites& cites = {},
             const std::string& id = "1", const std::string& field = "note") {
    write(writer, change(writer, value, cites, id, field));
  }

  void bring(std::size_t writer, const std::string& to, std::uint64_t last = 0) {
    writers().bring(writer, last == 0 ? writers().last(writer) : last, to);
  }
  void prove_fork(const std::string& device, std::size_t writer) {
    replica::Core& core = space.core(device);
    store::Commit commit(core.logs);
    commit.add_fork(core.logs.find(writers().log(writer))->no, writers().fork_proof(writer));
    ASSERT_TRUE(core.commit(commit, store::Durability::synced, {}));
    ASSERT_TRUE(replica::judge_positions_again(core));
  }
  StatusReport status(const std::string& device) {
    return replica::status(replica::Snapshot(space.core(device))).value();
  }
  std::string dump(const std::string& device) { return projection_dump(space.core(device)); }
  std::string json(const std::string& device, const std::string& id = "1") {
    return space.json(device, "cases/" + id);
  }
  std::string aside(const std::string& device, std::size_t writer, std::uint64_t seq) {
    replica::Core& core = space.core(device);
    const store::LogRow* row = core.logs.find(writers().log(writer));
    const auto found =
        core.store->get(store::Family::index, store::set_aside_key(row->no, seq)).value();
    if (!found) return "not set aside";
    switch (static_cast<store::SetAside>(found->front() & 0x7f)) {
      case store::SetAside::misfiled: return "misfiled";
      case store::SetAside::unreadable: return "unreadable";
      case store::SetAside::locked: return "locked";
      case store::SetAside::invalid: return "invalid";
      case store::SetAside::over_limit: return "over a limit";
      case store::SetAside::too_much: return "too much";
      case store::SetAside::is_protected: return "protected";
    }
    return "?";
  }
  /// Expects that both replicas hold the same, and that a rebuild gives the same.
  void expect_same() {
    EXPECT_EQ(dump("R"), dump("S"));
    const std::string before = dump("R");
    for (const char* device : {"R", "S"}) {
      ASSERT_TRUE(replica::rebuild_all(space.core(device)));
      EXPECT_EQ(dump(device), before) << device;
    }
  }

  TestSpace space;
  std::map<std::pair<std::size_t, std::string>, std::uint64_t> own_last_;

 private:
  std::optional<TestWriters> writers_;
  std::uint64_t stamp_ = std::uint64_t{1'760'000'000'000} << 16;
};

}  // namespace relais::testing
