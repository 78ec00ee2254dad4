#include "document/sequence/sequence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "document/edit/draft.h"
#include "document/view/read.h"
#include "property/oracle.h"
#include "support/chance.h"

namespace relais::document {
namespace {

using testing::Chance;

AuthorId author_no(std::size_t device) {
  AuthorId author;
  author.bytes.fill(static_cast<std::uint8_t>(device + 1));
  return author;
}

/// One change: it inserts a run between two units, or deletes units.
struct Event {
  Position position;
  std::uint32_t length = 0;  ///< inserted
  std::optional<Dot> left;
  std::optional<Dot> right;
  std::vector<Dot> deleted;
};

/// The letter of a unit, so that misplaced text is visible.
char letter_of(const Dot& unit) {
  return static_cast<char>('a' + (unit.seq * 7 + unit.index * 3 + unit.author.bytes[0]) % 26);
}

/// A text on one device, without the rest of a document.
struct Writer {
  ChangeTable changes;
  Sequence text;
  std::vector<const Event*> applied;
  std::set<const Event*> has;

  void apply(const Event& event) {
    if (!has.insert(&event).second) return;
    applied.push_back(&event);
    const auto local = [this](const std::optional<Dot>& dot) {
      return dot ? std::optional(changes.intern(*dot)) : std::nullopt;
    };
    const LocalDot first{changes.intern(event.position), 0, 0};
    if (event.length > 0) {
      std::string letters;
      for (std::uint32_t i = 0; i < event.length; ++i) {
        letters += letter_of({event.position.author, event.position.seq, i});
      }
      text.insert(changes, first, event.length, letters, local(event.left), local(event.right));
    }
    for (const Dot& unit : event.deleted) text.erase(changes.intern(unit), 1);
  }

  void take(const Writer& from) {
    for (const Event* event : from.applied) apply(*event);
  }

  void merge(const Writer& from) {
    std::vector<std::uint32_t> number;
    for (std::uint32_t i = 0; i < from.changes.size(); ++i) {
      number.push_back(changes.intern(from.changes[i].position));
    }
    text.merge(changes, from.text, number);
  }

