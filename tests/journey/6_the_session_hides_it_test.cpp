#include <gtest/gtest.h>

#include "journey/note.h"

namespace relais::journey {
namespace {

// The block crosses inside an encrypted session between two devices that have proved who they
// are. Neither the note, nor whose it is, nor the devices' keys can be read from outside.
TEST(Journey6, TheSessionHidesIt) {
  TwoDevices devices;
  devices.write_through_engine();
  const testing::SyncResults results = devices.space.sync("here", "there");
  ASSERT_TRUE(results.caller);
  EXPECT_EQ(results.caller->peer, devices.there().identity.device());
  EXPECT_EQ(results.called->peer, devices.here().identity.device());
  const Bytes& wire = devices.space.wire();
  for (const BytesView hidden :
       {BytesView(kAllergy), BytesView(kPatient.id), BytesView(kPatient.collection),
        devices.here().identity.keys.signing.public_key.view(),
        devices.here().identity.keys.noise.public_key.view(),
        devices.here().identity.space.view()}) {
    EXPECT_EQ(wire.find(hidden), Bytes::npos);
  }
}

}  // namespace
}  // namespace relais::journey
