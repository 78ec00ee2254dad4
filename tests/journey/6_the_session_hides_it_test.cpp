#include <gtest/gtest.h>

#include "journey/note.h"

namespace relais::journey {
namespace {

/// The note's block, as it is encrypted for the readers of its compartment.
Bytes sealed_block(TwoDevices& devices) {
  const replica::Core& core = devices.here();
  const Bytes key = store::block_key(core.logs.find(devices.our_log())->no, 1);
  return store::decode_block(*core.store->get(store::Family::log, key).value()).value().block;
}

// The block travels inside an encrypted session between two authenticated devices. An outsider can
// read neither the note, nor whose it is, nor the keys of the devices.
TEST(Journey6, TheSessionHidesIt) {
  TwoDevices devices;
  devices.write_through_engine();
  const testing::SyncResults results = devices.space.sync("here", "there");
  ASSERT_TRUE(results.caller);
  EXPECT_EQ(results.caller->peer, devices.there().identity.device());
  EXPECT_EQ(results.called->peer, devices.here().identity.device());
  const Bytes& wire = devices.space.wire();
  // An empty wire hides everything: the note's block and both handshakes must have crossed it.
  EXPECT_EQ(results.called->changes_received, 1u);
  EXPECT_GT(wire.size(), results.caller->handshake_bytes + sizeof kAllergy);
  const Bytes block = sealed_block(devices);
  ASSERT_GT(block.size(), 16u);
  for (const BytesView hidden :
       {BytesView(block), BytesView(kAllergy), BytesView(kPatient.id),
        BytesView(kPatient.collection), devices.here().identity.keys.signing.public_key.view(),
        devices.here().identity.keys.noise.public_key.view(),
        devices.here().identity.space.view()}) {
    EXPECT_EQ(wire.find(hidden), Bytes::npos);
  }
}

}  // namespace
}  // namespace relais::journey
