// Each kind of field: its form in the document, and the edits it makes.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "schemas.pb.h"
#include "typed/sheet.h"

namespace relais::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using schemas::Kinds;

/// Writes the message into an empty document; reading it back gives the same, with nothing left to
/// write.
std::string written(const Kinds& kinds) {
  Sheet sheet(1);
  const auto edits = sheet.write(kinds);
  EXPECT_TRUE(edits) << edits.error().message();
  const auto back = sheet.read<Kinds>();
  EXPECT_TRUE(back) << back.error().message();
  EXPECT_TRUE(back && MessageDifferencer::Equals(*back, kinds)) << back->DebugString();
  const auto again = sheet.write(kinds);
  EXPECT_TRUE(again && again->empty()) << in_words(*again);
  return sheet.json();
}

/// The edits between two messages; after them the document equals the second.
template <class Change>
std::string edits(const Kinds& from, Change&& change) {
  Sheet sheet(1);
  EXPECT_TRUE(sheet.write(from));
  Kinds to = from;
  change(to);
  const auto made = sheet.update<Kinds>(change);
  EXPECT_TRUE(made) << made.error().message();
  EXPECT_TRUE(MessageDifferencer::Equals(*sheet.read<Kinds>(), to))
      << sheet.read<Kinds>()->DebugString();
  return in_words(*made);
}

TEST(TypedKinds, ScalarsAreValuesUnderTheirJsonNames) {
  Kinds kinds;
  kinds.set_word("café");
  kinds.set_small(-7);
  kinds.set_natural(4'000'000'000U);
  kinds.set_large(5);
  kinds.set_number(38);
  kinds.set_narrow(36.6F);
  kinds.set_truth(false);
  EXPECT_EQ(written(kinds),
            R"({"large":5,"narrow":36.6,"natural":4000000000,"number":38.0,"small":-7,)"
            R"("truth":false,"word":"café"})");
}

TEST(TypedKinds, BytesAreBase64AndTimesAreRfc3339) {
  Kinds kinds;
  kinds.set_raw(std::string("\0\xff\x10\x7f", 4));
  kinds.mutable_when()->set_seconds(1'790'000'000);
  kinds.mutable_lasting()->set_seconds(-3);
  kinds.mutable_lasting()->set_nanos(-500'000'000);
  EXPECT_EQ(written(kinds),
            R"({"lasting":"-3.500s","raw":"AP8Qfw==","when":"2026-09-21T14:13:20Z"})");
}

TEST(TypedKinds, EnumsAreTheirCodes) {
  Kinds kinds;
  for (const auto color : {schemas::RED, schemas::COLOR_DARK_GREEN, schemas::BLUE}) {
    kinds.add_stripe(color);
  }
  kinds.set_color(schemas::COLOR_UNSPECIFIED);
  EXPECT_EQ(written(kinds), R"({"color":"unspecified","stripe":["red","dark-green","B"]})");
}

TEST(TypedKinds, AnAttachmentIsItsReference) {
  Kinds kinds;
  kinds.mutable_picture()->set_hash(std::string(32, '\xab'));
  kinds.mutable_picture()->set_size(70'000);
  kinds.mutable_picture()->set_media_type("image/jpeg");
  *kinds.add_pictures() = kinds.picture();
  const std::string reference =
      R"({"$attachment":"abababababababababababababababababababababababababababababababab",)"
      R"("media_type":"image/jpeg","size":70000})";
  EXPECT_EQ(written(kinds), R"({"picture":)" + reference + R"(,"pictures":[)" + reference + "]}");
}

TEST(TypedKinds, ContainersOfEachKindReadBack) {
  Kinds kinds;
  kinds.add_tag("b");
  kinds.add_tag("c");
  kinds.add_dose(0.5);
  kinds.add_line("one");
  kinds.add_line("one");
  kinds.set_note("");
  kinds.set_memo("remembered");
  kinds.mutable_part();
  kinds.add_parts()->add_part()->set_name("screw");
  kinds.add_visit()->set_id("v1");
  (*kinds.mutable_label())["a/b~c"] = "x";
  (*kinds.mutable_label())[""] = "y";
  (*kinds.mutable_label())["7"] = "z";
  (*kinds.mutable_dispensed())["gauze"] = 0;
  (*kinds.mutable_parts_by_name())["empty"];
  (*kinds.mutable_verdicts())["k"] = schemas::RED;
  EXPECT_EQ(written(kinds),
            R"({"dispensed":{"gauze":0},"dose":[0.5],"label":{"":"y","7":"z","a/b~c":"x"},)"
            R"("line":["one","one"],"memo":"remembered","note":"","part":{},)"
            R"("parts":[{"part":[{"name":"screw"}]}],"partsByName":{"empty":{}},"tag":["b","c"],)"
            R"("verdicts":{"k":"red"},"visit":[{"id":"v1"}]})");
}

TEST(TypedKinds, WhatIsUnsetIsNotThereAndADefaultIs) {
  Kinds kinds;
  EXPECT_EQ(written(kinds), "{}");
  kinds.set_small(0);
  kinds.set_word("");
  kinds.set_sessions(0);
  EXPECT_EQ(written(kinds), R"({"sessions":0,"small":0,"word":""})");
}

TEST(TypedKinds, ARegisterIsSetOnlyWhenItChanges) {
  Kinds kinds;
  kinds.set_word("a");
  kinds.set_small(1);
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_word("b"); }), "set word \"b\"\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_word("a"); }), "");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.clear_word(); }), "erase word\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_word(""); }), "set word \"\"\n");
}

