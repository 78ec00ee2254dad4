#include "journey/note.h"

#include <gtest/gtest.h>

namespace relais::journey {

TwoDevices::TwoDevices() {
  space.found("here");
  EXPECT_TRUE(space.join("there", "here"));
}

document::Change TwoDevices::change() {
  document::Draft draft({}, place(), kPatient, here().next_time().stamp);
  const document::Path allergies{document::Step(std::string("allergies"))};
  EXPECT_TRUE(draft.add(allergies, Value(kAllergy)));
  return std::move(draft).finish();
}

TwoDevices::Written TwoDevices::write() {
  replica::OwnLog* own = *here().own.get(here().control, *here().store, records());
  Bytes encoded = document::encode(change(), place());
  own->writer.append(here().decryptor.codec(), encoded, true);
  log::VerifiedPiece piece = own->writer.take();
  for (const auto& end : replica::transactions(piece)) own->sealer.add(end.head, end.bytes);
  const wire::Seal seal = own->sealer.sign(here().identity.writer(), our_log(),
                                           here().identity.keys.signing.secret_key);
  return {std::move(encoded), std::move(piece), wire::encode(seal)};
}

void TwoDevices::write_through_engine() {
  ASSERT_TRUE(space.edit("here", [](replica::Edit& edit) {
    return edit.at({"", kPatient.collection, kPatient.id}, "allergies",
                   [](document::Draft& draft, const document::Path& path) {
                     return draft.add(path, Value(kAllergy));
                   });
  }));
}

}  // namespace relais::journey
