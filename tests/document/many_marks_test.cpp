#include "base/limits.h"
#include "document/making.h"
#include "document/state/table.h"

/// Of an author's marks at one path only the last ones count: docs/spec/document.md, "Deletion".
namespace relais::document {
namespace {

constexpr std::size_t kMany = limits::kMarksAtOnePath;

/// Adds a field and deletes the document, `times` times, each in its own change.
std::vector<std::pair<Change, Position>> delete_over_and_over(Person& person, std::size_t times) {
  std::vector<std::pair<Change, Position>> changes;
  const auto note = [&](const Change& change) { changes.emplace_back(change, person.position()); };
  for (std::size_t i = 0; i < times; ++i) {
    note(person.edit([](Draft& draft) {
      const Status begun = draft.start_anew({}, FieldKind::map);
      return begun ? draft.put_json({std::string("name")}, "\"Ada\"") : begun;
    }));
    note(person.edit([](Draft& draft) { return draft.erase({}); }));
  }
  return changes;
}

std::size_t marks_of(const State& state) { return state.table().root.extras->rare->marks.size(); }

TEST(ManyMarks, OfOneAuthorLeaveTheLastOnes) {
  Person a{'a'};
  delete_over_and_over(a, kMany + 10);
  EXPECT_EQ(marks_of(a.state), kMany);
  EXPECT_EQ(a.json(), "{}");
  const Bytes bytes = a.state.canonical();
  EXPECT_EQ(State::decode(bytes)->canonical(), bytes);
}

TEST(ManyMarks, AreTheSameWhenSomebodyTakesOneOfThemBackInBetweenOrAfterwards) {
  Person a{'a'};
  const auto changes = delete_over_and_over(a, kMany);
  Person b{'b'};
  for (const auto& [change, position] : changes) b.take(change, position);
  const Change restored = b.edit([](Draft& draft) { return draft.restore({}); });
  const auto more = delete_over_and_over(a, kMany / 2);
  Person early{'c'};
  early.state = b.state;
  for (const auto& [change, position] : more) early.take(change, position);
  Person late{'d'};
  late.state = a.state;
  late.take(restored, b.position());
  State merged = b.state;
  merged.merge(a.state);
  EXPECT_EQ(to_hex(early.state.canonical()), to_hex(late.state.canonical()));
  EXPECT_EQ(to_hex(early.state.canonical()), to_hex(merged.canonical()));
}

TEST(ManyMarks, InOneDraftGoOnInAnotherChange) {
  Person a{'a'};
  a.put("name", "\"Ada\"");
  std::uint64_t next = a.position().seq + 1;
  const auto delete_often = [](Draft& draft) -> Status {
    for (std::size_t i = 0; i <= kMany; ++i) {
      if (Status done = draft.erase({}); !done) return done;
      if (Status done = draft.start_anew({}, FieldKind::map); !done) return done;
    }
    return {};
  };
  Draft only(a.state, {author('a'), next}, {"cases", "one"}, Stamp{2});
  EXPECT_EQ(message(delete_often(only)),
            "One change can delete a path at most 64 times: split it into several changes.");
  Draft several(a.state, {author('a'), next}, {"cases", "one"}, Stamp{2}, [&] {
    return Position{author('a'), ++next};
  });
  EXPECT_EQ(message(delete_often(several)), "no error");
  const auto made = std::move(several).finish_all();
  ASSERT_EQ(made.size(), 2u);
  for (const auto& [position, change] : made) {
    EXPECT_TRUE(decode_change(encode(change, position), position).has_value());
  }
}

}  // namespace
}  // namespace relais::document