TEST(TypedKinds, AFieldWithoutPresenceIsErasedWhenItIsTheDefaultAgain) {
  Kinds kinds;
  kinds.set_plain("a");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_plain(""); }), "erase plain\n");
}

TEST(TypedKinds, OtherRegistersFollowTheirRules) {
  Kinds kinds;
  kinds.set_shown("a");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_shown("b"); }), "set_last_writer shown \"b\"\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_verdict(schemas::RED); }),
            "set_ranked verdict \"red\" 2\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_level("low"); }), "set_ranked level \"low\" 1\n");
}

TEST(TypedKinds, ASetAddsAndRemoves) {
  Kinds kinds;
  kinds.add_tag("a");
  kinds.add_tag("b");
  EXPECT_EQ(edits(kinds,
                  [](Kinds& k) {
                    k.clear_tag();
                    k.add_tag("b");
                    k.add_tag("c");
                  }),
            "remove tag \"a\"\nadd tag \"c\"\n");
}

TEST(TypedKinds, ASetTakesAnElementOnce) {
  Sheet sheet(1);
  const auto made = sheet.update<Kinds>([](Kinds& k) {
    k.add_tag("a");
    k.add_tag("a");
  });
  EXPECT_EQ(in_words(*made), "add tag \"a\"\n");
}

TEST(TypedKinds, ACounterWritesTheDifference) {
  Kinds kinds;
  kinds.set_sessions(5);
  kinds.set_stock(3);
  (*kinds.mutable_dispensed())["gauze"] = 2;
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_sessions(7); }), "count sessions 2\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_stock(0); }), "count stock -3\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.clear_sessions(); }), "erase sessions\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { (*k.mutable_dispensed())["gauze"] += 4; }),
            "count dispensed/* 4\n");
}

TEST(TypedKinds, ATextIsUpdated) {
  Kinds kinds;
  kinds.set_note("Wound clean.");
  kinds.set_memo("x");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_note("Wound clean, dry."); }),
            "update_text note \"Wound clean, dry.\"\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_note(""); }), "update_text note \"\"\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.clear_note(); }), "erase note\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.clear_memo(); }), "update_text memo \"\"\n");
}

TEST(TypedKinds, AMessageIsWrittenFieldByField) {
  Kinds kinds;
  kinds.mutable_part()->set_name("screw");
  kinds.mutable_part()->set_size(3);
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.mutable_part()->set_size(4); }), "set part/size 4\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.clear_part(); }), "erase part\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.mutable_part()->Clear(); }),
            "erase part/name\nerase part/size\nmake_object part\n");
  EXPECT_EQ(edits(kinds,
                  [](Kinds& k) {
                    Kinds made;
                    made.mutable_part()->set_name("screw");
                    made.mutable_part()->set_size(5);
                    k = made;
                  }),
            "set part/size 5\n");
}

