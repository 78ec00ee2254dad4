#include "engine/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"
#include "document/json/limits.h"
#include "replica/read/history.h"
#include "replica/read/listing.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/write/section_compartment.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Import : public ::testing::Test {
 protected:
  void SetUp() override { space_.found("A"); }

  Result<ImportReport> import(std::string_view lines, ImportOptions options = {}) {
    return engine::import_ndjson(space_.core("A"), lines, options, Threading::own);
  }
  void expect_refused(std::string_view lines, const std::string& why,
                      ErrorCode code = ErrorCode::bad_input) {
    const std::string before = space_.dump("A");
    const auto refused = import(lines);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), code);
    EXPECT_THAT(refused.error().message(), HasSubstr(why));
    EXPECT_EQ(space_.dump("A"), before) << "nothing is half written";
  }

  TestSpace space_;
};

constexpr char kGood[] = R"({"collection":"cases","id":"0","doc":{"a":1}})";

TEST_F(Import, GivesBackWhatItWasGiven) {
  const auto report = import(
      R"({"collection":"cases","id":"1","doc":{"a":[1,2.5,"x",null,true,[],{}],"b":{"c":{}},"d":-0.001}})"
      "\n"
      R"({"scope":"zone-1","collection":"patients","id":"10fe33b1-0000-4000-8000-000000000000","doc":{}})"
      "\n");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->documents, 2u);
  EXPECT_EQ(space_.dump("A"),
            "/cases/1 {\"a\":[1,2.5,\"x\",null,true,[],{}],\"b\":{\"c\":{}},\"d\":-0.001}\n"
            "zone-1/patients/10fe33b1-0000-4000-8000-000000000000 {}\n");
}

TEST_F(Import, OfMoreThanABatchIsCompleteSortedAndSound) {
  std::string lines;
  for (std::size_t i = 0; i < 2 * limits::kImportBatch + 7; ++i) {
    lines += R"({"collection":"cases","id":")" + std::to_string(i) + R"(","doc":{"n":)" +
             std::to_string(i) + "}}\n";
  }
  const auto report = import(lines);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->documents, 2 * limits::kImportBatch + 7);
  EXPECT_EQ(replica::status(replica::Snapshot(space_.core("A")))->documents, report->documents);
  EXPECT_TRUE(replica::verify(replica::Snapshot(space_.core("A")))->problems.empty());
  const std::string dump = space_.dump("A");
  EXPECT_THAT(dump, StartsWith("/cases/0 {\"n\":0}\n/cases/1 {\"n\":1}\n/cases/10 {\"n\":10}\n"));
}

TEST_F(Import, OfADocumentThatIsThereUpdatesItsFields) {
  ASSERT_TRUE(import(R"({"collection":"cases","id":"1","doc":{"a":1,"b":1}})"));
  const auto report = import(R"({"collection":"cases","id":"1","doc":{"b":2,"c":3}})");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->updated, 1u);
  EXPECT_EQ(space_.json("A", "cases/1"), R"({"a":1,"b":2,"c":3})");
  EXPECT_TRUE(space_.conflicts("A", "cases/1").empty());
}

TEST_F(Import, OfTheSameFileTwiceWritesNothing) {
  ASSERT_TRUE(import(kGood));
  const auto before = replica::status(replica::Snapshot(space_.core("A")))->changes;
  ASSERT_TRUE(import(kGood));
  EXPECT_EQ(replica::status(replica::Snapshot(space_.core("A")))->changes, before);
}

