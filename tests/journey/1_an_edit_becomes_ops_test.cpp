#include <gtest/gtest.h>

#include "journey/note.h"

namespace relais::journey {
namespace {

// A nurse adds an allergy. Her edit becomes one op on one path, in a change that names its
// document, the time, and what its author had seen of the document (here: nothing).
TEST(Journey1, AnEditBecomesOps) {
  TwoDevices devices;
  const document::Change change = devices.change();
  EXPECT_EQ(change.address, kPatient);
  EXPECT_TRUE(change.context.entries().empty());
  ASSERT_EQ(change.ops.size(), 1u);
  const auto* add = std::get_if<document::op::Add>(&change.ops[0].what);
  ASSERT_NE(add, nullptr);
  EXPECT_EQ(add->value, Value(kAllergy));

  const Bytes bytes = document::encode(change, devices.place());
  EXPECT_LT(bytes.size(), 64u);
  const auto decoded = document::decode_change(bytes, devices.place());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(document::encode(*decoded, devices.place()), bytes);
}

}  // namespace
}  // namespace relais::journey
