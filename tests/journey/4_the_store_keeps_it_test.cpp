#include <gtest/gtest.h>

#include "journey/note.h"
#include "store/tables/document_record.h"

namespace relais::journey {
namespace {

// One atomic commit: the block, the log's new head, and a line that files the change under its
// document. When the write returns, the power may go.
TEST(Journey4, TheStoreKeepsIt) {
  Tablets tablets;
  tablets.type_it();
  const store::LogRow* row = tablets.here().logs.find(tablets.our_log());
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->opened, row->head.seq);

  const Bytes key =
      store::document_key(*tablets.here().logs.compartment_no(tablets.records()), kPatient);
  const auto record = replica::Documents::record(*tablets.here().store, key);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->tail.size(), 1u);
  EXPECT_EQ(record->tail[0], (store::LocalPosition{row->no, row->head.seq}));

  tablets.ward.crash("here");
  EXPECT_EQ(tablets.ward.json("here", "patients/patient-4711"), R"({"allergies":["penicillin"]})");
}

}  // namespace
}  // namespace relais::journey
