#include "document/edit/draft.h"

#include <cmath>

#include "base/limits.h"
#include "document/making.h"

namespace relais::document {
namespace {

TEST(Draft, LaterEditsOfADraftBuildOnEarlierOnes) {
  Person amina('a');
  Draft draft = amina.draft();
  EXPECT_TRUE(draft.empty());
  ASSERT_TRUE(draft.put_json({}, R"({"l":[1,{"x":2}],"n":"y"})"));
  ASSERT_TRUE(draft.append_json(*parse_path("l", draft.state()), "[3]"));
  ASSERT_TRUE(draft.set(*parse_path("l/1/x", draft.state()), 4));
  ASSERT_TRUE(draft.erase(*parse_path("l/0", draft.state())));
  EXPECT_EQ(to_json({&draft.state()}), R"({"l":[{"x":4},[3]],"n":"y"})");
  amina.commit(std::move(draft));
  EXPECT_EQ(amina.json(), R"({"l":[{"x":4},[3]],"n":"y"})");
}

TEST(Draft, PuttingWhatIsThereAlreadyWritesNothing) {
  Person amina('a');
  const std::string json = R"({"a":1.5,"l":[1,{"x":[]}],"m":{"y":null},"t":"abc"})";
  amina.put("", json);
  amina.edit([&](Draft& d) { return d.put_json({}, R"({"note":"some text"})", {{"note"}}); });
  Draft draft = amina.draft();
  ASSERT_TRUE(draft.put_json({}, json));
  ASSERT_TRUE(draft.put_json({std::string("note")}, "\"some text\""));
  EXPECT_TRUE(draft.empty());
  ASSERT_TRUE(draft.put_json({}, R"({"a":1})"));
  EXPECT_FALSE(draft.empty());
}

TEST(Draft, PuttingAnArrayKeepsTheItemsThatStay) {
  Person amina('a');
  Person boris('b');
  amina.put("l", R"([{"x":1},2,3])");
  exchange(amina, boris);
  amina.put("l", R"([{"x":1},4,3])");
  boris.put("l/0/x", "5");
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"l":[{"x":5},4,3]})");
  EXPECT_FALSE(amina.state.has_conflicts());
}

TEST(Draft, JsonKeepsATextASetAndACounterWhatTheyAre) {
  Person amina('a');
  const auto path = [](const char* name) { return Path{std::string(name)}; };
  amina.edit([&](Draft& d) { return d.update_text(path("t"), "old words"); });
  amina.edit([&](Draft& d) { return d.add(path("s"), "x"); });
  amina.edit([&](Draft& d) { return d.count(path("c"), 4); });
  amina.put("", R"({"t":"new words","s":["y","z"],"c":9})");
  EXPECT_EQ(amina.json(), R"({"c":9,"s":["y","z"],"t":"new words"})");
  EXPECT_EQ(read_field(amina.state, path("t"))->kind, FieldKind::text);
  EXPECT_EQ(read_field(amina.state, path("s"))->kind, FieldKind::set);
  EXPECT_EQ(read_field(amina.state, path("c"))->kind, FieldKind::counter);
  amina.edit([&](Draft& d) { return d.append_json(path("c"), "-2"); });
  amina.edit([&](Draft& d) { return d.append_json(path("s"), "true"); });
  EXPECT_EQ(amina.json(), R"({"c":7,"s":[true,"y","z"],"t":"new words"})");
}

TEST(Draft, AnOperationOfAnotherKindIsRefused) {
  Person amina('a');
  amina.put("", R"({"v":1,"l":[]})");
  Draft draft = amina.draft();
  const Path v{std::string("v")};
  const Path l{std::string("l")};
  EXPECT_EQ(message(draft.add(v, 1)), "The field is not a set.");
  EXPECT_EQ(message(draft.remove(l, 1)), "The field is not a set.");
  EXPECT_EQ(message(draft.count(v, 1)), "The field is not a counter.");
  EXPECT_EQ(message(draft.update_text(l, "x")), "The field is not a text.");
  EXPECT_EQ(message(draft.splice_text(v, 0, 0, "x")), "The field is not a text.");
  EXPECT_EQ(message(draft.insert_json(v, 0, "1")), "The field is not a list.");
  EXPECT_EQ(message(draft.append_json(v, "1")), "The field is not a list, a set or a counter.");
  EXPECT_EQ(draft.append_json(v, "1").error().code(), ErrorCode::wrong_kind);
  EXPECT_TRUE(draft.empty());
}

