// Lists: elements keep their identity, whatever is edited and wherever they are moved.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/align.h"
#include "schemas.pb.h"
#include "support/chance.h"
#include "typed/sheet.h"

namespace relais::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using schemas::Kinds;
using schemas::Visit;

using Lines = std::vector<std::string>;

void put(Kinds& kinds, const Lines& lines) {
  kinds.clear_line();
  for (const std::string& line : lines) kinds.add_line(line);
}

std::string edits(const Lines& from, const Lines& to) {
  Sheet sheet(1);
  EXPECT_TRUE(sheet.update<Kinds>([&](Kinds& k) { put(k, from); }));
  const auto made = sheet.update<Kinds>([&](Kinds& k) { put(k, to); });
  const auto back = sheet.read<Kinds>();
  EXPECT_EQ(Lines(back->line().begin(), back->line().end()), to);
  return in_words(*made);
}

TEST(TypedLists, OfScalarsTheFewestEditsAreMade) {
  EXPECT_EQ(edits({"a", "b", "c"}, {"a", "c"}), "erase line/1\n");
  EXPECT_EQ(edits({"a", "b", "c"}, {"a", "x", "b", "c"}), "insert line 1 \"x\"\n");
  EXPECT_EQ(edits({"a", "b", "c"}, {"a", "x", "c"}), "set line/1 \"x\"\n");
  EXPECT_EQ(edits({"a", "b", "c"}, {"c", "a", "b"}), "move line 2 0\n");
  EXPECT_EQ(edits({"a", "b", "c"}, {"b", "c", "a"}), "move line 0 2\n");
  EXPECT_EQ(edits({"a", "a"}, {"a", "a", "a"}), "insert line 2 \"a\"\n");
  EXPECT_EQ(edits({}, {"a", "b"}), "insert line 0 \"a\"\ninsert line 1 \"b\"\n");
  EXPECT_EQ(edits({"a", "b"}, {}), "erase line/0\nerase line/1\n");
}

TEST(TypedLists, AnElementWithAnIdIsEditedWhereverItStands) {
  Sheet sheet(1);
  ASSERT_TRUE(sheet.update<Kinds>([](Kinds& k) {
    for (const char* id : {"a", "b", "c"}) {
      Visit& visit = *k.add_visit();
      visit.set_id(id);
      visit.set_place("Kalehe");
    }
  }));
  const auto made = sheet.update<Kinds>([](Kinds& k) {
    k.mutable_visit()->SwapElements(0, 1);  // b a c
    k.mutable_visit(1)->set_place("Walungu");
    k.mutable_visit()->DeleteSubrange(2, 1);
    k.add_visit()->set_id("d");
  });
  EXPECT_EQ(in_words(*made),
            "erase visit/2\nmove visit 1 0\ninsert visit 2 {}\nset visit/2/id \"d\"\n"
            "set visit/1/place \"Walungu\"\n");
  EXPECT_EQ(sheet.json(), R"({"visit":[{"id":"b","place":"Kalehe"},{"id":"a","place":"Walungu"},)"
                          R"({"id":"d"}]})");
}

TEST(TypedLists, ConcurrentEditsOfDifferentElementsDontClash) {
  Sheet one(1);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) {
    for (const char* id : {"a", "b"}) k.add_visit()->set_id(id);
  }));
  Sheet two(2);
  two.merge(one);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) {
    k.mutable_visit(0)->set_note("dressing changed");
    k.mutable_visit()->Add()->set_id("from one");
  }));
  ASSERT_TRUE(two.update<Kinds>([](Kinds& k) {
    k.mutable_visit()->SwapElements(0, 1);
    k.mutable_visit(1)->set_place("Kalehe");  // a, now the second element
    k.mutable_visit()->Add()->set_id("from two");
  }));
  one.merge(two);
  two.merge(one);
  EXPECT_EQ(one.json(), two.json());
  EXPECT_FALSE(one.state().has_conflicts());
  const Kinds both = *one.read<Kinds>();
  ASSERT_EQ(both.visit_size(), 4);
  const auto a = std::find_if(both.visit().begin(), both.visit().end(),
                              [](const Visit& visit) { return visit.id() == "a"; });
  EXPECT_EQ(a->note(), "dressing changed");
  EXPECT_EQ(a->place(), "Kalehe");
}

