#include <gtest/gtest.h>

#include "journey/note.h"

namespace relais::journey {
namespace {

// The block crosses inside an encrypted session between two devices that have proved who they
// are. Neither the note, nor whose it is, nor the devices' keys can be read from outside.
TEST(Journey6, TheSessionHidesIt) {
  Tablets tablets;
  tablets.type_it();
  const testing::Met met = tablets.ward.sync("here", "there");
  ASSERT_TRUE(met.caller);
  EXPECT_EQ(met.caller->peer, tablets.there().identity.device());
  EXPECT_EQ(met.called->peer, tablets.here().identity.device());
  const Bytes& wire = tablets.ward.wire();
  for (const BytesView hidden :
       {BytesView(kAllergy), BytesView(kPatient.id), BytesView(kPatient.collection),
        tablets.here().identity.keys.signing.public_key.view(),
        tablets.here().identity.keys.noise.public_key.view(),
        tablets.here().identity.space.view()}) {
    EXPECT_EQ(wire.find(hidden), Bytes::npos);
  }
}

}  // namespace
}  // namespace relais::journey