TEST_F(Import, OfAFileThatIsKnownFindsWhatDiffersFromIt) {
  constexpr char kLines[] =
      R"({"collection":"cases","id":"same","doc":{"a":{"b":[1,"x"]},"c":"y"}})"
      "\n"
      R"({"collection":"cases","id":"edited","doc":{"a":1}})"
      "\n"
      R"({"collection":"cases","id":"other","doc":{"a":1}})"
      "\n"
      R"({"collection":"cases","id":"two","doc":{"legal":{"a":1},"medical":{"b":2}}})";
  TestSpace space;
  space.found("A", {{"cases", "legal", "legal"}});
  const auto import = [&](std::string_view lines, ImportOptions options = {}) {
    return engine::import_ndjson(space.core("A"), lines, options, Threading::own);
  };
  const auto changes = [&] { return replica::status(replica::Snapshot(space.core("A")))->changes; };
  ASSERT_TRUE(import(kLines));
  space.put("A", "cases/edited", "a", "2");
  space.put("A", "cases/two", "legal/a", "3");
  const auto before = changes();
  const auto report = import(kLines);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->updated, 4u);
  EXPECT_EQ(changes(), before + 2) << "of the two that were edited";
  EXPECT_EQ(space.json("A", "cases/edited"), R"({"a":1})");
  EXPECT_EQ(space.json("A", "cases/two"), R"({"legal":{"a":1},"medical":{"b":2}})");
  ASSERT_TRUE(import(R"({"collection":"cases","id":"same","doc":{"a":{"b":[1,"x"]},"c":"z"}})"));
  EXPECT_EQ(space.json("A", "cases/same"), R"({"a":{"b":[1,"x"]},"c":"z"})");
  EXPECT_EQ(changes(), before + 3);
}

TEST_F(Import, SaysWhichStringsAreText) {
  ImportOptions options;
  options.text_fields = {"cases:visits/*/note"};
  ASSERT_TRUE(import(
      R"({"collection":"cases","id":"1","doc":{"visits":[{"note":"long"}],"t":"s"}})", options));
  replica::ReadView reader(space_.core("A").reading());
  EXPECT_EQ(reader.field(TestSpace::document("cases/1"), "visits/0/note")->kind, FieldKind::text);
  EXPECT_EQ(reader.field(TestSpace::document("cases/1"), "t")->kind, FieldKind::value);
}

TEST_F(Import, BadInputNamesTheLineAndThePathAndWritesNothing) {
  const std::string good = std::string(kGood) + "\n";
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"a":)", "line 2");
  expect_refused(good + "\n" + R"({"collection":"cases","id":"1","doc":{"a":1e400}})", "line 3");
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"x":{"y":1e400}}})", "x/y");
  expect_refused(good + "{\"collection\":\"cases\",\"id\":\"1\",\"doc\":{\"a\":\"\xff\"}}",
                 "line 2");
  expect_refused(good + good, "line 2: The document occurs earlier in the file.");
  expect_refused(good + R"({"collection":"cases","doc":{}})", "line 2");
  expect_refused(good + R"({"collection":".devices","id":"1","doc":{}})", "are reserved.");
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"a":1,"a":2}})", "line 2");
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"a":12345678901234567890}})",
                 "line 2: doc/a: ");
}

TEST_F(Import, ADocumentTooLargeForOneAuthorIsFoundBeforeAnythingIsWritten) {
  std::string lines;
  for (std::size_t i = 0; i <= limits::kImportBatch; ++i) {
    lines += R"({"collection":"cases","id":")" + std::to_string(i) + "\",\"doc\":{\"n\":1}}\n";
  }
  std::string texts = "1";
  for (std::size_t bytes = 0; bytes <= limits::kImportedDocumentBytes; bytes += 65000) {
    texts += ",\"" + std::string(65000, 'x') + '"';
  }
  expect_refused(lines + R"({"collection":"cases","id":"long","doc":{"l":[)" + texts + "]}}",
                 "line 1002: The document is larger than 29360128 bytes.",
                 ErrorCode::limit_exceeded);
}

std::string numbers(int from, int to) {
  std::string json = "[" + std::to_string(from);
  for (int i = from + 1; i <= to; ++i) json += "," + std::to_string(i);
  return json + "]";
}

std::string line_of(const std::string& id, const std::string& doc) {
  return R"({"collection":"cases","id":")" + id + R"(","doc":)" + doc + "}\n";
}

TEST_F(Import, OfADocumentThatIsHereIsWrittenHoweverMuchDiffers) {
  ASSERT_TRUE(import(line_of("1", "{\"l\":" + numbers(0, 2999) + "}")));
  ASSERT_TRUE(import(line_of("0", "{}") + line_of("1", "{\"l\":" + numbers(1, 3000) + "}")));
  EXPECT_EQ(space_.json("A", "cases/1"), "{\"l\":" + numbers(1, 3000) + "}");
  std::string texts[2];
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 8; ++i) {
      texts[round] += (i > 0 ? ",\"" : "{\"") + std::to_string(i) + "\":\"" +
                      std::string(200000, static_cast<char>('a' + round)) + '"';
    }
    texts[round] += "}";
    const auto report = import(line_of("2", texts[round]));
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(space_.json("A", "cases/2"), texts[round]);
  }
  EXPECT_TRUE(replica::verify(replica::Snapshot(space_.core("A")))->problems.empty());
}

