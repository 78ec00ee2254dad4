// Edits too large for one change, and lists whose elements keep their identity.
#include <set>

#include "document/making.h"

namespace relais::document {
namespace {

Path at(std::string_view name) { return {std::string(name)}; }

std::string numbers(int count, int first = 0) {
  std::string json = "[";
  for (int i = 0; i < count; ++i) json += (i ? "," : "") + std::to_string(first + i);
  return json + "]";
}

std::string ones(int count) {
  std::string json = "[1";
  for (int i = 1; i < count; ++i) json += ",1";
  return json + "]";
}

Status undo(Draft& draft, const State& before,
            const std::vector<std::pair<Position, Change>>& deed) {
  std::vector<Draft::Placed> placed;
  for (const auto& [position, change] : deed) placed.push_back({&change, position});
  return draft.undo(before, placed);
}

TEST(Large, AChangeIsMeasuredByWhatItIsEncodedTo) {
  Person amina('a');
  const Change change = amina.put("l", ones(6000));
  EXPECT_LT(encode(change, amina.position()).size(), 25000u);
  EXPECT_EQ(read_field(amina.state, at("l"))->items.size(), 6000u);
}

TEST(Large, WhatIsTooLargeForOneChangeIsSeveralThatReadTheSame) {
  Person amina('a');
  const std::string list = numbers(40000);
  const std::string text(600000, 'x');
  const auto changes = amina.edit_large([&](Draft& d) {
    const Status listed = d.put_json(at("l"), list);
    return listed ? d.update_text(at("t"), text) : listed;
  });
  EXPECT_GT(changes.size(), 3u);
  EXPECT_EQ(to_json(amina.state, at("l")), list);
  EXPECT_EQ(read_field(amina.state, at("t"))->text, text);
  for (std::size_t i = 1; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].first.seq, changes[i - 1].first.seq + 1);
    EXPECT_TRUE(
        changes[i].second.context.covers(changes[i - 1].first.author, changes[i - 1].first.seq));
  }
}

TEST(Large, ADraftOfOneChangeRefusesWhatDoesNotFit) {
  Person amina('a');
  Draft draft = amina.draft();
  EXPECT_EQ(message(draft.put_json(at("l"), numbers(40000))),
            "The change is larger than 262144 bytes: split it into several changes.");
}

/// Overwrites a field with JSON, undoes that, keeps, voids and undoes again.
void revise(Person& amina, std::string_view field, const std::string& before,
            const std::string& after) {
  const auto read = [&] { return to_json(amina.state, at(field)); };
  amina.edit_large([&](Draft& d) { return d.put_json(at(field), before); });
  State old = amina.state;
  const auto put = amina.edit_large([&](Draft& d) { return d.put_json(at(field), after); });
  EXPECT_EQ(read(), after);
  amina.edit_large([&](Draft& d) { return undo(d, old, put); });
  EXPECT_EQ(read(), before);
  old = amina.state;
  const auto gone =
      amina.edit_large([&](Draft& d) { return d.make_void(at(field), "entered twice"); });
  EXPECT_EQ(read(), "null");
  amina.edit_large([&](Draft& d) { return undo(d, old, gone); });
  EXPECT_EQ(read(), before);
}

TEST(Large, WhatWasDoneIsReplacedTakenBackAndMadeVoidHoweverLarge) {
  Person amina('a');
  revise(amina, "l", numbers(6000), numbers(6000, 100000));
  revise(amina, "t", '"' + std::string(300000, 'x') + '"', '"' + std::string(300000, 'y') + '"');
  revise(amina, "m", "1", numbers(40000));
}

