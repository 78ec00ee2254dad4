#include <gtest/gtest.h>

#include "journey/note.h"
#include "log/packing.h"

namespace relais::journey {
namespace {

// The change is compressed, encrypted and chained to the log before it: block number 1 of our log
// in this compartment. A signature over the head of the log seals it.
TEST(Journey2, OpsBecomeASealedBlock) {
  TwoDevices devices;
  const TwoDevices::Written written = devices.write();
  ASSERT_EQ(written.piece.size(), 1u);
  EXPECT_EQ(written.piece.after().seq, 1u);
  // Compressed, the note hardly has a word of its own: what is compressed is what must not be seen.
  log::Packer packer;
  const BytesView packed = packer.pack(written.change, log::kCurrentDictionary);
  EXPECT_EQ(written.piece.item(0).block.find(packed.substr(1)), BytesView::npos);

  const auto seal = log::verify_seal(written.seal, devices.here().identity.space);
  ASSERT_TRUE(seal) << seal.error().message();
  EXPECT_EQ(seal->log, devices.our_log());
  ASSERT_EQ(seal->header.heads.size(), 1u);
  EXPECT_EQ(seal->header.heads[0].hash, written.piece.after().hash);
}

}  // namespace
}  // namespace relais::journey
