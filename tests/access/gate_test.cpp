#include "access/gate.h"

#include <gtest/gtest.h>

#include "access/small_space.h"
#include "base/limits.h"
#include "log/writer.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

struct GateOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();
  CompartmentId medical = space.create(owner, "", "medical");
  CompartmentId control = log::control_compartment(space.founding.space);

  /// Two changes that `author` wrote in a compartment.
  log::VerifiedPiece piece_of(const Actor& author, const CompartmentId& compartment,
                              log::RunHeader::Format format) {
    log::RunHeader run;
    run.format = format;
    run.salt = space.random.draw<decltype(run.salt)>();
    const log::LogId log{compartment, author.author};
    log::Writer writer({space.founding.space, author.keys.signing.public_key, author.instance}, log,
                       log::genesis(space.founding.space, log), run,
                       space.random.draw<crypto::SymmetricKey>());
    log::BlockCodec codec;
    writer.append(codec, "one change", false);
    writer.append(codec, "another", true);
    return writer.take();
  }
  log::VerifiedPiece data_of(const Actor& author, const CompartmentId& compartment) {
    return piece_of(author, compartment, log::RunHeader::Format::sealed);
  }
  log::VerifiedPiece control_of(const Actor& author) {
    return piece_of(author, control, log::RunHeader::Format::plain);
  }
  /// Records of a control log from its first place on.
  log::VerifiedPiece records_of(const Actor& author, const wire::ControlRecord& record,
                                std::size_t count = 1) {
    log::RunHeader run;
    run.format = log::RunHeader::Format::plain;
    const log::LogId log{control, author.author};
    log::Writer writer({space.founding.space, author.keys.signing.public_key, author.instance}, log,
                       log::genesis(space.founding.space, log), run, {});
    log::BlockCodec codec;
    for (std::size_t i = 0; i < count; ++i) writer.append(codec, wire::encode(record), true);
    return writer.take();
  }

  Verdict judge(log::VerifiedPiece piece) {
    const Membership membership = space.membership();
    return Gate(membership).judge(std::move(piece));
  }
  static bool admitted(const Verdict& verdict) {
    return std::holds_alternative<AdmittedPiece>(verdict);
  }
  static bool waiting(const Verdict& verdict) { return std::holds_alternative<Waiting>(verdict); }
  static bool quarantined(const Verdict& verdict) {
    return std::holds_alternative<Quarantined>(verdict);
  }
  Actor& member_with(std::uint32_t rights) {
    Actor& member = space.add(owner, Level::member);
    space.write(owner, wire::record::RightsGranted{member.id(), medical, rights});
    return member;
  }
};

TEST_F(GateOf, DataOfWhoMayWriteIsAdmittedUnchanged) {
  Actor& member = member_with(wire::kWrite);
  const auto piece = data_of(member, medical);
  const Verdict verdict = judge(piece);
  ASSERT_TRUE(admitted(verdict));
  const auto& passed = std::get<AdmittedPiece>(verdict).piece();
  EXPECT_EQ(passed.piece().entries, piece.piece().entries);
  EXPECT_EQ(passed.after(), piece.after());
  EXPECT_TRUE(admitted(judge(data_of(owner, medical))));
}

TEST_F(GateOf, DataOfAnUnknownDeviceWaitsUntilItsCertificateComes) {
  Actor& newcomer = space.stranger();
  EXPECT_TRUE(waiting(judge(data_of(newcomer, medical))));
  space.write(owner, space.added(owner, space.body(owner, newcomer, Level::member)));
  space.write(owner, wire::record::RightsGranted{newcomer.id(), medical, wire::kWrite});
  EXPECT_TRUE(admitted(judge(data_of(newcomer, medical))));
}

TEST_F(GateOf, DataOfAnUnknownCompartmentWaits) {
  const auto south = log::compartment_id(space.founding.space, "south", "medical");
  EXPECT_TRUE(waiting(judge(data_of(owner, south))));
  space.create(owner, "south", "medical");
  EXPECT_TRUE(admitted(judge(data_of(owner, south))));
}

TEST_F(GateOf, DataOfAKnownDeviceWithoutTheRightIsQuarantined) {
  EXPECT_TRUE(quarantined(judge(data_of(member_with(wire::kRead), medical))));
  EXPECT_TRUE(quarantined(judge(data_of(space.add(owner, Level::member), medical))));
  EXPECT_TRUE(quarantined(judge(data_of(space.add(owner, Level::courier), medical))));
}

TEST_F(GateOf, TheRightIsForOneCompartment) {
  const CompartmentId legal = space.create(owner, "", "legal");
  Actor& nurse = member_with(wire::kRead | wire::kWrite);
  EXPECT_TRUE(admitted(judge(data_of(nurse, medical))));
  EXPECT_TRUE(quarantined(judge(data_of(nurse, legal))));
}

TEST_F(GateOf, AMemberWritesEpochsAndCopiesOfKeysInControlAndNothingElse) {
  Actor& member = space.add(owner, Level::member);
  const NewEpochs epochs = space.epoch(medical);
  EXPECT_TRUE(admitted(judge(records_of(member, epochs.made[0]))));
  EXPECT_TRUE(admitted(judge(records_of(member, epochs.sealed[0]))));
  EXPECT_TRUE(
      quarantined(judge(records_of(member, wire::record::CompartmentCreated{"", "legal"}))));
  EXPECT_TRUE(quarantined(judge(control_of(member)))) << "of no known kind";
  EXPECT_TRUE(quarantined(judge(records_of(space.add(owner, Level::courier), epochs.made[0]))));
}

