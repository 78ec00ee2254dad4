#include "base/limits.h"
#include "document/making.h"

namespace relais::document {
namespace {

TEST(Path, IsWrittenAsItIsRead) {
  Person amina('a');
  amina.put("", R"({"a/b":{"~":1},"l":[{"x":[7]},{"0":2}],"0":{"1":3}})");
  for (const char* text : {"a~1b/~0", "l/0/x/0", "l/1/0", "0/1", "", "new/path", "l"}) {
    const auto path = parse_path(text, amina.state);
    ASSERT_TRUE(path.has_value()) << text;
    EXPECT_EQ(to_text(*path, amina.state), text);
  }
  EXPECT_EQ(to_json(amina.state, amina.path("l/1/0")), "2");
  EXPECT_EQ(to_json(amina.state, amina.path("new/path")), "null");
}

TEST(Path, AnElementIsFoundByItsIdWhereverItStands) {
  Person amina('a');
  amina.put("l", R"([{"x":1},{"x":2}])");
  const Path second = amina.path("l/1");
  amina.edit([&](Draft& d) { return d.erase(amina.path("l/0")); });
  EXPECT_EQ(to_text(second, amina.state), "l/0");
  const std::string id = "l/@" + to_hex(author('a').view()) + ".1.2/x";
  EXPECT_EQ(to_json(amina.state, amina.path(id)), "2");
}

TEST(Path, AFieldOfAnElementThatAnObjectHidesReadsBackAsItself) {
  Person amina('a');
  Person boris('b');
  amina.put("l", R"([{"x":1}])");
  const Path hidden = amina.path("l/0/x");
  boris.put("l", R"({"0":2})");
  exchange(amina, boris);
  ASSERT_EQ(to_json(amina.state, amina.path("l")), R"({"0":2})");
  const std::string text = to_text(hidden, amina.state);
  EXPECT_EQ(text, "l/@" + to_hex(author('a').view()) + ".1.0/x");
  EXPECT_EQ(amina.path(text), hidden);
  EXPECT_EQ(to_json(amina.state, amina.path("l/0")), "2");
}

TEST(Path, WhatIsNotThereOrNotAPathIsSaid) {
  Person amina('a');
  amina.put("l", "[1]");
  const auto fault = [&](std::string_view text) { return message(parse_path(text, amina.state)); };
  EXPECT_EQ(fault("l/1"), "l/1: The index is beyond the end of the list, whose length is 1.");
  EXPECT_EQ(fault("l/@00.1.1"), "l/@00.1.1: The step is not the id of a list element.");
  EXPECT_EQ(fault("l/@\x1b[31m"), "l/@\\u001b[31m: The step is not the id of a list element.");
  const std::string missing = "l/@" + to_hex(author('a').view()) + ".9.9";
  EXPECT_EQ(fault(missing), missing + ": The list has no such element.");
  EXPECT_EQ(parse_path("l/1", amina.state).error().code(), ErrorCode::not_found);
  EXPECT_EQ(fault("a~2"), "In a path, write '~0' for '~' and '~1' for '/'.");
  std::string deep = "k";
  for (std::size_t i = 1; i < limits::kNestingDepth; ++i) deep += "/k";
  EXPECT_EQ(fault(deep), "no error");
  EXPECT_EQ(fault(deep + "/k"), "A path can have at most 16 steps.");
  EXPECT_EQ(fault(std::string(limits::kPathStepBytes, 'k')), "no error");
  EXPECT_EQ(fault(std::string(limits::kPathStepBytes + 1, 'k')),
            "A step of a path can have at most 255 bytes.");
}

}  // namespace
}  // namespace relais::document