  Dot unit_at(std::size_t position) const { return changes.global(text.unit(text.at(position))); }
};

/// How long texts are edited: anywhere; at a few places; or continuously, with some deletions.
enum class Habit { scattered, crowded, typing };

Event edit(const Writer& writer, Habit habit, Position position, Chance& chance) {
  Event event{position, 0, {}, {}, {}};
  const std::size_t size = writer.text.size();
  const std::size_t reach = habit == Habit::crowded ? std::min<std::size_t>(size, 4) : size;
  if (size > 8 && chance.one_in(4)) {
    const std::size_t at = chance.below(size - 4);
    for (std::size_t i = 0; i < 1 + chance.below(4); ++i) {
      event.deleted.push_back(writer.unit_at(at + i));
    }
    return event;
  }
  event.length = 1 + static_cast<std::uint32_t>(chance.below(habit == Habit::typing ? 12 : 3));
  const std::size_t at =
      habit == Habit::typing && chance.one_in(3) ? size : chance.below(reach + 1);
  if (at > 0) event.left = writer.unit_at(at - 1);
  const auto next = writer.text.next(event.left ? writer.changes.find(*event.left) : std::nullopt);
  if (next) event.right = writer.changes.global(*next);
  return event;
}

struct Unit {
  Dot dot;
  bool deleted;
  bool operator==(const Unit&) const = default;
};

std::vector<Unit> units_of(const Writer& writer) {
  std::vector<Unit> units;
  for (auto at = writer.text.head(); at != Sequence::kNone; at = writer.text.run(at).after) {
    const Sequence::Run run = writer.text.run(at);
    for (std::uint32_t i = 0; i < run.length; ++i) {
      units.push_back({writer.changes.global(writer.text.unit({at, i})), run.deleted});
    }
  }
  return units;
}

std::vector<Unit> expected(const Writer& writer) {
  NaiveFugueMax order;
  std::set<Dot> deleted;
  for (const Event* event : writer.applied) {
    std::optional<Dot> left = event->left;
    for (std::uint32_t i = 0; i < event->length; ++i) {
      const Dot unit{event->position.author, event->position.seq, i};
      order.insert(unit, left, event->right);
      left = unit;
    }
    deleted.insert(event->deleted.begin(), event->deleted.end());
  }
  std::vector<Unit> units;
  for (const Dot& unit : order.order()) units.push_back({unit, deleted.contains(unit)});
  return units;
}

/// Checks every query of a sequence against what is read in it.
void check_answers(const Writer& writer, const std::vector<Unit>& units, Chance& chance) {
  std::string text;
  std::vector<std::size_t> visible;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i].deleted) continue;
    visible.push_back(i);
    text += letter_of(units[i].dot);
  }
  std::string read;
  writer.text.read(read);
  EXPECT_EQ(read, text);
  ASSERT_EQ(writer.text.size(), visible.size());
  Sequence sought = writer.text;
  for (int i = 0; i < 400 && !visible.empty(); ++i) {
    const std::size_t position = chance.below(visible.size());
    const LocalDot unit = writer.text.unit(writer.text.at(position));
    EXPECT_EQ(writer.changes.global(unit), units[visible[position]].dot);
    EXPECT_TRUE(sought.unit(sought.seek(position)).same(unit));
    EXPECT_EQ(writer.text.position(*writer.text.find(unit)), position);
    const auto next = writer.text.next(unit);
    EXPECT_EQ(next.has_value(), visible[position] + 1 < units.size());
    if (next) {
      EXPECT_EQ(writer.changes.global(*next), units[visible[position] + 1].dot);
    }
  }
}

std::vector<Sequence::Stored> stored_runs(const Writer& writer) {
  std::vector<Sequence::Stored> runs;
  for (auto at = writer.text.head(); at != Sequence::kNone; at = writer.text.run(at).after) {
    runs.push_back(writer.text.stored(at));
  }
  return runs;
}

/// Stores and loads it: the same units, and later edits find their place.
Writer stored_and_read(const Writer& writer) {
  const std::vector<Sequence::Stored> runs = stored_runs(writer);
  Writer again;
  again.changes = writer.changes;
  again.applied = writer.applied;
  again.has = writer.has;
  auto text = Sequence::from(again.changes, runs);
  EXPECT_TRUE(text.has_value());
  if (text) again.text = std::move(*text);
  return again;
}

class LongTexts : public ::testing::TestWithParam<std::tuple<Habit, int>> {};

TEST_P(LongTexts, AreReadInTheOrderOfFugueMaxOnEveryDevice) {
  const auto [habit, seed] = GetParam();
  Chance chance(static_cast<std::uint64_t>(seed));
  constexpr std::size_t kEvents = 1600;
  std::vector<Event> events;
  events.reserve(kEvents);
  std::array<Writer, 4> writers;
  for (std::size_t i = 0; i < kEvents; ++i) {
    const std::size_t who = chance.below(writers.size());
    events.push_back(edit(writers[who], habit, {author_no(who), i + 1}, chance));
    writers[who].apply(events.back());
    if (chance.one_in(12)) writers[who].take(writers[chance.below(writers.size())]);
    if (chance.one_in(300)) writers[who] = stored_and_read(writers[who]);
  }
  Writer merged = stored_and_read(writers[3]);
  for (std::size_t i = 0; i < 3; ++i) merged.merge(writers[i]);
  for (Writer& writer : writers) {
    for (const Writer& other : writers) writer.take(other);
  }
  const std::vector<Unit> units = expected(writers[0]);
  ASSERT_GT(units.size(), kEvents);
  for (const Writer& writer : writers) {
    EXPECT_TRUE(units_of(writer) == units);
    check_answers(writer, units, chance);
  }
  EXPECT_TRUE(units_of(merged) == units);
  check_answers(stored_and_read(merged), units, chance);
}

