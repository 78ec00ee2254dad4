#include <gtest/gtest.h>

#include "replica/projection/inbound.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

TEST(Waiting, AChangeWhoseContextComesLaterIsAppliedThen) {
  // C's edit depends on A's; D gets C's log first, because the sync is cut between the two.
  TestSpace space;
  space.found("A");
  for (const char* name : {"B", "C", "D"}) ASSERT_TRUE(space.join(name, "A"));
  space.settle();
  for (int i = 0; i < 100; ++i) {
    const std::string writer = i % 2 == 0 ? "B" : "C";
    space.put(writer, "cases/1", "round", std::to_string(i) + "." + std::string(1, '5'));
    // Random, as otherwise a hundred of them would fit one piece.
    const Bytes noise = space.core("A").environment.random.bytes(300);
    space.put(writer, "cases/1", "note", '"' + to_hex(noise) + '"');
    ASSERT_TRUE(space.sync("B", "C").caller);
  }
  std::uint64_t most_waiting = 0;
  for (std::uint64_t cut = 20'000; cut < 200'000; cut += 17'000) {
    const SyncResults results = space.sync("D", "C", cut);
    const auto status = replica::status(replica::Snapshot(space.core("D")));
    ASSERT_TRUE(status);
    most_waiting = std::max(most_waiting, status->waiting);
    if (results.caller) break;
  }
  ASSERT_TRUE(space.sync("D", "C").caller);
  EXPECT_EQ(space.dump("D"), space.dump("C"));
  EXPECT_EQ(replica::status(replica::Snapshot(space.core("D")))->waiting, 0u);
  EXPECT_GT(most_waiting, 0u) << "no cut fell between the two logs: the test shows nothing";
}

TEST(Waiting, AChangeOfASectionThatBelongsElsewhereIsSetAside) {
  TestSpace space;
  space.found("A", {{"cases", "legal", "legal"}});
  ASSERT_TRUE(space.join("B", "A"));
  // A writes a legal field into the default compartment, as a faulty host would.
  replica::Core& core = space.core("A");
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  {
    replica::OwnCommit commit(core);
    const auto self = *commit.next(records);
    document::Draft draft({}, self, {"cases", "1"}, core.next_time().stamp);
    ASSERT_TRUE(draft.set({document::Step(std::string("legal"))}, Value("leaked")));
    ASSERT_TRUE(commit.add(records, document::encode(std::move(draft).finish(), self), true));
    ASSERT_TRUE(commit.finish());
  }
  ASSERT_TRUE(space.sync("B", "A").caller);
  for (const std::string& name : space.names()) {
    EXPECT_EQ(space.json(name, "cases/1"), "There is no such document.") << name;
    EXPECT_EQ(replica::status(replica::Snapshot(space.core(name)))->set_aside, 1u) << name;
  }
}

}  // namespace
}  // namespace relais::testing
