#include <gtest/gtest.h>

#include "tests/reconcile/sample.h"

namespace relais::reconcile {
namespace {

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

TEST(Root, OfACompartmentChangesWithItsId) {
  const Heads heads{{author(1), head(4)}};
  EXPECT_NE(root(some_session(), compartment_id(1), heads),
            root(some_session(), compartment_id(2), heads));
}

TEST(Root, AndTagsAreOfOneSessionOnly) {
  const Inventory inventory = inventory_of(1);
  EXPECT_NE(root(some_session(1), inventory), root(some_session(2), inventory));
  EXPECT_NE(tag(some_session(1), compartment_id(1)), tag(some_session(2), compartment_id(1)));
  EXPECT_NE(tag(some_session(), compartment_id(1)), tag(some_session(), compartment_id(2)));
  EXPECT_NE(root(some_session(1), compartment_id(1), inventory.at(compartment_id(1))),
            root(some_session(2), compartment_id(1), inventory.at(compartment_id(1))));
}

TEST(Root, PassesOverWhatHoldsNothing) {
  Inventory inventory = inventory_of(2);
  const Root before = root(some_session(), inventory);
  inventory[compartment_id(2)];
  inventory[compartment_id(1)].emplace(author(3), log::Head{});
  EXPECT_EQ(root(some_session(), inventory), before);
}

// Computed independently, with another BLAKE2b, from docs/spec/reconcile.md. If this changes, the
// protocol has changed: two versions would never be in sync.
TEST(Root, OfAKnownInventoryStaysWhatItIs) {
  const Inventory inventory{{compartment_id(1), {{author(1), head(4)}, {author(2), head(9)}}},
                            {compartment_id(2), {{author(1), head(1)}}}};
  EXPECT_EQ(to_hex(root(some_session(), inventory).view()), "e32561f5003544aeee80766f16c05311");
  EXPECT_EQ(to_hex(root(some_session(), compartment_id(2), inventory.at(compartment_id(2))).view()),
            "4c1f461880092fd44a4bfd2e33a48984");
  EXPECT_EQ(to_hex(tag(some_session(), compartment_id(1)).view()), "0af965cb536a649a");
}

}  // namespace
}  // namespace relais::reconcile