TEST_F(Import, WhatADocumentThatIsHereRefusesIsFoundBeforeAnythingIsWritten) {
  const DocumentId id = TestSpace::document("cases/1");
  ASSERT_TRUE(space_.edit("A", [&](replica::Edit& edit) {
    return edit.at(id, "case/risk", [](document::Draft& draft, const document::Path& path) {
      return draft.set_ranked(path, "yes", 2);
    });
  }));
  const std::string bad = line_of("1", R"({"case":{"risk":"perhaps"}})");
  expect_refused(line_of("0", "{}") + bad,
                 "line 2: case/risk: The field is ranked: give the new value a rank.",
                 ErrorCode::wrong_kind);
  ImportOptions options;
  options.skip_bad = true;
  const auto report = import(line_of("0", "{}") + bad + "{\n" + line_of("0", "{}") +
                                 line_of("2", R"({"a":1e999})") + line_of("3", "{}"),
                             options);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->documents, 2u);
  ASSERT_EQ(report->skipped.size(), 4u);
  EXPECT_EQ(report->skipped[0].line, 2u);
  EXPECT_EQ(report->skipped[0].error.code(), ErrorCode::wrong_kind);
  EXPECT_EQ(report->skipped[1].line, 3u);
  EXPECT_EQ(report->skipped[2].error.message(), "The document occurs earlier in the file.");
  EXPECT_THAT(report->skipped[3].error.message(), StartsWith("doc/a: The number is out of range"));
  EXPECT_EQ(space_.dump("A"), "/cases/0 {}\n/cases/1 {\"case\":{\"risk\":\"yes\"}}\n/cases/3 {}\n");
}

TEST_F(Import, OfAnEditedElementKeepsWhatSomebodyElseWritesToIt) {
  ASSERT_TRUE(import(line_of("1", R"({"visits":[{"d":"x","bp":"1"}]})")));
  ASSERT_TRUE(space_.join("B", "A"));
  space_.settle();
  space_.put("B", "cases/1", "visits/0/note", R"("dizzy")");
  ASSERT_TRUE(import(line_of("1", R"({"visits":[{"d":"x","bp":"2"}]})")));
  space_.settle();
  EXPECT_EQ(space_.json("A", "cases/1"), R"({"visits":[{"bp":"2","d":"x","note":"dizzy"}]})");
  EXPECT_TRUE(space_.conflicts("A", "cases/1").empty());
  EXPECT_SAME(space_);
}

TEST_F(Import, ADocumentLargerThanATransactionIsSeveralAndIsTakenBackWhole) {
  std::string doc = "{\"l\":[";
  for (int i = 100; i < 140; ++i) {
    doc += (i > 100 ? ",\"" : "\"") + std::string(50000, 'x') + std::to_string(i) + '"';
  }
  doc += "]}";
  ASSERT_TRUE(import(line_of("0", "{}") + line_of("1", doc) + line_of("2", "{}")));
  EXPECT_EQ(space_.json("A", "cases/1"), doc);
  EXPECT_TRUE(replica::verify(replica::Snapshot(space_.core("A")))->problems.empty());
  ASSERT_TRUE(space_.join("B", "A"));
  space_.settle();
  EXPECT_SAME(space_);
  const auto changes = replica::status(replica::Snapshot(space_.core("A")))->changes;
  const auto again = import(line_of("1", doc));
  EXPECT_EQ(again->updated, 1u);
  EXPECT_EQ(replica::status(replica::Snapshot(space_.core("A")))->changes, changes)
      << "it reads the same";
  ASSERT_TRUE(space_.edit(
      "A", [](replica::Edit& edit) { return edit.undo(TestSpace::document("cases/1")); }));
  EXPECT_EQ(space_.json("A", "cases/1"), "There is no such document.");
}

