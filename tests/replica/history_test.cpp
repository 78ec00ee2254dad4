#include "replica/read/history.h"

#include <gtest/gtest.h>

#include "replica/read/document_names.h"
#include "replica/read/same_documents.h"
#include "support/test_space.h"

namespace relais {
namespace {

using document::Draft;
using document::Path;
using replica::Edit;
using testing::TestSpace;
using Action = FieldEdit::Action;

const DocumentId kCase{"", "cases", "1"};

std::string in_words(const FieldEdit& edit) {
  static const char* const kNames[] = {"set",    "make",        "erase",      "make_void", "insert",
                                       "move",   "insert_text", "erase_text", "count",     "add",
                                       "remove", "take_back",   "restore",    "keep"};
  std::string words = std::string(kNames[static_cast<int>(edit.action)]) + " " + edit.path;
  if (edit.value.text() != nullptr) words += " " + *edit.value.text();
  if (edit.count != 0) words += " " + std::to_string(edit.count);
  return words;
}

/// Two devices of one space, whose cases have a medical and a legal part.
class History : public ::testing::Test {
 protected:
  void SetUp() override {
    space.found("A", {{"cases", "medical", "medical"}, {"cases", "legal", "legal"}});
    ASSERT_TRUE(space.join("B", "A"));
    space.settle();
  }
  replica::History past(const std::string& device = "A") {
    return replica::History(space.core(device).reading());
  }
  replica::ReadView reader(const std::string& device = "A") {
    return replica::ReadView(space.core(device).reading());
  }
  void put(const std::string& device, const std::string& path, const std::string& json) {
    space.clock().pass(std::chrono::minutes(1));
    space.put(device, "cases/1", path, json);
  }
  std::vector<HistoryEntry> history(std::string_view path = {}) {
    auto entries = past().history(kCase, path);
    EXPECT_TRUE(entries.has_value());
    return entries ? *entries : std::vector<HistoryEntry>{};
  }
  static std::string message(const Status& status) {
    return status ? "no error" : status.error().message();
  }

  TestSpace space;
};

TEST_F(History, SaysWhoDidWhatWhenAndOnWhichDevice) {
  put("A", "", R"({"medical":{"w":61,"visits":[{"by":"nurse"}]}})");
  space.settle();
  put("B", "medical/visits/0/by", R"("doctor")");
  space.settle();
  const auto entries = history();
  ASSERT_EQ(entries.size(), 2u);
  ASSERT_EQ(entries[1].edits.size(), 1u);
  EXPECT_EQ(entries[1].edits[0].path, "medical/visits/0/by");
  EXPECT_EQ(entries[1].edits[0].action, Action::set);
  EXPECT_EQ(entries[1].edits[0].value, Value("doctor"));
  EXPECT_EQ(entries[1].written.device, space.core("B").identity.device());
  EXPECT_GE(entries[1].written.time_ms - entries[0].written.time_ms, 60'000);
}

TEST_F(History, TellsEveryKindOfEdit) {
  const auto change = [&](std::string_view path, const auto& how) {
    ASSERT_TRUE(space.edit("A", [&](Edit& edit) { return edit.at(kCase, path, how); })) << path;
  };
  const auto undo = [](Edit& edit) { return edit.undo(kCase); };
  change("legal", [](Draft& draft, const Path& at) { return draft.put_json(at, "{}"); });
  change("medical/note",
         [](Draft& d, const Path& at) { return d.splice_text(at, 0, 0, "stable"); });
  change("medical/note", [](Draft& d, const Path& at) { return d.splice_text(at, 1, 3, ""); });
  change("medical/allergies", [](Draft& draft, const Path& at) { return draft.add(at, "latex"); });
  change("medical/allergies",
         [](Draft& draft, const Path& at) { return draft.remove(at, "latex"); });
  change("medical/sessions", [](Draft& draft, const Path& at) { return draft.count(at, 2); });
  change("medical/sessions", [](Draft& draft, const Path& at) { return draft.count(at, 3); });
  change("medical/sessions", [](Draft& draft, const Path& at) { return draft.erase(at); });
  change("medical/visits",
         [](Draft& d, const Path& at) { return d.append_json(at, R"("first")"); });
  change("medical/visits", [](Draft& d, const Path& at) { return d.append_json(at, R"("last")"); });
  change("medical/visits", [](Draft& draft, const Path& at) { return draft.move(at, 1, 0); });
  change("medical/w", [](Draft& draft, const Path& at) { return draft.set(at, 61); });
  change("medical/w", [](Draft& draft, const Path& at) { return draft.make_void(at, "mistyped"); });
  ASSERT_TRUE(space.edit("A", undo));
  change("medical/h", [](Draft& draft, const Path& at) { return draft.set(at, 170); });
  ASSERT_TRUE(space.edit("A", undo));
  std::string told;
  for (const HistoryEntry& entry : history()) {
    for (const FieldEdit& edit : entry.edits) told += in_words(edit) + "\n";
  }
  EXPECT_EQ(told,
            "make legal\n"
            "insert_text medical/note stable\n"
            "erase_text medical/note 3\n"
            "add medical/allergies latex\n"
            "remove medical/allergies latex\n"
            "count medical/sessions 2\n"
            "count medical/sessions 5\n"
            "count medical/sessions\n"
            "erase medical/sessions\n"
            "insert medical/visits/1 first\n"
            "insert medical/visits/0 last\n"
            "move medical/visits/0\n"
            "set medical/w\n"
            "make_void medical/w mistyped\n"
            "restore medical/w\n"
            "set medical/h\n"
            "take_back medical/h\n");
}

TEST_F(History, OfOneFieldHasOnlyWhatTouchedIt) {
  put("A", "", R"({"medical":{"w":61,"h":170}})");
  put("A", "medical/w", "62");
  put("A", "medical/h", "171");
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.erase(kCase, "medical"); }));
  const auto entries = history("medical/w");
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].edits.size(), 1u);
  EXPECT_EQ(entries[1].edits[0].value, Value(62));
  EXPECT_EQ(entries[2].edits[0].action, Action::erase) << "with all that was above it";
}

