#include "document/view/cursor.h"

#include "document/making.h"

namespace relais::document {
namespace {

class ACursor : public ::testing::Test {
 protected:
  ACursor() {
    a.edit([this](Draft& d) { return d.update_text(note, "fièvre"); });
    exchange(a, b);
  }
  Cursor at(std::size_t position, CursorSide side = CursorSide::left) {
    auto cursor = make_cursor(a.state, note, position, side);
    EXPECT_TRUE(cursor.has_value());
    return cursor ? *cursor : Cursor{};
  }
  std::size_t now(const Cursor& cursor) { return *find_cursor(a.state, note, cursor); }

  const Path note{std::string("note")};
  Person a{'a'}, b{'b'};
};

TEST_F(ACursor, IsWhereItWasMade) {
  for (const CursorSide side : {CursorSide::left, CursorSide::right}) {
    for (std::size_t i = 0; i <= 6; ++i) EXPECT_EQ(now(at(i, side)), i);
  }
  EXPECT_EQ(message(make_cursor(a.state, note, 7, CursorSide::left)),
            "The position is beyond the end of the field, whose length is 6.");
}

TEST_F(ACursor, StaysBesideItsCharacterWhileOthersEdit) {
  const Cursor left = at(3);
  const Cursor right = at(3, CursorSide::right);
  const Cursor start = at(0);
  const Cursor end = at(6, CursorSide::right);
  b.edit([this](Draft& d) { return d.splice_text(note, 0, 0, "🙂 "); });
  b.edit([this](Draft& d) { return d.splice_text(note, 5, 0, "XY"); });
  exchange(a, b);
  EXPECT_EQ(a.json(), R"({"note":"🙂 fièXYvre"})");
  EXPECT_EQ(now(left), 5u);
  EXPECT_EQ(now(right), 7u);
  EXPECT_EQ(now(start), 0u);
  EXPECT_EQ(now(end), 10u);
}

TEST_F(ACursor, WhoseCharacterIsGoneIsWhereThatWas) {
  const Cursor left = at(3);
  const Cursor right = at(3, CursorSide::right);
  b.edit([this](Draft& d) { return d.splice_text(note, 1, 4, ""); });
  exchange(a, b);
  EXPECT_EQ(now(left), 1u);
  EXPECT_EQ(now(right), 1u);
}

TEST_F(ACursor, OfAListStaysBesideItsElement) {
  a.put("l", "[1,2,3]");
  const Path list{std::string("l")};
  const Cursor cursor = *make_cursor(a.state, list, 1, CursorSide::right);
  a.edit([&](Draft& d) { return d.insert_json(list, 0, "0"); });
  EXPECT_EQ(*find_cursor(a.state, list, cursor), 2u);
  a.edit([&](Draft& d) { return d.erase(a.path("l/2")); });
  EXPECT_EQ(*find_cursor(a.state, list, cursor), 2u);
}

TEST_F(ACursor, ThatIsNoneIsRefused) {
  a.put("n", "1");
  EXPECT_EQ(message(find_cursor(a.state, note, {"x"})), "The cursor is malformed.");
  EXPECT_EQ(message(find_cursor(a.state, note, {"<@12.1.1"})), "The cursor is malformed.");
  EXPECT_EQ(message(find_cursor(a.state, {std::string("n")}, {"<"})),
            "The field is neither a text nor a list.");
  const std::string stranger = "<@" + std::string(32, 'c') + ".1.1";
  EXPECT_EQ(message(find_cursor(a.state, note, {stranger})),
            "The cursor's character or element hasn't reached this device yet.");
}

}  // namespace
}  // namespace relais::document
