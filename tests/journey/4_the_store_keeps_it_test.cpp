#include <gtest/gtest.h>

#include "journey/note.h"
#include "store/tables/document_record.h"

namespace relais::journey {
namespace {

// One atomic commit: the block, the new head of the log, and a row that assigns the change to its
// document. Once the write has returned, it survives a power cut.
TEST(Journey4, TheStoreKeepsIt) {
  TwoDevices devices;
  devices.write_through_engine();
  const store::LogRow* row = devices.here().logs.find(devices.our_log());
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->opened, row->head.seq);

  const Bytes key =
      store::document_key(*devices.here().logs.compartment_no(devices.records()), kPatient);
  const auto record = replica::Documents::record(*devices.here().store, key);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->tail.size(), 1u);
  EXPECT_EQ(record->tail[0], (store::LocalPosition{row->no, row->head.seq}));

  devices.space.crash("here");
  EXPECT_EQ(devices.space.json("here", "patients/patient-4711"), R"({"allergies":["penicillin"]})");
}

}  // namespace
}  // namespace relais::journey