TEST_F(History, ShowsTheDocumentAsItWasAfterAChange) {
  put("A", "medical", R"({"w":61})");
  space.settle();
  put("A", "medical/w", "62");
  put("B", "medical/h", "170");
  space.settle();
  put("B", "medical/w", "63");
  space.settle();
  const auto entries = history();
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(*past().json(kCase, Moment::after(entries[1].id)), R"({"medical":{"w":62}})");
  EXPECT_EQ(*past().json(kCase, Moment::after(entries[2].id)), R"({"medical":{"h":170,"w":61}})")
      << "as its author saw it, who didn't know of 62 yet";
  EXPECT_EQ(*past("B").json(kCase, Moment::after(entries[3].id)),
            R"({"medical":{"h":170,"w":63}})");
}

TEST_F(History, ShowsTheDocumentAsItWasAtATime) {
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  put("A", "medical/w", "62");
  put("A", "legal/stage", R"("court")");
  const auto entries = history();
  const std::int64_t second = entries[2].written.time_ms;
  EXPECT_EQ(*past().json(kCase, Moment::at(second)),
            R"({"legal":{"stage":"filed"},"medical":{"w":62}})");
  EXPECT_EQ(past().json(kCase, Moment::at(second - 3'600'000)).error().message(),
            "The document didn't exist at that time.");
  ChangeId nobody = entries[0].id;
  nobody.seq = 99;
  EXPECT_EQ(past().json(kCase, Moment::after(nobody)).error().message(),
            "The document has no such change.");
}

TEST_F(History, SaysWhatChangedBetweenTwoMoments) {
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"h":170,"w":61,"visits":[1]}})");
  put("A", "medical/w", "62");
  put("A", "medical/visits", "[1,2]");
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.erase(kCase, "medical/h"); }));
  const auto entries = history();
  const auto differences = past().differences(kCase, Moment::at(entries[0].written.time_ms),
                                              Moment::at(entries.back().written.time_ms));
  ASSERT_TRUE(differences);
  std::string said;
  for (const FieldDifference& field : *differences) {
    said += field.path + ": " + field.before + " to " + field.after + "\n";
  }
  EXPECT_EQ(said,
            "medical/h: 170 to \n"
            "medical/visits/1:  to 2\n"
            "medical/w: 61 to 62\n");
}

TEST_F(History, TheLastChangeIsTakenBackInAllItsParts) {
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  put("A", "", R"({"legal":{"stage":"court"},"medical":{"w":62}})");
  const auto undo = [](Edit& edit) { return edit.undo(kCase); };
  space.clock().pass(std::chrono::minutes(1));
  ASSERT_TRUE(space.edit("A", undo));
  EXPECT_EQ(space.json("A", "cases/1"), R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  space.settle();
  EXPECT_SAME(space);
  EXPECT_EQ(message(space.edit("B", undo)), "This device has changed nothing in the document.");
}

TEST_F(History, UndoTakesBackOnlyThePartThatWasWrittenLast) {
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  put("A", "medical/w", "62");
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.undo(kCase); }));
  EXPECT_EQ(space.json("A", "cases/1"), R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
}