TEST(TypedKinds, AMapIsWrittenKeyByKey) {
  Kinds kinds;
  (*kinds.mutable_label())["a"] = "1";
  (*kinds.mutable_label())["b"] = "2";
  (*kinds.mutable_parts_by_name())["p"].set_size(1);
  EXPECT_EQ(edits(kinds,
                  [](Kinds& k) {
                    k.mutable_label()->erase("a");
                    (*k.mutable_label())["c"] = "3";
                    (*k.mutable_parts_by_name())["p"].set_size(2);
                  }),
            "erase label/*\nset label/* \"3\"\nset partsByName/*/size 2\n");
}

TEST(TypedKinds, AnotherMemberOfAOneofTakesThePlaceOfTheOne) {
  Kinds kinds;
  kinds.set_words("a");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.set_flag(true); }), "erase words\nset flag true\n");
  EXPECT_EQ(edits(kinds, [](Kinds& k) { k.mutable_thing(); }), "erase words\nmake_object thing\n");
}

TEST(TypedKinds, WhenTwoSetDifferentMembersTheFirstDeclaredIsShownAndWritingSettlesIt) {
  Sheet one(1);
  Sheet two(2);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) { k.set_flag(true); }));
  ASSERT_TRUE(two.update<Kinds>([](Kinds& k) { k.set_words("b"); }));
  one.merge(two);
  EXPECT_EQ(one.read<Kinds>()->words(), "b");
  EXPECT_TRUE(one.update<Kinds>([](Kinds&) {})->empty());
  const auto made = one.update<Kinds>([](Kinds& k) { k.set_words("c"); });
  EXPECT_EQ(in_words(*made), "set words \"c\"\nerase flag\n");
  EXPECT_EQ(one.json(), R"({"words":"c"})");
}

TEST(TypedKinds, NullIsNothing) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.put_json("", R"({"word":null,"tag":null,"note":null,"part":null,)"
                                 R"("line":null,"label":null,"sessions":null,"visit":null})"));
  Kinds kinds;
  EXPECT_TRUE(MessageDifferencer::Equals(*sheet.read<Kinds>(), kinds));
  kinds.set_word("a");
  kinds.add_tag("a");
  kinds.set_note("a");
  kinds.mutable_part()->set_size(1);
  kinds.add_line("a");
  (*kinds.mutable_label())["k"] = "v";
  kinds.set_sessions(1);
  kinds.add_visit()->set_place("here");
  ASSERT_TRUE(sheet.write(kinds));
  EXPECT_TRUE(MessageDifferencer::Equals(*sheet.read<Kinds>(), kinds)) << sheet.json();
  EXPECT_FALSE(sheet.state().has_conflicts());
}

TEST(TypedKinds, ASectionOfNullIsNothingToo) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.put_json("", R"({"medical":null})"));
  const auto made = sheet.update<schemas::Placed>([](schemas::Placed& placed) {
    placed.set_diagnosis("I10");
    placed.add_home_visit()->set_id("v");
  });
  EXPECT_EQ(in_words(*made),
            "erase medical\nset medical/diagnosis \"I10\"\n"
            "insert medical/homeVisit 0 {}\nset medical/homeVisit/0/id \"v\"\n");
  EXPECT_FALSE(sheet.state().has_conflicts());
}

TEST(TypedKinds, WholeNumbersThatOthersWroteAreNumbersToo) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.put_json("", R"({"number":38})"));
  EXPECT_EQ(sheet.read<Kinds>()->number(), 38.0);
  EXPECT_TRUE(sheet.update<Kinds>([](Kinds& k) { k.set_number(38); })->empty());
}

TEST(TypedKinds, ARegisterThatFollowedAnotherRuleIsWrittenAsDeclared) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.put_json("", R"({"verdict":"dark-green","shown":"a"})"));
  EXPECT_EQ(sheet.read<Kinds>()->verdict(), schemas::COLOR_DARK_GREEN);
  ASSERT_TRUE(sheet.update<Kinds>([](Kinds& k) {
    k.set_verdict(schemas::RED);
    k.set_shown("b");
  }));
  EXPECT_EQ(sheet.json(), R"({"shown":"b","verdict":"red"})");
  EXPECT_FALSE(sheet.state().has_conflicts());
}

}  // namespace
}  // namespace relais::testing
