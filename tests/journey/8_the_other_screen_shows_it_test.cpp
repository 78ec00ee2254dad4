#include <gtest/gtest.h>

#include "journey/note.h"

namespace relais::journey {
namespace {

// On the other device the piece passes the same steps: chain and seal, gate, store; then its ops
// are merged into the document. The host is notified and shows it.
TEST(Journey8, TheOtherScreenShowsIt) {
  TwoDevices devices;
  std::vector<std::string> heard;
  devices.there().on_commit = [&](const std::vector<replica::Touched>& touched) {
    for (const auto& changed : touched) heard.push_back(changed.address.id);
  };
  devices.write_through_engine();
  ASSERT_TRUE(devices.space.sync("here", "there").caller);
  EXPECT_EQ(heard, std::vector<std::string>{kPatient.id});
  replica::ReadView reader(devices.there().reading());
  const auto field = reader.field({"", kPatient.collection, kPatient.id}, "allergies");
  ASSERT_TRUE(field) << field.error().message();
  EXPECT_EQ(field->kind, FieldKind::set);
  EXPECT_EQ(field->elements, std::vector<Value>{Value(kAllergy)});
  EXPECT_SAME(devices.space);
}

}  // namespace
}  // namespace relais::journey