TEST(Draft, WhatIsNotThereIsSaid) {
  Person amina('a');
  amina.put("", R"({"l":[1]})");
  Draft draft = amina.draft();
  EXPECT_EQ(message(draft.erase({std::string("x")})), "Nothing is at the path.");
  EXPECT_EQ(message(draft.insert_json({std::string("l")}, 2, "1")),
            "The index is beyond the end of the list, whose length is 1.");
  EXPECT_TRUE(draft.insert_json({std::string("l")}, 1, "1"));
  EXPECT_EQ(message(draft.splice_text({std::string("t")}, 1, 0, "x")),
            "The position is beyond the end of the text, whose length is 0.");
  EXPECT_EQ(message(draft.splice_text({std::string("t")}, 0, 1, "x")),
            "The position is beyond the end of the text, whose length is 0.");
}

TEST(Draft, BadInputIsSaidWithItsPath) {
  Person amina('a');
  amina.put("", R"({"l":[{}]})");
  Draft draft = amina.draft();
  const Path first = amina.path("l/0");
  EXPECT_EQ(message(draft.put_json(first, R"({"a":[1e400]})")),
            "l/0/a/0: The number is out of range or not a JSON number.");
  EXPECT_EQ(message(draft.put_json(first, R"({"a":1,"a":2})")),
            "l/0: A key occurs twice in the object.");
  EXPECT_EQ(message(draft.put_json(first, "")), "l/0: The JSON ends too early.");
  EXPECT_EQ(draft.set(first, std::nan("")).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(draft.set(first, "\xff").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(draft.update_text({std::string("t")}, "\xff").error().code(),
            ErrorCode::invalid_argument);
  EXPECT_EQ(message(draft.set({}, 1)), "A document is an object: give the field a name.");
  EXPECT_EQ(message(draft.put_json({}, "[1]")), "A document is an object: give the field a name.");
  EXPECT_EQ(message(draft.set({Dot{}}, 1)), "A path must start with the name of a field.");
}

TEST(Draft, EachLimitHoldsAtItsValueAndNotBeyond) {
  Person amina('a');
  Draft draft = amina.draft();
  const Path a{std::string("a")};
  EXPECT_TRUE(draft.set(a, std::string(limits::kStringBytes, 'x')));
  EXPECT_EQ(message(draft.set(a, std::string(limits::kStringBytes + 1, 'x'))),
            "The string is longer than 65536 bytes.");
  EXPECT_TRUE(draft.set(Path(limits::kNestingDepth, Step(std::string("k"))), 1));
  EXPECT_EQ(message(draft.set(Path(limits::kNestingDepth + 1, Step(std::string("k"))), 1)),
            "A path can have at most 16 steps.");
  EXPECT_TRUE(draft.set({std::string(limits::kPathStepBytes, 'k')}, 1));
  EXPECT_FALSE(draft.set({std::string(limits::kPathStepBytes + 1, 'k')}, 1));
}

TEST(Draft, AChangeThatWouldBeTooLargeIsRefusedBeforeItIs) {
  Person amina('a');
  Draft draft = amina.draft();
  const std::string text(60000, 'x');
  Status status;
  int written = 0;
  while ((status = draft.set({std::to_string(written)}, text))) ++written;
  EXPECT_EQ(written, 4);
  EXPECT_EQ(message(status),
            "The change is larger than 262144 bytes: split it into several changes.");
  EXPECT_TRUE(decode_change(encode(std::move(draft).finish(), amina.position()), amina.position()));
  Draft many = amina.draft();
  for (std::size_t i = 0; i < limits::kOpsPerChange; ++i) {
    status = many.count({std::string("c")}, 1);
    if (!status) break;
  }
  const Bytes bytes = encode(std::move(many).finish(), amina.position());
  EXPECT_LE(bytes.size(), limits::kChangeBytes);
  EXPECT_TRUE(decode_change(bytes, amina.position()).has_value());
}

TEST(Draft, ATextLongerThanOneOpIsWrittenInSeveral) {
  Person amina('a');
  std::string text;
  while (text.size() < limits::kStringBytes * 2) text += "éЖ🙂x";
  amina.edit([&](Draft& d) { return d.update_text({std::string("t")}, text); });
  EXPECT_EQ(read_field(amina.state, {std::string("t")})->text, text);
  amina.edit([&](Draft& d) { return d.splice_text({std::string("t")}, 3, 40000, "-"); });
  EXPECT_EQ(read_field(amina.state, {std::string("t")})->text.substr(0, 9), "éЖ🙂-");
}

}  // namespace
}  // namespace relais::document