TEST(Large, ThreeThousandConflictsAreKeptAtOnce) {
  Person amina('a');
  Person boris('b');
  std::string json = "{";
  for (int i = 0; i < 3000; ++i)
    json += (i ? ",\"field " : "\"field ") + std::to_string(i) + "\":0";
  amina.edit_large([&](Draft& d) { return d.put_json(at("m"), json + "}"); });
  exchange(amina, boris);
  const auto all = [&json](const char* value) {
    std::string changed = json + "}";
    for (std::size_t i = 0; (i = changed.find(":0", i)) != std::string::npos;) {
      changed.replace(i, 2, value);
    }
    return changed;
  };
  amina.edit_large([&](Draft& d) { return d.put_json(at("m"), all(":1")); });
  boris.edit_large([&](Draft& d) { return d.put_json(at("m"), all(":2")); });
  exchange(amina, boris);
  EXPECT_EQ(amina.state.conflicts().size(), 3000u);
  amina.edit_large([&](Draft& d) { return d.keep({}); });
  EXPECT_TRUE(amina.state.conflicts().empty());
}

TEST(Large, ATextWithThousandsOfEditsIsEmptiedAndComesBack) {
  Person amina('a');
  const std::string words(8000, 'w');
  amina.edit_large([&](Draft& d) { return d.update_text(at("t"), words); });
  amina.edit_large([&](Draft& d) {
    for (std::size_t i = 0; i < 8000; ++i) {
      if (Status done = d.splice_text(at("t"), 2 * i, 0, "-"); !done) return done;
    }
    return Status();
  });
  const std::string text = read_field(amina.state, at("t"))->text;
  const State before = amina.state;
  const auto emptied = amina.edit_large([&](Draft& d) { return d.update_text(at("t"), ""); });
  EXPECT_EQ(read_field(amina.state, at("t"))->text, "");
  amina.edit_large([&](Draft& d) { return undo(d, before, emptied); });
  EXPECT_EQ(read_field(amina.state, at("t"))->text, text);
}

Status count_each(Draft& draft, int counters) {
  for (int i = 0; i < counters; ++i) {
    Status done = draft.count({std::string("m"), "n" + std::to_string(i)}, i + 1);
    if (!done) return done;
  }
  return {};
}

TEST(Large, ADeletionStandsInOneChangeWithTheResetsOfItsCounters) {
  for (const int counters : {800, 10000}) {
    Person amina('a');
    amina.edit_large([&](Draft& d) { return count_each(d, counters); });
    const std::string before = amina.json();
    const State old = amina.state;
    const auto changes = amina.edit_large([&](Draft& d) {
      const Status filled = d.update_text(at("t"), std::string(230000, 'x'));
      return filled ? d.make_void(at("m"), "counted twice") : filled;
    });
    EXPECT_GT(changes.size(), 1u);
    std::set<Path> resets;
    for (const auto& [position, change] : changes) {
      const Path* reset = nullptr;
      for (const Op& op : change.ops) {
        if (std::holds_alternative<op::ResetCounter>(op.what)) {
          reset = &op.path;
          resets.insert(op.path);
        }
        if (std::holds_alternative<op::Delete>(op.what)) reset = nullptr;
      }
      EXPECT_EQ(reset, nullptr) << "a base without its mark";
    }
    EXPECT_EQ(resets.size(), static_cast<std::size_t>(counters));
    EXPECT_EQ(to_json(amina.state, at("m")), "null");
    amina.edit_large([&](Draft& d) { return undo(d, old, changes); });
    EXPECT_EQ(amina.json(), before);
  }
}

TEST(Large, AnUndoBringsBackAsManyValuesOfAFieldAsOneChangeHolds) {
  Person amina('a');
  for (char name = '!'; name < '!' + 70; ++name) {
    if (name == 'a') continue;
    Person other(name);
    other.clock = static_cast<std::uint64_t>(name);
    other.put("f", std::to_string(static_cast<int>(name)));
    amina.state.merge(other.state);
  }
  const State before = amina.state;
  const auto shown = to_json(amina.state, at("f"));
  const auto chosen = amina.edit_large([](Draft& d) { return d.set(at("f"), 0); });
  amina.edit_large([&](Draft& d) { return undo(d, before, chosen); });
  EXPECT_EQ(read_field(amina.state, at("f"))->siblings.size(), limits::kSetsAtOnePath);
  EXPECT_EQ(to_json(amina.state, at("f")), shown);
}

