// Reads take steps in proportion to what there is to read: twice as much takes less than three
// times as long. A step is a basic block of the files that tests/replica/CMakeLists.txt marks as
// counted: the same on every machine.
#include <gtest/gtest.h>

#include "document/edit/draft.h"
#include "document/json/json.h"
#include "document/view/cursor.h"
#include "document/view/differences.h"
#include "replica/read/history.h"
#include "replica/read/same_documents.h"
#include "replica/read/verification.h"
#include "support/test_space.h"

namespace {
std::uint64_t steps_taken = 0;
}

extern "C" void __sanitizer_cov_trace_pc() { ++steps_taken; }  // NOLINT: the compiler's name

namespace relais {
namespace {

using document::Draft;
using document::Path;
using document::State;
using replica::Edit;
using testing::TestSpace;

const DocumentId kCase{"", "cases", "1"};

template <class Action>
std::uint64_t steps_of(const Action& action) {
  const std::uint64_t before = steps_taken;
  action();
  return steps_taken - before;
}

/// `measure(n)` makes something of n parts, and returns the steps that reading it takes.
template <class Measure>
void expect_in_proportion(std::size_t n, const Measure& measure) {
  const std::uint64_t once = measure(n);
  const std::uint64_t twice = measure(2 * n);
  EXPECT_GT(once, n) << "nothing is counted";
  EXPECT_LT(twice, 3 * once) << once << " steps for " << n << ", " << twice << " for twice as many";
}

std::string numbers(std::size_t count, std::size_t from = 0) {
  std::string json = "[";
  for (std::size_t i = 0; i < count; ++i) {
    json += (i != 0 ? "," : "") + std::to_string(from + i);
  }
  return json + "]";
}

std::string object_of(std::size_t fields, std::size_t from) {
  std::string json = "{";
  for (std::size_t i = 0; i < fields; ++i) {
    json += (i != 0 ? ",\"f" : "\"f") + std::to_string(i) + "\":" + std::to_string(from + i);
  }
  return json + "}";
}

replica::History past(TestSpace& space) { return replica::History(space.core("A").reading()); }
replica::ReadView reader(TestSpace& space) { return replica::ReadView(space.core("A").reading()); }

AuthorId author(std::size_t number) {
  Bytes id(16, '\0');
  for (std::size_t i = 0; number != 0; ++i, number >>= 8) id[i] = static_cast<char>(number);
  return *AuthorId::from(id);
}

Path list_path() { return {document::Step(std::string("list"))}; }

/// A document of one author, with a list of `count` numbers.
State list_of(std::size_t count) {
  Draft draft({}, {author(1), 1}, {"cases", "1"}, {1});
  EXPECT_TRUE(draft.put_json(list_path(), numbers(count)));
  return draft.take_state();
}

TEST(Growth, TheHistoryOfAListThatWasImportedInOneChange) {
  expect_in_proportion(2000, [](std::size_t n) {
    TestSpace space;
    space.found("A");
    space.put("A", "cases/1", "list", numbers(n));
    return steps_of([&] { EXPECT_GE(past(space).history(kCase, "")->front().edits.size(), n); });
  });
}

TEST(Growth, ALineOfManyFields) {
  expect_in_proportion(4000, [](std::size_t n) {
    const std::string line = R"({"collection":"cases","id":"1","doc":)" + object_of(n, 0) + '}';
    document::Importer importer;
    std::vector<Bytes> changes;
    return steps_of([&] {
      ASSERT_TRUE(importer.parse(line));
      ASSERT_TRUE(importer.encode(
          CompartmentId{}, {1}, {}, [](std::string_view) { return true; },
          [] { return TransactionId{}; }, changes));
    });
  });
}

TEST(Growth, TheHistoryOfManyEditsOfAList) {
  for (const std::string path : {"", "list/3"}) {
    expect_in_proportion(150, [&](std::size_t n) {
      TestSpace space;
      space.found("A");
      space.put("A", "cases/1", "list", numbers(n));
      for (std::size_t i = 0; i < n; ++i) {
        const std::string element = path.empty() ? std::to_string(i) : "3";
        space.put("A", "cases/1", "list/" + element, std::to_string(1000 + i));
      }
      return steps_of([&] { EXPECT_EQ(past(space).history(kCase, path)->size(), n + 1); });
    });
  }
}

/// Field names in another order than their own.
Path scattered(std::size_t i) { return {document::Step(std::to_string(i * 7919 % 1'000'003))}; }

document::Change change_of(std::size_t seq) {
  document::Change change;
  change.address = {"cases", "1"};
  change.stamp = {seq};
  if (seq > 1) change.context.advance(author(1), seq - 1);
  return change;
}

TEST(Growth, AChangeOfManyFieldsInAnyOrder) {
  expect_in_proportion(4000, [](std::size_t n) {
    document::Change change = change_of(1);
    for (std::size_t i = 0; i < n; ++i) {
      change.ops.push_back({scattered(i), document::op::Set{Value(true), {}}});
    }
    State state;
    return steps_of([&] { EXPECT_TRUE(state.apply(change, {author(1), 1})); });
  });
}

TEST(Growth, AChangeOfManyElementsOfASetInAnyOrder) {
  expect_in_proportion(4000, [](std::size_t n) {
    document::Change first = change_of(1);
    first.ops.push_back({list_path(), document::op::Add{Value(std::int64_t{-1})}});
    document::Change change = change_of(2);
    for (std::size_t i = 0; i < n; ++i) {
      change.ops.push_back(
          {list_path(), document::op::Add{Value(static_cast<std::int64_t>(i * 7919 % 1'000'003))}});
    }
    State state;
    EXPECT_TRUE(state.apply(first, {author(1), 1}));
    return steps_of([&] { EXPECT_TRUE(state.apply(change, {author(1), 2})); });
  });
}

TEST(Growth, AChangeThatMovesManyElementsOfAList) {
  expect_in_proportion(4000, [](std::size_t n) {
    State state = list_of(n);
    document::Change change = change_of(2);
    std::optional<document::Dot> left;
    for (std::uint32_t i = 0; i < n; ++i) {
      change.ops.push_back({list_path(), document::op::Move{{author(1), 1, i}, left, {}}});
      left = {author(1), 2, i};
    }
    return steps_of([&] { EXPECT_TRUE(state.apply(change, {author(1), 2})); });
  });
}

TEST(Growth, AStateOfManyChangesThatWereDeletedManyTimesAndContested) {
  expect_in_proportion(400, [](std::size_t n) {
    State state;
    for (std::size_t seq = 1; seq <= 2 * n; ++seq) {
      document::Change change = change_of(seq);
      if (seq <= n) {
        change.ops.push_back({scattered(seq), document::op::Set{Value(true), {}}});
      } else {
        change.ops.push_back({{}, document::op::Delete{}});
      }
      EXPECT_TRUE(state.apply(change, {author(1), seq}));
    }
    document::Change contest = change_of(1);
    contest.ops.push_back({scattered(0), document::op::Set{Value(true), {}}});
    EXPECT_TRUE(state.apply(contest, {author(2), 1}));
    return steps_of([&] { EXPECT_TRUE(State::decode(state.canonical())); });
  });
}

TEST(Growth, WhatChangedBetweenTwoMoments) {
  expect_in_proportion(2000, [](std::size_t n) {
    const State before = list_of(n);
    Draft draft(before, {author(2), 1}, {"cases", "1"}, {2});
    EXPECT_TRUE(draft.set(*document::parse_path("list/0", draft.state()), 5000));
    EXPECT_TRUE(draft.append_json(list_path(), "7"));
    const State after = draft.take_state();
    const State nothing;
    return steps_of([&] {
      EXPECT_EQ(document::differences(before, after).size(), 2u);
      EXPECT_EQ(document::differences(nothing, after).size(), n + 1);
    });
  });
}

TEST(Growth, ACursorInAList) {
  expect_in_proportion(2000, [](std::size_t n) {
    const State state = list_of(n);
    return steps_of([&] {
      const auto cursor = document::make_cursor(state, list_path(), n - 1, CursorSide::left);
      EXPECT_EQ(*document::find_cursor(state, list_path(), *cursor), n - 1);
    });
  });
}

TEST(Growth, AFieldWithThousandsOfVersions) {
  expect_in_proportion(1000, [](std::size_t n) {
    State state;
    for (std::size_t i = 0; i < n; ++i) {
      Draft draft({}, {author(i + 1), 1}, {"cases", "1"}, {i});
      EXPECT_TRUE(draft.set({document::Step(std::string("w"))}, static_cast<std::int64_t>(i)));
      EXPECT_TRUE(state.apply(std::move(draft).finish(), {author(i + 1), 1}));
    }
    return steps_of([&] {
      EXPECT_EQ(state.conflicts().front().siblings.size(), n);
      EXPECT_TRUE(state.has_conflicts());
    });
  });
}

TEST(Growth, AListWhoseElementsWereAllMoved) {
  expect_in_proportion(500, [](std::size_t n) {
    Draft draft(list_of(n), {author(1), 2}, {"cases", "1"}, {2});
    for (std::size_t i = 0; i < n; ++i) EXPECT_TRUE(draft.move(list_path(), 0, n - 1));
    const State state = draft.take_state();
    return steps_of([&] {
      EXPECT_EQ(document::to_json(state, list_path()), numbers(n));
      EXPECT_FALSE(state.has_conflicts());
      EXPECT_TRUE(state.conflicts().empty());
    });
  });
}

TEST(Growth, DocumentsThatDifferInManyFields) {
  expect_in_proportion(500, [](std::size_t n) {
    TestSpace space;
    space.found("A");
    space.put("A", "cases/1", "a", object_of(n, 0));
    space.put("A", "cases/2", "a", object_of(n, 7));
    EXPECT_TRUE(space.edit("A", [](Edit& edit) {
      return edit.mark_same(kCase, {"", "cases", "2"});
    }));
    return steps_of([&] {
      const auto view = replica::merged(space.core("A").reading(), kCase);
      EXPECT_EQ(view->differences.size(), n);
    });
  });
}

TEST(Growth, TheConflictsOfManyFields) {
  expect_in_proportion(500, [](std::size_t n) {
    TestSpace space;
    space.found("A");
    EXPECT_TRUE(space.join("B", "A"));
    space.put("A", "cases/1", "list", numbers(n));
    space.settle();
    for (const std::string device : {"A", "B"}) {
      EXPECT_TRUE(space.edit(device, [&](Edit& edit) -> Status {
        for (std::size_t i = 0; i < n; ++i) {
          const std::string json = '"' + device + '"';
          if (auto put = edit.put_json(kCase, "list/" + std::to_string(i), json); !put) return put;
        }
        return {};
      }));
    }
    space.settle();
    return steps_of([&] { EXPECT_EQ(reader(space).conflicts_of(kCase)->size(), n); });
  });
}

TEST(Growth, TakingBackTheLastOfManyChanges) {
  expect_in_proportion(200, [](std::size_t n) {
    TestSpace space;
    space.found("A");
    for (std::size_t i = 0; i < n; ++i) space.put("A", "cases/1", "w", std::to_string(i));
    return steps_of(
        [&] { EXPECT_TRUE(space.edit("A", [](Edit& edit) { return edit.undo(kCase); })); });
  });
}

TEST(Growth, DerivingAgainWhatManyChangesMake) {
  expect_in_proportion(200, [](std::size_t n) {
    TestSpace space;
    space.found("A");
    for (std::size_t i = 0; i < n; ++i) space.put("A", "cases/1", "w", std::to_string(i));
    return steps_of([&] {
      EXPECT_TRUE(replica::verify(replica::Snapshot(space.core("A")))->problems.empty());
    });
  });
}

}  // namespace
}  // namespace relais