INSTANTIATE_TEST_SUITE_P(, LongTexts,
                         ::testing::Combine(::testing::Values(Habit::scattered, Habit::crowded,
                                                              Habit::typing),
                                            ::testing::Values(1, 2)));

/// The runs define their tree, and a tree has one order.
TEST(StoredText, IsRefusedInAnyOtherOrder) {
  Chance chance(3);
  std::vector<Event> events;
  events.reserve(120);
  std::array<Writer, 3> writers;
  for (std::size_t i = 0; i < 120; ++i) {
    const std::size_t who = chance.below(writers.size());
    events.push_back(edit(writers[who], Habit::crowded, {author_no(who), i + 1}, chance));
    writers[who].apply(events.back());
    if (chance.one_in(8)) writers[who].take(writers[chance.below(writers.size())]);
  }
  for (const Writer& other : writers) writers[0].take(other);
  const auto runs = stored_runs(writers[0]);
  const ChangeTable& changes = writers[0].changes;
  ASSERT_GT(runs.size(), 60u);
  ASSERT_TRUE(Sequence::from(changes, runs));
  for (std::size_t from = 0; from < runs.size(); ++from) {
    for (std::size_t to = from + 1; to < std::min(runs.size(), from + 6); ++to) {
      auto moved = runs;
      std::rotate(moved.begin() + static_cast<std::ptrdiff_t>(from),
                  moved.begin() + static_cast<std::ptrdiff_t>(from) + 1,
                  moved.begin() + static_cast<std::ptrdiff_t>(to) + 1);
      EXPECT_FALSE(Sequence::from(changes, moved)) << from << " to " << to;
    }
  }
}

/// Each of two siblings was inserted before a child of the other: neither can be first.
TEST(StoredText, IsRefusedIfNoChangesLeadToIt) {
  using Stored = Sequence::Stored;
  ChangeTable changes;
  const auto unit = [&changes](std::uint64_t seq) {
    return LocalDot{changes.intern(Position{author_no(0), seq}), 0, 0};
  };
  const LocalDot first = unit(1), below_first = unit(2), second = unit(3), below_second = unit(4);
  const auto run = [](const LocalDot& at, const std::optional<LocalDot>& parent,
                      const std::optional<LocalDot>& right) {
    const auto under = parent ? Stored::Under::earlier : Stored::Under::start;
    return Stored{at, 1, false, under, parent.value_or(LocalDot()), right, "x"};
  };
  std::vector<Stored> runs{run(first, {}, below_second), run(below_first, first, {}),
                           run(second, {}, below_first), run(below_second, second, {})};
  EXPECT_FALSE(Sequence::from(changes, runs));
  runs[0].right.reset();
  EXPECT_TRUE(Sequence::from(changes, runs)) << "the first was there before the second";
}

/// Compared with a plain string: the typing of one author, in a tree of several levels.
TEST(LongText, OfOneAuthorIsWhatAStringWouldBe) {
  Chance chance(5);
  Writer writer;
  std::string plain;
  std::uint32_t index = 0;
  const std::uint32_t change = writer.changes.intern(Position{author_no(0), 1});
  std::size_t cursor = 0;
  for (int i = 0; i < 60'000; ++i) {
    if (chance.one_in(2)) cursor = chance.below(plain.size() + 1);
    cursor = std::min(cursor, plain.size());
    if (plain.size() > 10 && chance.one_in(4)) {
      const std::size_t at = std::min(cursor, plain.size() - 1);
      writer.text.erase(writer.text.seek(at), 1);
      plain.erase(at, 1);
      continue;
    }
    const char letter = static_cast<char>('a' + chance.below(26));
    const std::string_view typed(&letter, 1);
    std::optional<Sequence::RunPosition> left;
    if (cursor > 0) left = writer.text.seek(cursor - 1);
    const bool goes_on = left && writer.text.unit(*left).same({change, index - 1, 0}) &&
                         writer.text.extend(*left, 1, typed);
    if (!goes_on) {
      const auto unit = left ? std::optional(writer.text.unit(*left)) : std::nullopt;
      writer.text.insert(writer.changes, {change, index, 0}, 1, typed, unit,
                         writer.text.next(unit));
    }
    ++index;
    plain.insert(cursor++, 1, letter);
  }
  std::string read;
  writer.text.read(read);
  EXPECT_EQ(read, plain);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t position = chance.below(plain.size());
    const Sequence::RunPosition place = writer.text.at(position);
    EXPECT_EQ(writer.text.run(place.run).text[place.offset], plain[position]);
    EXPECT_EQ(writer.text.position(place), position);
  }
}