TEST_F(History, UndoTakesBackThePartThatOthersHaveLeft) {
  const auto undo = [](Edit& edit) { return edit.undo(kCase); };
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  put("A", "", R"({"legal":{"stage":"court"},"medical":{"w":62}})");
  space.settle();
  put("B", "medical/w", "63");
  space.settle();
  space.clock().pass(std::chrono::minutes(1));
  ASSERT_TRUE(space.edit("A", undo));
  EXPECT_EQ(space.json("A", "cases/1"), R"({"legal":{"stage":"filed"},"medical":{"w":63}})");
}

TEST_F(History, UndoFailsWhereOthersHaveLeftNothing) {
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  space.settle();
  put("B", "", R"({"legal":{"stage":"court"},"medical":{"w":62}})");
  space.settle();
  EXPECT_EQ(message(space.edit("A", [](Edit& edit) { return edit.undo(kCase); })),
            "Nothing of the change is left to undo.");
}

TEST_F(History, AConflictThatUndoBringsBackIsListed) {
  put("A", "medical/w", "61");
  put("B", "medical/w", "62");
  space.settle();
  put("A", "medical/w", "63");
  space.settle();
  ASSERT_TRUE(space.conflicts("B", "cases/1").empty());
  space.clock().pass(std::chrono::minutes(1));
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.undo(kCase); }));
  space.settle();
  for (const std::string device : {"A", "B"}) {
    std::size_t listed = 0;
    replica::Core& core = space.core(device);
    ASSERT_TRUE(replica::each_conflicting(core.reading(), [&](const DocumentId& document) {
      listed += document == kCase ? 1 : 0;
      return Result<bool>(true);
    }));
    EXPECT_EQ(listed, 1u) << device;
    EXPECT_EQ(space.conflicts(device, "cases/1").size(), 1u) << device;
  }
}

TEST_F(History, AVoidDocumentSaysWhyAndComesBack) {
  put("A", "", R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  ASSERT_TRUE(space.edit(
      "A", [](Edit& edit) { return edit.erase(kCase, "", std::string("wrong person")); }));
  EXPECT_FALSE(reader().json(kCase));
  space.settle();
  const auto voids = reader("B").voids(kCase);
  ASSERT_EQ(voids->size(), 2u);
  for (const VoidView& view : *voids) EXPECT_EQ(view.reason, "wrong person");
  space.clock().pass(std::chrono::minutes(1));
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.undo(kCase); }));
  space.settle();
  EXPECT_EQ(space.json("B", "cases/1"), R"({"legal":{"stage":"filed"},"medical":{"w":61}})");
  EXPECT_TRUE(reader("B").voids(kCase)->empty());
}

TEST_F(History, ADocumentOfWhichOnePartIsDeletedSaysSo) {
  put("A", "medical/w", "61");
  space.settle();
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.erase(kCase, ""); }));
  put("B", "legal/stage", R"("filed")");
  space.settle();
  for (const std::string device : {"A", "B"}) {
    EXPECT_EQ(space.json(device, "cases/1"), R"({"legal":{"stage":"filed"}})");
    const auto voids = reader(device).voids(kCase);
    ASSERT_EQ(voids->size(), 1u);
    EXPECT_TRUE(voids->front().partly);
    EXPECT_EQ(voids->front().path + voids->front().reason, "");
    EXPECT_EQ(voids->front().written.author, space.core("A").identity.author());
  }
  ASSERT_TRUE(space.edit("B", [](Edit& edit) { return edit.restore(kCase, ""); }));
  EXPECT_TRUE(reader("B").voids(kCase)->empty());
  ASSERT_TRUE(space.edit(
      "B", [](Edit& edit) { return edit.erase(kCase, "", std::string("wrong person")); }));
  const auto gone = reader("B").voids(kCase);
  ASSERT_TRUE(gone);
  ASSERT_EQ(gone->size(), 2u);
  for (const VoidView& view : *gone) EXPECT_FALSE(view.partly) << "all of it is gone";
}

TEST_F(History, AVersionIsChosenFromAConflict) {
  put("A", "medical/w", "61");
  put("B", "medical/w", "62");
  space.settle();
  const auto field = reader().field(kCase, "medical/w");
  ASSERT_EQ(field->versions.size(), 2u);
  const auto choose = [&](Edit& edit) {
    return edit.resolve(kCase, "medical/w", field->versions[1]);
  };
  ASSERT_TRUE(space.edit("A", choose));
  space.settle();
  EXPECT_EQ(space.json("B", "cases/1"), R"({"medical":{"w":61}})");
  EXPECT_TRUE(space.conflicts("B", "cases/1").empty());
  EXPECT_EQ(message(space.edit("A", choose)), "The field has no such version any more.");
}