TEST_F(Import, TheSameFileImportedOnTwoDevicesBeforeTheySyncDoublesNothing) {
  ASSERT_TRUE(space_.join("B", "A"));
  const std::string large =
      "{\"l\":" + numbers(0, 40000) + ",\"t\":\"" + std::string(600000, 'x') + "\"}";
  const std::string lines = line_of("1", R"({"l":[1,{"n":2}]})") + line_of("2", large);
  ASSERT_TRUE(import(lines, {{}, "amina", false, {}}));
  space_.clock().pass(std::chrono::hours(1));
  ASSERT_TRUE(engine::import_ndjson(space_.core("B"), lines, {}, Threading::own));
  space_.settle();
  EXPECT_EQ(space_.json("A", "cases/1"), R"({"l":[1,{"n":2}]})");
  EXPECT_EQ(space_.json("A", "cases/2"), large);
  for (const char* name : {"cases/1", "cases/2"}) EXPECT_TRUE(space_.conflicts("B", name).empty());
  EXPECT_SAME(space_);
  for (const char* device : {"A", "B"}) {
    EXPECT_TRUE(replica::verify(replica::Snapshot(space_.core(device)))->problems.empty());
  }
}

TEST_F(Import, OfAFileThatWasCutInADocumentCompletesIt) {
  const std::string whole = "{\"a\":" + numbers(0, 50000) + "}";
  ASSERT_TRUE(import(line_of("1", "{\"a\":" + numbers(0, 20000) + "}")));
  ASSERT_TRUE(import(line_of("1", whole)));
  EXPECT_EQ(space_.json("A", "cases/1"), whole);
}

TEST_F(Import, TakesWhateverAnotherStoreExports) {
  const DocumentId id = TestSpace::document("cases/1");
  const auto write = [&](const std::string& path, const auto& action) {
    ASSERT_TRUE(space_.edit("A", [&](replica::Edit& edit) { return edit.at(id, path, action); }));
  };
  write("$attachment/$$attachment",
        [](document::Draft& draft, const document::Path& path) { return draft.set(path, 1); });
  write("text", [](document::Draft& draft, const document::Path& path) {
    return draft.update_text(path, std::string(200000, 'x'));
  });
  for (const int last : {6000, 12000, 18000}) {
    write("list", [&](document::Draft& draft, const document::Path& path) {
      return draft.put_json(path, numbers(0, last));
    });
  }
  write("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
        [](document::Draft& draft, const document::Path& path) -> Status {
          for (const char* value : {"two", "one"}) {
            if (Status done = draft.add(path, value); !done) return done;
          }
          return {};
        });
  ASSERT_TRUE(space_.join("B", "A"));
  space_.settle();
  for (const char* device : {"A", "B"}) {
    ASSERT_TRUE(space_.edit(device, [&](replica::Edit& each) {
      return each.at(id, "count", [](document::Draft& draft, const document::Path& path) {
        return draft.count(path, std::numeric_limits<std::int64_t>::max());
      });
    }));
  }
  space_.settle();
  const std::string json = space_.json("A", "cases/1");
  EXPECT_THAT(json, HasSubstr(R"("$$attachment":{"$$$attachment":1})"));
  EXPECT_THAT(json, HasSubstr(R"("count":18446744073709551616.0)"));
  TestSpace other(2);
  other.found("A");
  const auto report =
      engine::import_ndjson(other.core("A"), line_of("1", json), {}, Threading::own);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(other.json("A", "cases/1"), json);
  // And where it came from it changes nothing.
  const auto changes = replica::status(replica::Snapshot(space_.core("A")))->changes;
  ASSERT_TRUE(import(line_of("1", json)));
  EXPECT_EQ(replica::status(replica::Snapshot(space_.core("A")))->changes, changes);
}