TEST_F(GateOf, AMembersControlLogEndsAtItsLimit) {
  Actor& member = space.add(owner, Level::member);
  const wire::ControlRecord copy = wire::record::KeysSealed{};
  EXPECT_TRUE(admitted(judge(records_of(member, copy, limits::kMemberRecords))));
  EXPECT_TRUE(quarantined(judge(records_of(member, copy, limits::kMemberRecords + 1))));
}

TEST_F(GateOf, AChangeUnderALabelThatWasReplacedIsFiledRight) {
  const CompartmentId legal = space.create(owner, "", "legal");
  space.write(owner, wire::record::SectionMapped{"cases", "legal", "legal"});
  space.write(owner, wire::record::SectionMapped{"cases", "legal", "medical"});
  const Membership membership = space.membership();
  EXPECT_TRUE(Gate(membership).filed_right(medical, "cases", {"legal"}));
  EXPECT_TRUE(Gate(membership).filed_right(legal, "cases", {"legal"}));
}

TEST_F(GateOf, ControlIsWrittenByRootOwnersAndSupervisors) {
  const Membership membership = space.membership();
  const Gate gate(membership);
  EXPECT_TRUE(admitted(gate.judge_control(control_of(space.root()))));
  EXPECT_TRUE(admitted(gate.judge_control(control_of(owner))));
  EXPECT_TRUE(waiting(gate.judge_control(control_of(space.stranger()))));
  EXPECT_TRUE(admitted(judge(control_of(space.add(owner, Level::supervisor)))));
  for (const Level level : {Level::member, Level::courier}) {
    Actor& low = space.add(owner, level);
    EXPECT_TRUE(quarantined(judge(control_of(low))));
  }
}

TEST_F(GateOf, ARightInEveryCompartmentIsNoneInControl) {
  Actor& member = member_with(kAllRights);
  space.write(owner, wire::record::RightsGranted{member.id(), control, kAllRights});
  EXPECT_TRUE(quarantined(judge(control_of(member))));
}

TEST_F(GateOf, ControlIsCheckedAsControlByBothFunctions) {
  const Membership membership = space.membership();
  const Gate gate(membership);
  EXPECT_TRUE(admitted(gate.judge(control_of(owner))));
  EXPECT_TRUE(quarantined(gate.judge_control(data_of(owner, medical))));
}

TEST_F(GateOf, DataInTheClearAndEncryptedControlAreQuarantined) {
  EXPECT_TRUE(quarantined(judge(piece_of(owner, medical, log::RunHeader::Format::plain))));
  EXPECT_TRUE(quarantined(judge(piece_of(owner, control, log::RunHeader::Format::sealed))));
}

TEST_F(GateOf, WhoMayNotWriteHereIsToldSo) {
  Actor& reader = member_with(wire::kRead);
  const Membership membership = space.membership();
  const Gate gate(membership);
  EXPECT_TRUE(gate.may_write_here(owner.keys.signing.public_key, medical));
  EXPECT_TRUE(gate.may_write_here(owner.keys.signing.public_key, control));
  for (const auto& [key, place] : {std::pair(reader.keys.signing.public_key, medical),
                                   std::pair(reader.keys.signing.public_key, control),
                                   std::pair(space.stranger().keys.signing.public_key, medical),
                                   std::pair(owner.keys.signing.public_key, CompartmentId{})}) {
    const Status status = gate.may_write_here(key, place);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), ErrorCode::not_authorised);
    EXPECT_EQ(status.error().message(),
              "This device may not write in this part of the space: ask an owner.");
  }
}

TEST_F(GateOf, AChangeIsFiledRightWhereAllItsSectionsBelong) {
  const CompartmentId legal = space.create(owner, "", "legal");
  const CompartmentId north = space.create(owner, "north", "medical");
  space.write(owner, wire::record::SectionMapped{"", "", "medical"});
  space.write(owner, wire::record::SectionMapped{"cases", "legal", "legal"});
  const Membership membership = space.membership();
  const Gate gate(membership);
  EXPECT_TRUE(gate.filed_right(medical, "cases", {"notes", "history"}));
  EXPECT_TRUE(gate.filed_right(north, "cases", {"notes"}));
  EXPECT_TRUE(gate.filed_right(legal, "cases", {"legal"}));
  EXPECT_FALSE(gate.filed_right(medical, "cases", {"notes", "legal"}));
  EXPECT_FALSE(gate.filed_right(legal, "cases", {"notes"}));
  EXPECT_FALSE(gate.filed_right(legal, "patients", {"legal"}));
  EXPECT_FALSE(gate.filed_right(CompartmentId{}, "cases", {"notes"}));
}

TEST_F(GateOf, AChangeOfTheDocumentAsAWholeBelongsToEachOfItsCompartments) {
  const CompartmentId legal = space.create(owner, "", "legal");
  space.write(owner, wire::record::SectionMapped{"", "", "medical"});
  space.write(owner, wire::record::SectionMapped{"files", "", "legal"});
  const Membership membership = space.membership();
  const Gate gate(membership);
  EXPECT_TRUE(gate.filed_right(legal, "files", {}));
  EXPECT_TRUE(gate.filed_right(medical, "files", {}));
  EXPECT_FALSE(gate.filed_right(medical, "files", {"notes"}));
  EXPECT_FALSE(gate.filed_right(CompartmentId{}, "files", {}));
}

TEST_F(GateOf, AChangeIsFiledNowhereWhileNoEntrySaysWhere) {
  const Membership membership = space.membership();
  EXPECT_FALSE(Gate(membership).filed_right(medical, "cases", {"notes"}));
}

}  // namespace
}  // namespace relais::access