TEST_F(History, OfTwoKindsAVersionThatIsHiddenCanBeChosenToo) {
  put("A", "medical/plan", R"("rest")");
  put("B", "medical/plan", R"({"next":"Monday"})");
  space.settle();
  const auto conflicts = space.conflicts("A", "cases/1");
  const auto value = std::find_if(conflicts.begin(), conflicts.end(), [](const auto& conflict) {
    return conflict.kind == FieldKind::value;
  });
  ASSERT_NE(value, conflicts.end());
  EXPECT_EQ(reader().field(kCase, "medical/plan")->kind, FieldKind::map) << "which hides it";
  const auto choose = [&](Edit& edit) {
    return edit.resolve(kCase, "medical/plan", value->versions[0]);
  };
  ASSERT_TRUE(space.edit("A", choose));
  space.settle();
  EXPECT_EQ(space.json("B", "cases/1"), R"({"medical":{"plan":"rest"}})");
  EXPECT_TRUE(space.conflicts("B", "cases/1").empty());
}

TEST_F(History, ChoosingWhatIsThereAloneWritesNothing) {
  put("A", "medical/w", "61");
  const auto only = reader().field(kCase, "medical/w")->versions[0];
  ASSERT_TRUE(space.edit("A", [&](Edit& edit) { return edit.resolve(kCase, "medical/w", only); }));
  EXPECT_EQ(history().size(), 1u);
}

TEST_F(History, AllConflictsOfADocumentAreKeptAsShown) {
  put("A", "", R"({"legal":{"stage":"a"},"medical":{"w":61}})");
  put("B", "", R"({"legal":{"stage":"b"},"medical":{"w":62}})");
  space.settle();
  EXPECT_EQ(space.conflicts("A", "cases/1").size(), 2u);
  ASSERT_TRUE(space.edit("A", [](Edit& edit) { return edit.keep(kCase, ""); }));
  space.settle();
  EXPECT_TRUE(space.conflicts("B", "cases/1").empty());
  EXPECT_EQ(space.json("B", "cases/1"), R"({"legal":{"stage":"b"},"medical":{"w":62}})");
}

class Linked : public ::testing::Test {
 protected:
  void SetUp() override {
    space.found("A");
    space.put("A", "patients/1", "",
              R"({"allergies":["latex"],"born":"1990-01-01","name":"Amina","phones":["1"]})");
    space.clock().pass(std::chrono::minutes(1));
    space.put("A", "patients/2", "", R"({"born":"1991-01-01","name":"Amina","phones":["2"]})");
    space.put("A", "patients/3", "", R"({"village":"Bunyakiri"})");
  }
  static DocumentId patient(const std::string& id) { return {"", "patients", id}; }
  Status link(const std::string& a, const std::string& b) {
    return space.edit("A", [&](Edit& edit) { return edit.mark_same(patient(a), patient(b)); });
  }
  Result<MergedView> merged(const std::string& id) {
    return replica::merged(space.core("A").reading(), patient(id));
  }
  TestSpace space;
};

TEST_F(Linked, PatientsAreReadAsOneFromEachOfThem) {
  ASSERT_TRUE(link("1", "2"));
  ASSERT_TRUE(link("3", "2"));
  for (const std::string id : {"1", "2", "3"}) {
    const auto view = merged(id);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->documents.size(), 3u);
    EXPECT_EQ(view->json,
              R"({"allergies":["latex"],"born":"1991-01-01","name":"Amina","phones":["1","2"],)"
              R"("same_as":["/patients/1","/patients/2","/patients/3"],"village":"Bunyakiri"})");
    ASSERT_EQ(view->differences.size(), 1u);
    EXPECT_EQ(view->differences[0].path, "born");
    EXPECT_EQ(view->differences[0].versions[0].first, patient("2"));
    EXPECT_EQ(view->differences[0].versions[1].second.value, Value("1990-01-01"));
  }
}

TEST_F(Linked, PatientsComeApartAgain) {
  ASSERT_TRUE(link("1", "2"));
  const auto unlink = [](Edit& edit) { return edit.unmark_same(patient("2"), patient("1")); };
  ASSERT_TRUE(space.edit("A", unlink));
  EXPECT_EQ(merged("1")->documents.size(), 1u);
  EXPECT_EQ(merged("2")->documents.size(), 1u);
  const Status again = space.edit("A", unlink);
  EXPECT_EQ(again.error().message(), "The documents aren't linked.");
}

TEST_F(Linked, OnlyDocumentsThatAreThereCanBe) {
  EXPECT_EQ(link("1", "9").error().message(), "There is no such document.");
  EXPECT_EQ(link("1", "1").error().message(), "A document can't be linked with itself.");
  EXPECT_EQ(merged("1")->documents.size(), 1u) << "nothing was written";
}

}  // namespace
}  // namespace relais