TEST(TypedLists, ElementsWithoutIdsArePairedBetweenThoseThatAreEqual) {
  Sheet one(1);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) {
    for (const char* name : {"a", "b", "c"}) k.add_parts()->set_name(name);
  }));
  const auto made = one.update<Kinds>([](Kinds& k) {
    k.mutable_parts(1)->set_size(7);
    k.mutable_parts()->Add()->set_name("d");
  });
  EXPECT_EQ(in_words(*made), "insert parts 3 {}\nset parts/3/name \"d\"\nset parts/1/size 7\n");
}

TEST(TypedLists, AnIdThatStandsTwiceIsRefused) {
  Sheet sheet(1);
  const auto made = sheet.update<Kinds>([](Kinds& k) {
    k.add_visit()->set_id("a");
    k.add_visit()->set_id("a");
  });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message(), "visit/1: An element before it has the same id.");
  EXPECT_EQ(sheet.json(), "{}");
}

TEST(TypedLists, AnIdThatTwoMadeAtOnceReadsTwiceAndCanBeSettled) {
  Sheet one(1);
  Sheet two(2);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) { k.add_visit()->set_id("a"); }));
  ASSERT_TRUE(two.update<Kinds>([](Kinds& k) { k.add_visit()->set_id("a"); }));
  one.merge(two);
  EXPECT_EQ(one.read<Kinds>()->visit_size(), 2);
  EXPECT_TRUE(one.update<Kinds>([](Kinds& k) { k.set_word("other"); }));
  EXPECT_EQ(in_words(*one.update<Kinds>([](Kinds& k) { k.mutable_visit()->RemoveLast(); })),
            "erase visit/1\n");
}

TEST(TypedLists, AnElementMovedHereAndEditedThereIsOne) {
  Sheet one(1);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) { put(k, {"a", "b", "c"}); }));
  Sheet two(2);
  two.merge(one);
  ASSERT_TRUE(one.update<Kinds>([](Kinds& k) { put(k, {"c", "a", "b"}); }));
  ASSERT_TRUE(two.update<Kinds>([](Kinds& k) { put(k, {"a", "b", "c2"}); }));
  one.merge(two);
  EXPECT_EQ(one.json(), R"({"line":["c2","a","b"]})");
}

TEST(TypedLists, WhateverIsShuffledCutAndAddedReadsAsItWasWritten) {
  Chance chance(7);
  for (int round = 0; round < 300; ++round) {
    Lines from(chance.below(12));
    for (std::string& line : from) line = std::string(1, static_cast<char>('a' + chance.below(6)));
    Lines to = from;
    for (std::uint64_t times = chance.below(5); times > 0; --times) {
      if (!to.empty() && chance.one_in(2)) {
        std::swap(to[chance.below(to.size())], to[chance.below(to.size())]);
      } else if (!to.empty() && chance.one_in(2)) {
        to.erase(to.begin() + static_cast<std::ptrdiff_t>(chance.below(to.size())));
      } else {
        to.insert(to.begin() + static_cast<std::ptrdiff_t>(chance.below(to.size() + 1)), "new");
      }
    }
    edits(from, to);
  }
}

TEST(TypedLists, AlignmentOfLongListsWithoutCommonEndsIsBounded) {
  std::vector<AlignItem> before(5000);
  std::vector<AlignItem> after(5000);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    before[i].content = i;
    after[i].content = 4999 - i;
  }
  const auto matches = align_lists(before, after);
  for (std::size_t i = 0; i < 5000; ++i) ASSERT_EQ(matches[i], 4999 - i);
}

TEST(TypedLists, ALongestAscendingSubsequenceStays) {
  using Kept = std::vector<bool>;
  EXPECT_EQ(ascending({}), Kept());
  EXPECT_EQ(ascending({0, 1, 2}), Kept({true, true, true}));
  EXPECT_EQ(ascending({2, 0, 1}), Kept({false, true, true}));
  const std::vector<std::size_t> mixed{3, 1, 4, 0, 5, 9, 2, 6};
  const auto kept = ascending(mixed);
  ASSERT_EQ(kept.size(), mixed.size());
  std::vector<std::size_t> stay;
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    if (kept[i]) stay.push_back(mixed[i]);
  }
  EXPECT_EQ(stay.size(), 4u);
  EXPECT_TRUE(std::is_sorted(stay.begin(), stay.end()));
}

}  // namespace
}  // namespace relais::testing
