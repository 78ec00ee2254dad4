#include "journey/note.h"

#include <gtest/gtest.h>

namespace relais::journey {

Tablets::Tablets() {
  ward.found("here");
  EXPECT_TRUE(ward.join("there", "here"));
}

document::Change Tablets::change() {
  document::Draft draft({}, place(), kPatient, here().next_time().stamp);
  const document::Path allergies{document::Step(std::string("allergies"))};
  EXPECT_TRUE(draft.add(allergies, Value(kAllergy)));
  return std::move(draft).finish();
}

Tablets::Written Tablets::write() {
  replica::OwnLog* own = *here().own.get(here().control, *here().store, records());
  own->writer.append(here().decryptor.codec(), document::encode(change(), place()), true);
  log::VerifiedPiece piece = own->writer.take();
  for (const auto& end : replica::transactions(piece)) own->sealer.add(end.head, end.bytes);
  const wire::Seal seal = own->sealer.sign(here().identity.writer(), our_log(),
                                           here().identity.keys.signing.secret_key);
  return {std::move(piece), wire::encode(seal)};
}

void Tablets::type_it() {
  ASSERT_TRUE(ward.edit("here", [](replica::Edit& edit) {
    return edit.at({"", kPatient.collection, kPatient.id}, "allergies",
                   [](document::Draft& draft, const document::Path& path) {
                     return draft.add(path, Value(kAllergy));
                   });
  }));
}

}  // namespace relais::journey
