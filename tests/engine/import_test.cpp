#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "engine/importing.h"
#include "engine/past.h"
#include "engine/verification.h"
#include "support/ward.h"

namespace relais::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Import : public ::testing::Test {
 protected:
  void SetUp() override { ward_.found("A"); }

  Result<ImportReport> import(std::string_view lines, ImportOptions options = {}) {
    return engine::import_ndjson(ward_.core("A"), lines, options, Threading::own);
  }
  void expect_refused(std::string_view lines, const std::string& why,
                      ErrorCode code = ErrorCode::bad_input) {
    const std::string before = ward_.dump("A");
    const auto refused = import(lines);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), code);
    EXPECT_THAT(refused.error().message(), HasSubstr(why));
    EXPECT_EQ(ward_.dump("A"), before) << "nothing is half written";
  }

  Ward ward_;
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
  EXPECT_EQ(ward_.dump("A"),
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
  EXPECT_EQ(engine::status(ward_.core("A"))->documents, report->documents);
  EXPECT_TRUE(engine::verify(ward_.core("A"))->problems.empty());
  const std::string dump = ward_.dump("A");
  EXPECT_THAT(dump, StartsWith("/cases/0 {\"n\":0}\n/cases/1 {\"n\":1}\n/cases/10 {\"n\":10}\n"));
}

TEST_F(Import, OfADocumentThatIsThereUpdatesItsFields) {
  ASSERT_TRUE(import(R"({"collection":"cases","id":"1","doc":{"a":1,"b":1}})"));
  const auto report = import(R"({"collection":"cases","id":"1","doc":{"b":2,"c":3}})");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->updated, 1u);
  EXPECT_EQ(ward_.json("A", "cases/1"), R"({"a":1,"b":2,"c":3})");
  EXPECT_TRUE(ward_.conflicts("A", "cases/1").empty());
}

TEST_F(Import, OfTheSameFileTwiceWritesNothing) {
  ASSERT_TRUE(import(kGood));
  const auto before = engine::status(ward_.core("A"))->changes;
  ASSERT_TRUE(import(kGood));
  EXPECT_EQ(engine::status(ward_.core("A"))->changes, before);
}

TEST_F(Import, SaysWhichStringsAreText) {
  ImportOptions options;
  options.text_fields = {"cases:visits/*/note"};
  ASSERT_TRUE(import(
      R"({"collection":"cases","id":"1","doc":{"visits":[{"note":"long"}],"t":"s"}})", options));
  engine::Reader reader(ward_.core("A"), *ward_.core("A").store);
  EXPECT_EQ(reader.field(Ward::document("cases/1"), "visits/0/note")->kind, FieldKind::text);
  EXPECT_EQ(reader.field(Ward::document("cases/1"), "t")->kind, FieldKind::value);
}

TEST_F(Import, BadInputNamesTheLineAndThePathAndWritesNothing) {
  const std::string good = std::string(kGood) + "\n";
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"a":)", "line 2");
  expect_refused(good + "\n" + R"({"collection":"cases","id":"1","doc":{"a":1e400}})", "line 3");
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"x":{"y":1e400}}})", "x/y");
  expect_refused(good + "{\"collection\":\"cases\",\"id\":\"1\",\"doc\":{\"a\":\"\xff\"}}",
                 "line 2");
  expect_refused(good + good, "line 2: this document is in the file already");
  expect_refused(good + R"({"collection":"cases","doc":{}})", "line 2");
  expect_refused(good + R"({"collection":".devices","id":"1","doc":{}})", "the engine's own");
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"a":1,"a":2}})", "line 2");
  expect_refused(good + R"({"collection":"cases","id":"1","doc":{"a":12345678901234567890}})", "a");
}

TEST_F(Import, ADocumentTooLargeForAChangeIsFoundBeforeAnythingIsWritten) {
  std::string lines;
  for (std::size_t i = 0; i <= limits::kImportBatch; ++i) {
    lines += R"({"collection":"cases","id":")" + std::to_string(i) + "\",\"doc\":{\"n\":1}}\n";
  }
  std::string items = "1";
  for (std::size_t i = 0; i < limits::kOpsPerChange; ++i) items += ",1";
  expect_refused(lines + R"({"collection":"cases","id":"many","doc":{"l":[)" + items + "]}}",
                 "line 1002: the document has more than 16384 fields", ErrorCode::limit_exceeded);
  std::string texts = "1";
  for (int i = 0; i < 5; ++i) texts += ",\"" + std::string(limits::kStringBytes - 1, 'x') + '"';
  expect_refused(lines + R"({"collection":"cases","id":"long","doc":{"l":[)" + texts + "]}}",
                 "line 1002: the document is larger than 262144 bytes", ErrorCode::limit_exceeded);
}

TEST_F(Import, TheDocumentWithItsSectionsInSeveralCompartmentsIsOneTransaction) {
  Ward ward;
  ward.found("A", {{"cases", "legal", "legal"}});
  const std::string line =
      R"({"collection":"cases","id":"1","doc":{"medical":{"a":1},"legal":{"b":2}}})"
      "\n"
      R"({"collection":"cases","id":"2","doc":{"medical":{"a":1}}})";
  for (const Threading threading : {Threading::own, Threading::manual}) {
    ASSERT_TRUE(engine::import_ndjson(ward.core("A"), line, {}, threading));
  }
  EXPECT_EQ(ward.json("A", "cases/1"), R"({"legal":{"b":2},"medical":{"a":1}})");
  engine::Past past(ward.core("A"), *ward.core("A").store);
  const auto parts = *past.history(Ward::document("cases/1"), {});
  ASSERT_EQ(parts.size(), 2u);
  ASSERT_TRUE(parts[0].transaction);
  EXPECT_EQ(parts[0].transaction, parts[1].transaction);
  EXPECT_NE(parts[0].edits.front().path, parts[1].edits.front().path);
  EXPECT_FALSE(past.history(Ward::document("cases/2"), {})->front().transaction);
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