/// A simulated typist: continues at the last edit, deletes backwards and forwards, pastes, and
/// jumps. Keeps the expected text as plain code points.
class Typist {
 public:
  explicit Typist(std::uint64_t seed) : chance_(seed) {}

  void edit(Draft& draft) {
    if (chance_.one_in(6)) cursor_ = chance_.below(plain_.size() + 1);
    std::size_t removed = 0;
    if (chance_.one_in(3)) {
      removed = std::min<std::size_t>(1 + chance_.below(3), cursor_);
      cursor_ -= chance_.one_in(3) ? 0 : removed;
      removed = std::min(removed, plain_.size() - cursor_);
    }
    std::string inserted;
    std::u32string points;
    const std::size_t count = removed > 0 && chance_.one_in(2) ? 0 : 1 + chance_.below(3);
    for (std::size_t i = 0; i < count; ++i) {
      const auto& [utf8, point] = kLetters[chance_.below(std::size(kLetters))];
      inserted += utf8;
      points += point;
    }
    ASSERT_TRUE(draft.splice_text(kText, cursor_, removed, inserted).has_value());
    plain_.replace(cursor_, removed, points);
    cursor_ += count;
  }
  std::string text() const {
    std::string text;
    for (const char32_t point : plain_) {
      for (const auto& [utf8, its] : kLetters) text += its == point ? utf8 : "";
    }
    return text;
  }
  Chance& chance() { return chance_; }

  static inline const Path kText{std::string("text")};

 private:
  static constexpr std::pair<const char*, char32_t> kLetters[] = {
      {"a", U'a'}, {"b", U'b'}, {" ", U' '}, {"é", U'é'}, {"ж", U'ж'}, {"🏥", U'🏥'}};

  Chance chance_;
  std::u32string plain_;
  std::size_t cursor_ = 0;
};

TEST(LongText, TypedInTransactionsIsTheSameForWhoTypesAndWhoReceives) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Typist typist(seed);
    State writes;
    State receives;
    for (std::uint64_t seq = 1; seq <= 150; ++seq) {
      const Position self{author_no(0), seq};
      Draft draft(std::move(writes), self, {"notes", "one"}, Stamp{seq << 16});
      for (std::size_t i = 1 + typist.chance().below(40); i > 0; --i) typist.edit(draft);
      const std::size_t most = draft.bytes();
      const Bytes bytes = draft.empty() ? Bytes() : encode(std::move(draft).finish(), self);
      writes = draft.take_state();
      if (bytes.empty()) continue;
      EXPECT_LE(bytes.size(), most);
      const auto change = decode_change(bytes, self);
      ASSERT_TRUE(change.has_value());
      ASSERT_TRUE(receives.apply(*change, self).has_value());
      ASSERT_EQ(receives.canonical(), writes.canonical()) << "seed " << seed << ", " << seq;
      const auto field = read_field(receives, Typist::kText);
      ASSERT_TRUE(field.has_value());
      ASSERT_EQ(field->text, typist.text()) << "seed " << seed << ", " << seq;
    }
  }
}

}  // namespace
}  // namespace relais::document
