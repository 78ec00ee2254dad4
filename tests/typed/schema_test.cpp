// Which options fit which types; and the schemas of the clinic.
#include "typed/schema.h"

#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include "relais/clinic/v1/case.pb.h"
#include "relais/clinic/v1/patient.pb.h"
#include "relais/typed/typed.h"
#include "schemas.pb.h"

namespace relais::testing {
namespace {

template <class Type>
std::string fault() {
  const Status checked = typed::check<Type>();
  if (checked) return "none";
  EXPECT_EQ(checked.error().code(), ErrorCode::invalid_argument);
  std::string said = checked.error().message();
  const std::string package = "relais.testing.schemas.";
  if (said.starts_with(package)) said.erase(0, package.size());
  return said;
}

TEST(TypedSchema, TheClinicsSchemasAreRight) {
  EXPECT_TRUE(typed::check<clinic::v1::Case>());
  EXPECT_TRUE(typed::check<clinic::v1::Patient>());
}

TEST(TypedSchema, IsComparedWithTheRulesOfAClosedCollection) {
  std::vector<SectionRule> rules{{"", "", "records"}, {"cases", "", "records", false}};
  EXPECT_TRUE(typed::check<clinic::v1::Case>(rules));
  rules[1].closed = true;
  const Status refused = typed::check<clinic::v1::Case>(rules);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::unknown_section);
  EXPECT_EQ(
      refused.error().message(),
      "relais.clinic.v1.Case.patient: The collection is closed, and no rule names the section "
      "\"registration\".");
  for (const char* section : {"registration", "medical", "psychosocial", "legal"}) {
    rules.push_back({"cases", section, section});
  }
  const Status all = typed::check<clinic::v1::Case>(rules);
  EXPECT_TRUE(all) << all.error().message();
}

TEST(TypedSchema, TheTestsOwnAreRight) {
  EXPECT_EQ(fault<schemas::Kinds>(), "none");
  EXPECT_EQ(fault<schemas::Placed>(), "none");
}

TEST(TypedSchema, AKindThatContradictsItsTypeIsFound) {
  EXPECT_EQ(fault<schemas::TextOfNumber>(),
            "TextOfNumber.a: TEXT is for a string that is not repeated.");
  EXPECT_EQ(fault<schemas::RankedNumber>(),
            "RankedNumber.a: RANKED is for an enum or a string that is not repeated.");
  EXPECT_EQ(fault<schemas::SetOfOne>(), "SetOfOne.a: SET is for repeated scalars.");
  EXPECT_EQ(fault<schemas::SetOfMessages>(), "SetOfMessages.a: SET is for repeated scalars.");
  EXPECT_EQ(fault<schemas::CounterOfSmall>(),
            "CounterOfSmall.a: COUNTER is for an int64 that is not repeated.");
  EXPECT_EQ(fault<schemas::CounterOfMany>(),
            "CounterOfMany.a: COUNTER is for an int64 that is not repeated.");
  EXPECT_EQ(fault<schemas::ListOfOne>(), "ListOfOne.a: LIST is for a repeated field.");
  EXPECT_EQ(fault<schemas::AttachmentOfText>(),
            "AttachmentOfText.a: ATTACHMENT is for an AttachmentReference that is not repeated.");
  EXPECT_EQ(fault<schemas::ValueOfMessage>(),
            "ValueOfMessage.a: VALUE and LAST_WRITER are for a scalar that is not repeated.");
  EXPECT_EQ(fault<schemas::NumberedMap>(), "NumberedMap.a: A map's keys are strings.");
  EXPECT_EQ(fault<schemas::HoldsAny>(), "HoldsAny.a: This type has no form in a document.");
}

TEST(TypedSchema, AnOrderThatDoesntFitIsFound) {
  EXPECT_EQ(fault<schemas::RankedWithoutOrder>(), "RankedWithoutOrder.a: RANKED needs an order.");
  EXPECT_EQ(fault<schemas::OrderWithoutRanked>(), "OrderWithoutRanked.a: An order is for RANKED.");
  EXPECT_EQ(fault<schemas::OrderOfAnother>(),
            "OrderOfAnother.a: The order has a value that the enum doesn't have.");
  EXPECT_EQ(fault<schemas::OrderTwice>(), "OrderTwice.a: A value stands twice in the order.");
}

TEST(TypedSchema, ASectionThatWouldNotHoldIsFound) {
  EXPECT_EQ(fault<schemas::NestedSection>(),
            "NestedSection.Inner.b: A section is for a document's own fields.");
  EXPECT_EQ(fault<schemas::NestedDocument>(),
            "Placed: A message with a section is a document, and can't be a field of another.");
  EXPECT_EQ(fault<schemas::HoldsItself>(),
            "HoldsItself.a: A message that holds itself has no sections.");
  EXPECT_EQ(fault<schemas::SamePlace>(),
            "SamePlace.a: Its place is another field's, or within it.");
}

TEST(TypedSchema, IdsAndCodesThatDontTellApartAreFound) {
  EXPECT_EQ(fault<schemas::TwoIds>(), "TwoIds.b: A message has one element id.");
  EXPECT_EQ(fault<schemas::NumberId>(),
            "NumberId.a: An element id is a string, an integer or bytes, and of kind VALUE.");
  EXPECT_EQ(fault<schemas::SameCode>(), "SameCode.PURPLE: Another value has the same code.");
}

TEST(TypedSchema, PathsFollowTheSections) {
  EXPECT_EQ(*typed::path<schemas::Placed>(1), "open/title");
  EXPECT_EQ(*typed::path<schemas::Placed>(3), "medical/homeVisit");
  EXPECT_EQ(*typed::path<clinic::v1::Case>(clinic::v1::Case::kSuicideRiskFieldNumber),
            "psychosocial/suicideRisk");
  EXPECT_EQ(typed::path<schemas::Placed>(9).error().message(),
            "relais.testing.schemas.Placed: The type has no field of this number.");
}

TEST(TypedSchema, CodesAreFhirs) {
  const auto& status = *clinic::v1::Encounter::Status_descriptor();
  EXPECT_EQ(typed::code_of(*status.FindValueByName("IN_PROGRESS")), "in-progress");
  EXPECT_EQ(typed::choice_of(status, "in-progress")->number(), clinic::v1::Encounter::IN_PROGRESS);
  EXPECT_EQ(typed::choice_of(status, "elsewhere"), nullptr);
  EXPECT_EQ(typed::code_of(*clinic::v1::Answer_descriptor()->FindValueByName("ANSWER_NO")), "no");
}

TEST(TypedSchema, AMessageWithoutGeneratedCodeHasOneToo) {
  google::protobuf::DescriptorPool pool;
  google::protobuf::FileDescriptorProto file;
  for (const auto* known :
       {schemas::Part::descriptor()->file()->dependency(0),
        schemas::Part::descriptor()->file()->dependency(1),
        schemas::Part::descriptor()->file()->dependency(2),
        schemas::Part::descriptor()->file()->dependency(3)->dependency(0),
        schemas::Part::descriptor()->file()->dependency(3), schemas::Part::descriptor()->file()}) {
    google::protobuf::FileDescriptorProto copy;
    known->CopyTo(&copy);
    ASSERT_NE(pool.BuildFile(copy), nullptr) << known->name();
  }
  const auto* kinds = pool.FindMessageTypeByName("relais.testing.schemas.Kinds");
  const auto schema = typed::Schema::of(*kinds);
  ASSERT_TRUE(schema) << schema.error().message();
  EXPECT_EQ((*schema)->root().field(24)->cell.kind, FieldKind::text);
}

}  // namespace
}  // namespace relais::testing