TEST(Large, OfSeveralChangesTheFirstAloneKeepsWhatWasContested) {
  Person amina('a');
  Person boris('b');
  amina.put("", R"({"m":{"x":1,"y":2}})");
  exchange(amina, boris);
  amina.edit([](Draft& d) { return d.erase(at("m")); });
  boris.put("m/z", "3");
  exchange(amina, boris);
  ASSERT_TRUE(amina.state.has_conflicts());
  const auto changes =
      boris.edit_large([](Draft& d) { return d.update_text(at("t"), std::string(600000, 'x')); });
  ASSERT_GT(changes.size(), 1u);
  std::size_t keeps = 0;
  for (const auto& [position, change] : changes) {
    for (const Op& op : change.ops) {
      const bool keep = std::holds_alternative<op::Keep>(op.what);
      keeps += keep;
      EXPECT_TRUE(!keep || position == changes.front().first);
    }
  }
  EXPECT_EQ(keeps, 1u);
}

TEST(Lists, AnEditedElementIsTheSameElement) {
  Person amina('a');
  Person boris('b');
  amina.put("", R"({"visits":[{"d":"x","bp":"1"}]})");
  exchange(amina, boris);
  amina.put("", R"({"visits":[{"d":"x","bp":"2"}]})");
  boris.put("visits/0/note", R"("dizzy")");
  exchange(amina, boris);
  EXPECT_EQ(amina.json(), R"({"visits":[{"bp":"2","d":"x","note":"dizzy"}]})");
  EXPECT_FALSE(amina.state.has_conflicts());
}

TEST(Lists, AnElementIsKnownByItsIdElseByWhatItAloneKept) {
  const auto ids = [](Person& person) { return read_field(person.state, at("l"))->items; };
  Person amina('a');
  amina.put("l", R"([{"id":1,"n":"a"},{"id":2,"n":"b"},{"id":3,"n":"c"}])");
  auto before = ids(amina);
  amina.put("l", R"([{"id":3,"n":"z"},{"id":4,"n":"b"},{"id":1,"n":"c"}])");
  auto after = ids(amina);
  EXPECT_EQ(amina.json(), R"({"l":[{"id":3,"n":"z"},{"id":4,"n":"b"},{"id":1,"n":"c"}]})");
  EXPECT_EQ(after[0], before[2]);
  EXPECT_EQ(after[2], before[0]);
  EXPECT_NE(after[1], before[1]);

  amina.put("l", R"([{"d":"mon","t":"home","bp":1},{"d":"tue","t":"home","bp":2}])");
  before = ids(amina);
  amina.put("l", R"([{"d":"sun","t":"home","bp":7},{"d":"tue","t":"home","bp":3},)"
                 R"({"d":"mon","t":"home","bp":4}])");
  after = ids(amina);
  ASSERT_EQ(after.size(), 3u);
  EXPECT_EQ(after[1], before[1]);
  EXPECT_EQ(after[2], before[0]);
  EXPECT_EQ(amina.json(), R"({"l":[{"bp":7,"d":"sun","t":"home"},{"bp":3,"d":"tue","t":"home"},)"
                          R"({"bp":4,"d":"mon","t":"home"}]})");
}

TEST(Lists, IdsThatStandTwiceNameNoElement) {
  Person amina('a');
  amina.put("l", R"([{"id":1,"d":"mon"},{"id":1,"d":"tue"}])");
  const auto before = read_field(amina.state, at("l"))->items;
  amina.put("l", R"([{"id":1,"d":"tue","x":1},{"id":1,"d":"wed"}])");
  EXPECT_EQ(read_field(amina.state, at("l"))->items[0], before[1]);
}

