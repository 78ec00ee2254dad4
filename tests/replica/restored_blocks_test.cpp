#include <gtest/gtest.h>

#include "replica/block_decryptor.h"

namespace relais::replica {
namespace {

log::Associated place(std::uint64_t after, bool transaction_end) {
  return {log::Head{after, {}}, {}, transaction_end};
}

TEST(RestoredBlocks, AreFoundAtTheirOwnPlaceAlone) {
  RestoredBlocks restored;
  EXPECT_EQ(restored.find(place(0, true), "block"), nullptr);
  restored.add(place(0, true), "block", "change");
  restored.add(place(1, true), "another block", "another change");
  ASSERT_NE(restored.find(place(0, true), "block"), nullptr);
  EXPECT_EQ(*restored.find(place(0, true), "block"), "change");
  EXPECT_EQ(restored.find(place(1, true), "block"), nullptr);
  EXPECT_EQ(restored.find(place(0, false), "block"), nullptr);
  EXPECT_EQ(restored.find(place(2, true), "block"), nullptr);
  restored.clear();
  EXPECT_EQ(restored.find(place(0, true), "block"), nullptr);
}

}  // namespace
}  // namespace relais::replica
