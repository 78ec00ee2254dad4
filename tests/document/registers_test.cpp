#include "document/making.h"

namespace relais::document {
namespace {

Status set_rank(Draft& draft, std::string_view value, std::uint32_t rank) {
  return draft.set_ranked({std::string("risk")}, value, rank);
}

TEST(LastWriter, TheLatestWriteIsShownAndTheOtherIsReported) {
  Person a('a'), b('b');
  a.clock = 5;
  a.edit([](Draft& d) { return d.set_last_writer({std::string("colour")}, "red"); });
  b.clock = 9;
  b.edit([](Draft& d) { return d.set_last_writer({std::string("colour")}, "blue"); });
  exchange(a, b);
  EXPECT_EQ(a.json(), R"({"colour":"blue"})");
  const auto field = read_field(a.state, {std::string("colour")});
  ASSERT_EQ(field->siblings.size(), 2u);
  EXPECT_EQ(field->siblings[1].value, Value("red"));
  EXPECT_FALSE(a.state.has_conflicts()) << "a rule has chosen";
}

TEST(LastWriter, ItStaysOneWhenItIsSetWithoutSayingSo) {
  Person a('a');
  a.edit([](Draft& d) { return d.set_last_writer({std::string("colour")}, "red"); });
  a.edit([](Draft& d) { return d.set({std::string("colour")}, "green"); });
  EXPECT_EQ(read_field(a.state, {std::string("colour")})->kind, FieldKind::last_writer);
  EXPECT_EQ(a.json(), R"({"colour":"green"})");
}

TEST(Ranked, TheHighestRankIsShownWhateverTheClocksSay) {
  Person a('a'), b('b');
  a.clock = 1;
  a.edit([](Draft& d) { return set_rank(d, "yes", 2); });
  b.clock = 100;
  b.edit([](Draft& d) { return set_rank(d, "no", 1); });
  exchange(a, b);
  EXPECT_EQ(b.json(), R"({"risk":"yes"})");
  EXPECT_EQ(read_field(b.state, {std::string("risk")})->siblings.size(), 2u);
  EXPECT_FALSE(b.state.has_conflicts());
  // A writer that has seen both may lower the rank.
  b.edit([](Draft& d) { return set_rank(d, "no", 1); });
  exchange(a, b);
  EXPECT_EQ(a.json(), R"({"risk":"no"})");
}

TEST(Ranked, AValueWithoutARankIsRefused) {
  Person a('a');
  a.edit([](Draft& d) { return set_rank(d, "yes", 2); });
  Draft draft = a.draft();
  const Status set = draft.set({std::string("risk")}, "perhaps");
  EXPECT_EQ(message(set), "The field is ranked: give the new value a rank.");
  EXPECT_TRUE(draft.set({std::string("risk")}, "yes"));
  EXPECT_EQ(read_field(draft.state(), {std::string("risk")})->siblings[0].rank, 2u);
  EXPECT_TRUE(set_rank(draft, "last", 0x7fffffff));
  EXPECT_EQ(message(set_rank(draft, "beyond", 0x80000000)), "A rank can have at most 31 bits.");
}

TEST(Registers, OfTwoRulesAtOnePathAreAConflictOfKinds) {
  Person a('a'), b('b');
  a.edit([](Draft& d) { return set_rank(d, "yes", 2); });
  b.edit([](Draft& d) { return d.set({std::string("risk")}, "open"); });
  exchange(a, b);
  const auto conflicts = a.state.conflicts();
  ASSERT_EQ(conflicts.size(), 2u);
  EXPECT_TRUE(conflicts[0].kinds_clash);
  a.edit([](Draft& d) { return d.keep({}); });
  exchange(a, b);
  EXPECT_FALSE(b.state.has_conflicts());
  EXPECT_EQ(b.json(), R"({"risk":"yes"})");
}

Attachment picture() {
  Attachment file;
  file.hash.fill(0xab);
  file.size = 48'213;
  file.media_type = "image/jpeg";
  return file;
}

constexpr char kPicture[] =
    R"({"$attachment":"abababababababababababababababababababababababababababababababab",)"
    R"("media_type":"image/jpeg","size":48213})";

TEST(AnAttachment, IsAValueAndReadsBackFromItsJson) {
  Person a('a'), b('b');
  a.edit([](Draft& d) { return d.set({std::string("ecg")}, picture()); });
  const Change put = b.put("ecg", kPicture);
  EXPECT_EQ(a.json(), std::string(R"({"ecg":)") + kPicture + "}");
  EXPECT_EQ(std::get<op::Set>(put.ops[0].what).value.attachment(), picture());
  exchange(a, b);
  EXPECT_FALSE(a.state.has_conflicts()) << "both say the same";
  a.put("photos", std::string("[") + kPicture + ",1]");
  EXPECT_EQ(to_json(a.state, {std::string("photos")}), std::string("[") + kPicture + ",1]");
}

TEST(AnAttachment, ThatLacksSomethingOrHasMoreIsRefusedByItsPath) {
  const std::string advice =
      R"(An attachment must have "$attachment" (64 hexadecimal digits), "media_type" and "size", and nothing else.)";
  const auto put = [](std::string_view json) {
    Person a('a');
    Draft draft = a.draft();
    return message(draft.put_json({}, json));
  };
  const std::string hash(64, 'a');
  EXPECT_EQ(put(R"({"ecg":{"$attachment":"ab","media_type":"a/b","size":1}})"), "ecg: " + advice);
  EXPECT_EQ(put(R"({"ecg":{"$attachment":")" + hash + R"(","media_type":"a/b"}})"),
            "ecg: " + advice);
  EXPECT_EQ(put(R"({"ecg":{"$attachment":")" + hash + R"(","media_type":"none","size":1}})"),
            "ecg: " + advice);
  EXPECT_EQ(
      put(R"({"ecg":{"$attachment":")" + hash + R"(","media_type":"a/b","size":1,"name":"x"}})"),
      "ecg: " + advice);
  EXPECT_EQ(put(R"({"$attachment":")" + hash + R"(","media_type":"a/b","size":1})"), advice);
}

TEST(AnAttachment, OfAMediaTypeIsWrittenUpToTheLimit) {
  Person a('a');
  Draft draft = a.draft();
  Attachment file = picture();
  file.media_type = "a/" + std::string(125, 'b');
  EXPECT_TRUE(draft.set({std::string("x")}, file));
  file.media_type += 'b';
  EXPECT_FALSE(draft.set({std::string("x")}, file));
}

}  // namespace
}  // namespace relais::document
