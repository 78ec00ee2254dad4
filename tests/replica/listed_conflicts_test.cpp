#include "document/edit/draft.h"
#include "replica/projection_fixture.h"
#include "replica/write/own_commit.h"

/// The index lists every conflict, whoever made it and whatever its author had seen.
namespace relais::testing {
namespace {

using ListedConflicts = ProjectionTest;

/// Expects that the list, the counter and the document show one conflict.
void expect_one_conflict(ProjectionTest& test, const std::string& document) {
  EXPECT_FALSE(test.space.conflicts("R", document).empty());
  EXPECT_TRUE(test.record("R").conflicts);
  EXPECT_EQ(test.status("R").conflicts, 1u);
  EXPECT_THAT(replica::verify(replica::Snapshot(test.space.core("R")))->problems,
              ::testing::IsEmpty());
}

TEST_F(ListedConflicts, OfAWriterWhoHasSeenAllAreThere) {
  namespace op = document::op;
  writers(2);
  write(0, "one");
  auto beside = change(1, "two", {{0, 1}});
  std::get<op::Set>(beside.ops[0].what).over.emplace();
  write(1, beside);
  writers().bring_all("R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, OfTwoKindsWrittenOneAfterTheOtherAreThere) {
  writers(1);
  write(0, "one");
  auto below = change(0, "two");
  below.ops[0].path.emplace_back("below");
  write(0, below);
  bring(0, "R");
  expect_one_conflict(*this, "cases/1");
}

/// The same change, a step deeper.
document::Change below(document::Change change) {
  change.ops[0].path.emplace_back("below");
  return change;
}

TEST_F(ListedConflicts, OfTwoKindsAreThereInADocumentWhoseLikesWereAllOfOneKind) {
  writers(1);
  write(0, "one", {}, "1");
  write(0, below(change(0, "two", {}, "2")));
  write(0, "three", {}, "1");
  bring(0, "R");
  EXPECT_EQ(status("R").conflicts, 0u);
  ASSERT_TRUE(space.reopen("R"));  // the known kinds are stored
  write(0, below(change(0, "four", {}, "1")));
  bring(0, "R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, OfKindsAtMorePathsThanAreKnownAreThere) {
  writers(1);
  document::Change many = change(0, "one");
  many.ops.clear();
  const auto field = [](std::size_t i) { return document::Step("n" + std::to_string(i)); };
  for (std::size_t i = 0; i <= limits::kPathsOfCollection; ++i) {
    many.ops.push_back({{field(i)}, document::op::Set{Value("one"), {}}});
  }
  write(0, many);
  document::Change clash = change(0, "two");
  clash.ops[0].path = {field(limits::kPathsOfCollection), document::Step("below")};
  write(0, clash);
  bring(0, "R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, OfTwoKindsInOneChangeOfManyFieldsAreThere) {
  writers(1);
  document::Change many = change(0, "one");
  many.ops.clear();
  const auto field = [](int i) { return document::Step("n" + std::to_string(i)); };
  for (int i = 0; i < 300; ++i) {
    many.ops.push_back({{field(i)}, document::op::Set{Value("one"), {}}});
  }
  many.ops.push_back({{field(280), document::Step("below")}, document::op::Set{Value("two"), {}}});
  write(0, many);
  bring(0, "R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, OfWhatAChangeExceptsBeforeTheLastItSawAreThere) {
  writers(2);
  write(0, "one");
  write(0, "of another field", {}, "1", "other");
  auto beside = change(1, "two", {{0, 2}});
  beside.cites.exceptions.push_back({writers().author(0), 1});
  write(1, beside);
  writers().bring_all("R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, AreThereWhenWhatIsKnownOfKindsIsDamaged) {
  writers(1);
  write(0, "one");
  bring(0, "R");
  replica::Core& core = space.core("R");
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  const Bytes row = store::kinds_key(*core.logs.compartment_no(records), "cases");
  ASSERT_TRUE(core.store->get(store::Family::meta, row)->has_value());
  store::Batch batch;
  batch.put(store::Family::meta, row, "123");
  ASSERT_TRUE(core.store->commit(batch, store::Durability::synced));
  write(0, below(change(0, "two")));
  bring(0, "R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, OfWhoSawAllButForAnExceptionAreThere) {
  writers(2);
  write(0, "one");
  auto beside = change(1, "two", {{0, 1}});
  beside.cites.whole = true;
  beside.cites.exceptions.push_back({writers().author(0), 1});
  write(1, beside);
  writers().bring_all("R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, OfWhoSawALogOnlyFromAFloorOnAreThere) {
  writers(2);
  write(0, "one");
  write(0, "x", {}, "1", "other");
  auto beside = change(1, "two", {{0, 2}});
  beside.cites.cited[0].floor = 1;
  write(1, beside);
  writers().bring_all("R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, ThatAWriteBringsIntoSightAreThere) {
  writers(2);
  const auto only = [](document::Change change, auto what) {
    change.ops[0].what = std::move(what);
    return change;
  };
  write(0, "one");
  write(0, only(change(0, ""), document::op::Delete{}));
  write(1, only(change(1, "", {{0, 2}}), document::op::Delete{}));
  write(0, only(change(0, "", {{1, 1}}), document::op::Keep{{{writers().author(1), 1, 0}}}));
  writers().bring_all("R");
  EXPECT_FALSE(record("R").conflicts);
  write(0, "two", {{1, 1}});
  writers().bring_all("R");
  expect_one_conflict(*this, "cases/1");
}

TEST_F(ListedConflicts, ThatSomebodySettlesAreNotThereAnyMore) {
  writers(2);
  write(0, "one");
  write(1, "two");
  writers().bring_all("R");
  expect_one_conflict(*this, "cases/1");
  write(0, "both", {{1, 1}});
  writers().bring_all("R");
  EXPECT_FALSE(record("R").conflicts);
  EXPECT_EQ(status("R").conflicts, 0u);
}

/// A section whose rule names another compartment than the writers use.
struct MisfiledNotes : ProjectionTest {
  void SetUp() override {
    space.found("A", {{"cases", "note", "notes"}});
    ASSERT_TRUE(space.join("R", "A"));
  }
};

TEST_F(MisfiledNotes, HaveTheirConflictsListedOnceTheyAreFiledRight) {
  writers(1);
  write(0, "one");
  bring(0, "R");
  ASSERT_EQ(aside("R", 0, 1), "misfiled");
  ASSERT_TRUE(replica::write_control(
      space.core("A"), {wire::record::SectionMapped{"cases", "note", "records", {}, true}}));
  ASSERT_TRUE(space.sync("R", "A").caller);
  ASSERT_EQ(aside("R", 0, 1), "not set aside");
  write(0, below(change(0, "two")));
  bring(0, "R");
  expect_one_conflict(*this, "cases/1");
}

/// Whether a document with that change alone has to be checked for conflicts.
bool may_conflict(const document::Change& change, const document::Position& self) {
  const auto summary = document::inspect_change(document::encode(change, self), self);
  EXPECT_TRUE(summary) << (summary ? "" : summary.error().message());
  return summary && summary->may_conflict;
}

TEST_F(ListedConflicts, AreNotLookedForInWhatIsImportedOrPutTheFirstTime) {
  const std::string json =
      R"({"g":"t","a":{"c":[{"y":[1,2],"x":1},{"x":2}],"b":1},"e":{},"d":[],"f":[1,[2,{"z":null}]]})";
  const document::Position self{writers(1).author(0), 1};
  document::Draft draft({}, self, address(), {1});
  ASSERT_TRUE(draft.put_json({}, json));
  EXPECT_FALSE(may_conflict(std::move(draft).finish(), self));
  document::Importer importer;
  ASSERT_TRUE(importer.parse(R"({"collection":"cases","id":"1","doc":)" + json + "}"));
  const Bytes bytes = imported(importer, {}).at(0);
  EXPECT_FALSE(document::inspect_change(bytes, self)->may_conflict);
}

/// More fields than are checked one by one, unordered.
std::vector<document::Op> many_and_back_to_the_last() {
  std::vector<document::Op> ops;
  for (int i = 299; i >= 0; --i) {
    ops.push_back({{document::Step("n" + std::to_string(i))}, document::op::Set{"one", {}}});
  }
  ops.push_back({{document::Step("n0"), document::Step("below")}, document::op::Set{"two", {}}});
  return ops;
}

TEST_F(ListedConflicts, WithinADocumentsOnlyChangeAreThere) {
  namespace op = document::op;
  const document::Path note{document::Step("note")};
  const document::Path below{document::Step("note"), document::Step("below")};
  const document::Path other{document::Step("other")};
  const document::Path element{document::Step("note"), document::Dot{writers(1).author(0), 1, 0}};
  const std::vector<std::vector<document::Op>> all{
      {{note, op::Set{"one", {}}}, {other, op::Set{"x", {}}}, {below, op::Set{"two", {}}}},
      {{note, op::Set{"one", {}}}, {note, op::Set{"two", std::vector<document::Dot>()}}},
      {{note, op::Make{FieldKind::set}}, {note, op::Make{FieldKind::list}}},
      {{below, op::Set{"two", {}}}, {other, op::Set{"x", {}}}, {note, op::Set{"one", {}}}},
      {{note, op::Insert{{}, {}, Value("one")}}, {element, op::Make{FieldKind::text}}},
      many_and_back_to_the_last()};
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(i);
    const std::string id = std::to_string(i + 1);
    auto made = change(0, "", {}, id);
    made.ops = all[i];
    for (document::Op& op : made.ops) {
      if (op.path.size() < 2 || op.path == below) continue;
      op.path.back() = document::Dot{writers().author(0), writers().last(0) + 1, 0};
    }
    write(0, made);
    bring(0, "R");
    EXPECT_FALSE(space.conflicts("R", "cases/" + id).empty());
    EXPECT_TRUE(record("R", id).conflicts);
  }
  EXPECT_EQ(status("R").conflicts, all.size());
  EXPECT_THAT(replica::verify(replica::Snapshot(space.core("R")))->problems, ::testing::IsEmpty());
}

}  // namespace
}  // namespace relais::testing
