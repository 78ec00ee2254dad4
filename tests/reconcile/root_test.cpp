#include <gtest/gtest.h>

#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

Root whole_root(const SessionKey& session, const CompartmentId& compartment, const Heads& heads) {
  return range_root(session, compartment, heads, 0, 0);
}

TEST(Root, IsTheSameForTheSameHeads) {
  const Inventory here{{compartment_id(1), {{author(1), head(4)}, {author(2), head(9)}}}};
  const Inventory there{{compartment_id(1), {{author(2), head(9)}, {author(1), head(4)}}}};
  EXPECT_EQ(root(some_session(), here), root(some_session(), there));
}

TEST(Root, ChangesWithEachPartOfAHead) {
  const Root base = root(some_session(), {{compartment_id(1), {{author(1), head(4, 7)}}}});
  EXPECT_NE(base, root(some_session(), {{compartment_id(1), {{author(1), head(5, 7)}}}}));
  EXPECT_NE(base, root(some_session(), {{compartment_id(1), {{author(1), head(4, 8)}}}}));
  EXPECT_NE(base, root(some_session(), {{compartment_id(1), {{author(2), head(4, 7)}}}}));
  EXPECT_NE(base, root(some_session(), {{compartment_id(2), {{author(1), head(4, 7)}}}}));
}

TEST(Root, OfARangeChangesWithItsCompartmentAndEachPartOfAHead) {
  const auto of = [](std::uint32_t compartment, std::uint32_t by, const log::Head& at) {
    return whole_root(some_session(), compartment_id(compartment), {{author(by), at}});
  };
  const Root base = of(1, 1, head(4, 7));
  EXPECT_NE(base, of(2, 1, head(4, 7)));
  EXPECT_NE(base, of(1, 2, head(4, 7)));
  EXPECT_NE(base, of(1, 1, head(5, 7)));
  EXPECT_NE(base, of(1, 1, head(4, 8)));
}

TEST(Root, OfARangeChangesOnlyWithItsOwnLogs) {
  const SessionKey session = some_session();
  Heads heads = heads_of(200);
  const auto roots = [&] {
    std::vector<Root> all;
    for (std::uint16_t range = 0; range < 16; ++range) {
      all.push_back(range_root(session, compartment_id(1), heads, 4, range));
    }
    return all;
  };
  const std::vector<Root> before = roots();
  const AuthorId changed = spread_author(77);
  heads[changed] = head(2);
  const std::vector<Root> after = roots();
  for (std::size_t range = 0; range < 16; ++range) {
    EXPECT_EQ(before[range] != after[range], range == changed.data()[0] >> 4) << range;
  }
}

TEST(Root, AndTagsAreOfOneSessionOnly) {
  const Inventory inventory = inventory_of(1);
  const Heads& heads = inventory.at(compartment_id(1));
  const Checkpoint both = checkpoint({}, inventory);
  EXPECT_NE(root(some_session(1), inventory), root(some_session(2), inventory));
  EXPECT_NE(tag(some_session(1), compartment_id(1)), tag(some_session(2), compartment_id(1)));
  EXPECT_NE(tag(some_session(), compartment_id(1)), tag(some_session(), compartment_id(2)));
  EXPECT_NE(whole_root(some_session(1), compartment_id(1), heads),
            whole_root(some_session(2), compartment_id(1), heads));
  EXPECT_NE(head_tag(some_session(1), head(4)), head_tag(some_session(2), head(4)));
  EXPECT_NE(tag(some_session(1), both), tag(some_session(2), both));
}

TEST(Root, PassesOverWhatHoldsNothing) {
  Inventory inventory = inventory_of(2);
  const Root before = root(some_session(), inventory);
  const Root of_range = whole_root(some_session(), compartment_id(1), inventory[compartment_id(1)]);
  const Checkpoint both = checkpoint(inventory, inventory);
  inventory[compartment_id(2)];
  inventory[compartment_id(1)].emplace(author(3), log::Head{});
  EXPECT_EQ(root(some_session(), inventory), before);
  EXPECT_EQ(whole_root(some_session(), compartment_id(1), inventory[compartment_id(1)]), of_range);
  EXPECT_EQ(checkpoint(inventory, inventory), both);
}

TEST(Root, OfNoLogAtAllHasATagOfZeros) {
  EXPECT_EQ(head_tag(some_session(), {0, numbered<crypto::Hash>(5)}), wire::HeadTag{});
  EXPECT_NE(head_tag(some_session(), head(1)), wire::HeadTag{});
}

TEST(Root, OfACheckpointTellsControlFromData) {
  const Inventory one = inventory_of(1);
  const Inventory other = inventory_of(2);
  EXPECT_EQ(checkpoint(one, other), checkpoint(one, other));
  EXPECT_NE(checkpoint(one, other), checkpoint(other, one));
  EXPECT_NE(checkpoint(one, {}), checkpoint({}, one));
  EXPECT_NE(checkpoint({{compartment_id(1), {{author(1), head(1)}}}},
                       {{compartment_id(2), {{author(1), head(1)}}}}),
            checkpoint({{compartment_id(1), {{author(1), head(1)}}},
                        {compartment_id(2), {{author(1), head(1)}}}},
                       {}));
}

// Computed independently, with another BLAKE2b, from docs/spec/reconcile.md. If this changes, the
// protocol has changed: two versions would never be in sync.
TEST(Root, OfAKnownInventoryStaysWhatItIs) {
  const SessionKey session = some_session();
  const Inventory inventory{{compartment_id(1), {{author(1), head(4)}, {author(2), head(9)}}},
                            {compartment_id(2), {{author(1), head(1)}}}};
  EXPECT_EQ(to_hex(root(session, inventory).view()), "e32561f5003544ae");
  EXPECT_EQ(to_hex(tag(session, compartment_id(1)).view()), "0af965cb536a649a");
  EXPECT_EQ(to_hex(head_tag(session, head(9)).view()), "0fbcb6ea871a3636");
  const Checkpoint both = checkpoint({{compartment_id(3), {{author(1), head(2)}}}}, inventory);
  EXPECT_EQ(to_hex(both.view()), "d27f539a8c74366d9a31758eb3ee987c");
  EXPECT_EQ(to_hex(tag(session, both).view()), "3cb619d1e1238564");
}

// Computed likewise.
TEST(Root, OfAKnownRangeStaysWhatItIs) {
  const SessionKey session = some_session();
  Heads heads{{author(1), head(1)}};
  EXPECT_EQ(to_hex(whole_root(session, compartment_id(2), heads).view()), "aedad7b84db875ec");
  heads.clear();
  for (std::uint32_t i = 1; i <= 8; ++i) heads.emplace(spread_author(i), head(i));
  const char* const expected[] = {"22031b648b2c8385", "11837a61a1fc61ed", "07c5f5b53f402d16",
                                  "8692b4bdb61c854b"};
  for (std::uint16_t range = 0; range < 4; ++range) {
    EXPECT_EQ(to_hex(range_root(session, compartment_id(2), heads, 2, range).view()),
              expected[range]);
  }
}

}  // namespace
}  // namespace relais::reconcile