TEST(Lists, WhateverIsPutOverAListReadsSo) {
  Person amina('a');
  std::uint64_t seed = 7;
  const auto chance = [&seed](std::uint64_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (seed >> 33) % below;
  };
  // All objects have the same fields, as unnamed ones would stay.
  const char* const items[] = {"1",    "2",     R"({"a":1,"b":1})", R"({"a":1,"b":2})",
                               "[]",   "[1,2]", R"({"a":2,"b":2})", R"({"a":2,"b":null})",
                               "null", R"("x")"};
  for (int round = 0; round < 400; ++round) {
    std::string json = "[";
    for (std::uint64_t n = chance(9); n > 0; --n) {
      json += (json.size() > 1 ? "," : "") + std::string(items[chance(std::size(items))]);
    }
    json += "]";
    Draft draft = amina.draft();
    ASSERT_TRUE(draft.put_json(at("l"), json));
    if (!draft.empty()) amina.commit(std::move(draft));
    ASSERT_EQ(to_json(amina.state, at("l")), json);
    ASSERT_FALSE(amina.state.has_conflicts());
  }
}

TEST(Draft, TheLastFieldThatIsDeletedLeavesItsObjectEmptyAsAListIsLeft) {
  Person amina('a');
  amina.put("", R"({"a":{"b":{"c":1}},"l":[[1]]})");
  amina.edit([&](Draft& d) { return d.erase(amina.path("a/b/c")); });
  amina.edit([&](Draft& d) { return d.erase(amina.path("l/0/0")); });
  EXPECT_EQ(amina.json(), R"({"a":{"b":{}},"l":[[]]})");
  amina.edit([&](Draft& d) { return d.make_void(amina.path("a/b"), "a mistake"); });
  amina.edit([&](Draft& d) { return d.erase(amina.path("l/0")); });
  EXPECT_EQ(amina.json(), R"({"a":{},"l":[]})");
  amina.edit([&](Draft& d) { return d.erase(amina.path("l")); });
  const State before = amina.state;
  const Change last = amina.edit([&](Draft& d) { return d.erase(amina.path("a")); });
  const Position position = amina.position();
  EXPECT_EQ(amina.json(), "{}");
  EXPECT_FALSE(amina.state.empty());
  amina.edit([&](Draft& d) { return d.undo(before, last, position); });
  EXPECT_EQ(amina.json(), R"({"a":{}})");
  amina.edit([&](Draft& d) { return d.erase({}); });
  EXPECT_TRUE(amina.state.empty());
}

TEST(Draft, AListAtTheLastStepIsRefusedForItsElementsWouldStandBeyond) {
  Person amina('a');
  const Path deep(limits::kNestingDepth, Step(std::string("k")));
  Path above = deep;
  above.pop_back();
  const auto refused = [&](const auto& edit) {
    Draft draft = amina.draft();
    return message(edit(draft)).find("The document is nested deeper than 16 levels.") !=
           std::string::npos;
  };
  EXPECT_TRUE(refused([&](Draft& d) { return d.append_json(deep, "1"); }));
  EXPECT_TRUE(refused([&](Draft& d) { return d.put_json(deep, "[2,1]"); }));
  EXPECT_TRUE(refused([&](Draft& d) { return d.insert_json(deep, 0, "1"); }));
  EXPECT_TRUE(refused([&](Draft& d) { return d.append_json(above, "[2,1]"); }));
  amina.edit([&](Draft& d) { return d.append_json(above, "[1,2]"); });
  amina.edit([&](Draft& d) { return d.append_json(above, "{}"); });
  amina.edit([&](Draft& d) { return d.append_json(above, "[]"); });
  EXPECT_EQ(to_json(amina.state, above), "[[1,2],{},[]]");
  EXPECT_EQ(State::decode(amina.state.canonical())->canonical(), amina.state.canonical());
}

}  // namespace
}  // namespace relais::document