TEST_F(Import, OneDocumentThatCannotBeReadIsReportedAndTheOthersAreShown) {
  ASSERT_TRUE(import(line_of("1", "{}") + line_of("2", "{}") + line_of("3", "{}")));
  replica::Core& core = space_.core("A");
  const CompartmentId compartment = *replica::ensure_compartment(core, "", "cases", "care");
  const Bytes key = store::document_key(*core.logs.compartment_no(compartment), {"cases", "2"});
  store::Batch batch;
  batch.put(store::Family::documents, key, "no record");
  batch.put(store::Family::index, store::conflict_key(key), {});
  ASSERT_TRUE(core.store->commit(batch, store::Durability::synced));
  std::string seen;
  const auto unreadable = replica::each_document(replica::Snapshot(core),
                                                 [&](const DocumentId& document, std::string_view) {
                                                   seen += document.id;
                                                   return true;
                                                 });
  ASSERT_TRUE(unreadable) << unreadable.error().message();
  EXPECT_EQ(seen, "13");
  ASSERT_EQ(unreadable->size(), 1u);
  EXPECT_EQ((*unreadable)[0].document.id, "2");
  EXPECT_EQ((*unreadable)[0].error.code(), ErrorCode::corrupt);
  EXPECT_EQ(
      replica::each_conflict(replica::Snapshot(core), [](const ConflictView&) { return true; })
          ->size(),
      1u);
}

TEST_F(Import, OfADocumentOfManyMebibytesGivesWhatAnotherStoreExported) {
  std::string json = "{";
  for (int i = 0; i < 6'000; ++i) {
    json += (i != 0 ? ",\"f" : "\"f") + std::to_string(100'000 + i) + "\":\"" +
            std::string(1'000, static_cast<char>('a' + i % 26)) + '"';
  }
  json += '}';
  ASSERT_GT(json.size(), std::size_t{5} << 20);
  const auto report = import(line_of("1", json));
  ASSERT_TRUE(report) << report.error().message();
  const std::string exported = space_.dump("A");
  EXPECT_EQ(exported, "/cases/1 " + json + "\n");
  TestSpace other(2);
  other.found("A");
  ASSERT_TRUE(engine::import_ndjson(other.core("A"), line_of("1", json), {}, Threading::own));
  EXPECT_TRUE(other.dump("A") == exported);
}

TEST_F(Import, RulesForTextHoldForDocumentsThatAreHereToo) {
  ImportOptions options;
  options.text_fields = {"cases:visits/*/note"};
  ASSERT_TRUE(import(line_of("1", R"({"visits":[]})"), options));
  ASSERT_TRUE(import(line_of("1", R"({"visits":[{"note":"long"}]})"), options));
  replica::ReadView reader(space_.core("A").reading());
  EXPECT_EQ(reader.field(TestSpace::document("cases/1"), "visits/0/note")->kind, FieldKind::text);
}

TEST_F(Import, TheDocumentWithItsSectionsInSeveralCompartmentsIsOneTransaction) {
  TestSpace space;
  space.found("A", {{"cases", "legal", "legal"}});
  const std::string line =
      R"({"collection":"cases","id":"1","doc":{"medical":{"a":1},"legal":{"b":2}}})"
      "\n"
      R"({"collection":"cases","id":"2","doc":{"medical":{"a":1}}})";
  for (const Threading threading : {Threading::own, Threading::manual}) {
    ASSERT_TRUE(engine::import_ndjson(space.core("A"), line, {}, threading));
  }
  EXPECT_EQ(space.json("A", "cases/1"), R"({"legal":{"b":2},"medical":{"a":1}})");
  replica::History past(space.core("A").reading());
  const auto parts = *past.history(TestSpace::document("cases/1"), {});
  ASSERT_EQ(parts.size(), 2u);
  ASSERT_TRUE(parts[0].transaction);
  EXPECT_EQ(parts[0].transaction, parts[1].transaction);
  EXPECT_NE(parts[0].edits.front().path, parts[1].edits.front().path);
  EXPECT_FALSE(past.history(TestSpace::document("cases/2"), {})->front().transaction);
}

TEST_F(Import, NestingIsReadAtItsLimitAndRefusedBeyondIt) {
  const auto nested = [](std::size_t depth) {
    std::string json = "1";
    for (std::size_t i = 0; i < depth; ++i) json = R"({"n":)" + json + "}";
    return R"({"collection":"cases","id":"deep","doc":)" + json + "}";
  };
  ASSERT_TRUE(import(nested(limits::kNestingDepth)));
  const auto refused = import(nested(limits::kNestingDepth + 1));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("line 1"));
}

}  // namespace
}  // namespace relais::testing
