#include "support/golden.h"

#include <gtest/gtest.h>

#include "reconcile/inventory.h"

namespace relais::reconcile {
namespace {

template <class Id>
Id filled(char byte) {
  return *Id::from(Bytes(Id::kSize, byte));
}

TEST(GoldenReconcile, RootsAreMadeAsInVersion1) {
  testing::Golden golden("roots.txt");
  const SessionKey session = session_key(filled<crypto::Hash>(1));
  const auto compartment = filled<CompartmentId>(4);
  const log::Head head{300, filled<crypto::Hash>(3)};
  const Heads heads{{filled<AuthorId>(2), head}};
  const Checkpoint both = checkpoint({{filled<CompartmentId>(5), heads}}, {{compartment, heads}});
  golden.expect("compartment_root", Bytes(compartment_root(heads).view()));
  golden.expect("range_root", Bytes(range_root(session, compartment, heads, 0, 0).view()));
  golden.expect("empty_range_root", Bytes(range_root(session, compartment, heads, 8, 1).view()));
  golden.expect("inventory_root", Bytes(root(session, {{compartment, heads}}).view()));
  golden.expect("tag", Bytes(tag(session, compartment).view()));
  golden.expect("head_tag", Bytes(head_tag(session, head).view()));
  golden.expect("checkpoint", Bytes(both.view()));
  golden.expect("checkpoint_tag", Bytes(tag(session, both).view()));
  golden.expect("forked_hash", Bytes(of_forked_log(head).hash.view()));
  EXPECT_EQ(of_forked_log(head).seq, head.seq);
}

}  // namespace
}  // namespace relais::reconcile
