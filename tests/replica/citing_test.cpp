#include "document/json/json.h"
#include "replica/projection_fixture.h"

namespace relais::testing {
namespace {

using document::op::Set;

/// What changes cite of changes by content, and what devices cite when they write.
class Citing : public ProjectionTest {
 protected:
  /// The import of a document, for any writer to carry.
  Bytes import_of(const std::string& note, const std::string& id = "1") {
    document::Importer importer;
    EXPECT_TRUE(importer.parse(R"({"collection":"cases","id":")" + id + R"(","doc":{"note":")" +
                               note + R"("}})"));
    return imported(importer, writers().log(0).compartment).at(0);
  }
  AuthorId content_of(const Bytes& import) {
    const auto change =
        document::decode_change(import, writers().next(0), writers().log(0).compartment);
    return *change->content;
  }
  void carry(std::size_t writer, const Bytes& import) {
    own_last_[{writer, "1"}] = writers().last(writer) + 1;
    writers().write(writer, import);
  }
  /// Overwrites the imported value, having seen nothing else.
  document::Change over(const AuthorId& content, std::size_t writer, const std::string& value) {
    auto made = change(writer, value);
    made.cites.contents = {content};
    std::get<Set>(made.ops[0].what).over = {{content, 1, 0}};
    return made;
  }

  void put(const std::string& device, const std::string& value, const std::string& field) {
    ASSERT_TRUE(space.edit(device, [&](replica::Edit& edit) {
      return edit.put_json({"", "cases", "1"}, field, '"' + value + '"');
    }));
  }
  document::Citations last_cites(const std::string& device) {
    replica::Core& core = space.core(device);
    const log::LogId log{writers().log(0).compartment, core.identity.author()};
    const store::LogRow* row = core.logs.find(log);
    return core.documents
        .change({core.control, *core.store, {}, nullptr}, {row->no, row->head.seq})
        ->change.cites;
  }
};

TEST_F(Citing, WhoNamesAnImportedValueWaitsForOneWhoImportedIt) {
  const Bytes import = import_of("imported");
  writers(3);
  carry(0, import);
  carry(1, import);
  write(2, over(content_of(import), 2, "over it"));
  bring(2, "R");
  EXPECT_EQ(status("R").waiting, 1u);
  EXPECT_EQ(json("R"), "There is no such document.");
  bring(1, "R");
  EXPECT_EQ(status("R").waiting, 0u);
  EXPECT_EQ(json("R"), R"({"note":"over it"})");
  bring(0, "R");
  EXPECT_EQ(json("R"), R"({"note":"over it"})");
  writers().bring_all("S");
  expect_same();
}

TEST_F(Citing, OneImportIsEnoughThoughAnotherIsTakenAway) {
  const Bytes import = import_of("imported");
  writers(3);
  carry(0, import);
  carry(1, import);
  write(2, over(content_of(import), 2, "over it"));
  writers().bring_all("R");
  bring(2, "S");
  bring(1, "S");
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(0), 0));
  EXPECT_EQ(dump("R"), dump("S"));
  EXPECT_EQ(json("R"), R"({"note":"over it"})");
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(1), 0));
  EXPECT_EQ(status("R").waiting, 1u);
  for (const std::size_t writer : {0, 1}) {
    ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(writer), std::nullopt));
  }
  bring(0, "S");
  expect_same();
}

TEST_F(Citing, ALongDocumentKnowsWhatWasImported) {
  const Bytes import = import_of("imported");
  writers(3);
  carry(0, import);
  for (int i = 0; i < 20; ++i) write(0, std::to_string(i), {}, "1", "other");
  bring(0, "R");
  ASSERT_GT(record("R").checkpoint_bytes, 0u);
  // Its author imports the same again later: that delays no other change.
  write(1, over(content_of(import), 1, "over it"));
  carry(1, import);
  bring(1, "R");
  EXPECT_EQ(json("R"), R"({"note":"over it","other":"19"})");
  EXPECT_FALSE(record("R").damaged);
  bring(1, "S");
  EXPECT_EQ(json("S"), "There is no such document.");
  bring(0, "S");
  EXPECT_EQ(json("S"), json("R"));
  EXPECT_FALSE(record("S").damaged);
  expect_same();
}

TEST_F(Citing, AWriterSaysWhatTheLogsWereThatItSaw) {
  writers(1);
  write(0, "first");
  write(0, "second");
  bring(0, "R");
  put("R", "third", "note");
  const auto cites = last_cites("R");
  ASSERT_EQ(cites.cited.size(), 1u);
  EXPECT_EQ(cites.cited[0].seq, 2u);
  EXPECT_EQ(cites.cited[0].hash, writers().prefix(0, 2));
  EXPECT_TRUE(cites.whole);
}

TEST_F(Citing, ManyWritersAreCitedByTheirHeadsUnlessSomethingIsDeleted) {
  writers(6);
  Cites before;
  for (std::size_t writer = 0; writer < 6; ++writer) {
    write(writer, std::to_string(writer), before);
    before.emplace_back(writer, 1);
  }
  writers().bring_all("R");
  put("R", "a", "other");
  const auto heads = last_cites("R");
  EXPECT_FALSE(heads.whole);
  ASSERT_EQ(heads.cited.size(), 1u);
  EXPECT_EQ(heads.cited[0].author, writers().author(5));
  ASSERT_TRUE(space.edit("R", [](replica::Edit& edit) {
    return edit.erase({"", "cases", "1"}, "", std::nullopt);
  }));
  EXPECT_TRUE(last_cites("R").whole);
  EXPECT_EQ(last_cites("R").cited.size(), 6u);
  ASSERT_TRUE(space.edit("R", [](replica::Edit& edit) {
    return edit.put_json({"", "cases", "1"}, "", R"({"note":"anew"})");
  }));
  EXPECT_TRUE(last_cites("R").whole) << "it lists the deletion, whatever becomes of the heads";
  EXPECT_EQ(last_cites("R").cited.size(), 6u);
  space.settle();
  EXPECT_EQ(json("S"), R"({"note":"anew"})");
}

TEST_F(Citing, FewPlacesThatCannotBeReadAreExceptionsManyAreAFloor) {
  writers(2);
  for (int i = 0; i < 3; ++i) writers().write_packed(0, "\x7fno such way of packing");
  write(0, "few");
  for (int i = 0; i < 20; ++i) writers().write_packed(1, "\x7fno such way of packing");
  write(1, "many");
  writers().write_packed(1, "\x7fno such way of packing");
  write(1, "more");
  writers().bring_all("R");
  put("R", "seen", "note");
  const auto cites = last_cites("R");
  ASSERT_EQ(cites.cited.size(), 2u);
  for (const document::Cited& entry : cites.cited) {
    EXPECT_EQ(entry.floor, entry.author == writers().author(1) ? 20u : 0u);
  }
  EXPECT_EQ(cites.exceptions.size(), 4u);
  EXPECT_EQ(json("R"), R"({"note":"seen"})");
  EXPECT_EQ(status("R").conflicts, 0u);
}

TEST_F(Citing, AFloorOfALongDocumentIsBeforeItsFirstChange) {
  writers(1);
  for (int i = 0; i < 20; ++i) writers().write_packed(0, "\x7fno such way of packing");
  for (int i = 0; i < 30; ++i) write(0, std::to_string(i));
  bring(0, "R");
  ASSERT_GT(record("R").checkpoint_bytes, 0u);
  put("R", "seen", "note");
  ASSERT_EQ(last_cites("R").cited.size(), 1u);
  EXPECT_EQ(last_cites("R").cited[0].floor, 20u);
  EXPECT_EQ(json("R"), R"({"note":"seen"})");
}

/// A list too large for one change.
std::string numbers() {
  std::string json = "[0";
  for (int i = 1; i < 40000; ++i) json += "," + std::to_string(i);
  return json + "]";
}

TEST_F(Citing, APartOfAnImportCountsOnlyBehindTheOtherPartsInItsOwnLog) {
  writers(3);
  document::Importer importer;
  ASSERT_TRUE(importer.parse(R"({"collection":"cases","id":"1","doc":{"l":)" + numbers() + "}}"));
  const auto parts = imported(importer, writers().log(0).compartment);
  ASSERT_GE(parts.size(), 3u);
  for (const Bytes& part : parts) carry(0, part);
  write(1, "before", {}, "1", "other");
  carry(1, parts[1]);
  write(1, "behind", {}, "1", "other");
  carry(2, parts[0]);
  carry(2, parts[2]);
  bring(2, "S");
  bring(1, "S");
  EXPECT_EQ(aside("S", 1, 2), "invalid");
  EXPECT_EQ(aside("S", 2, 2), "invalid");
  EXPECT_EQ(status("S").waiting, 0u);
  EXPECT_EQ(record("S").tail.size(), 3u);
  bring(0, "S");
  for (const std::size_t writer : {0, 1, 2}) bring(writer, "R");
  for (const char* device : {"R", "S"}) {
    EXPECT_EQ(aside(device, 1, 2), "invalid");
    EXPECT_EQ(aside(device, 2, 2), "invalid");
    EXPECT_EQ(json(device), R"({"l":)" + numbers() + R"(,"other":"behind"})");
  }
  expect_same();
}

TEST_F(Citing, ALaterChangeOfALargeEditCitesTheOneBeforeIt) {
  for (const std::size_t count : {2, 6}) {
    writers(6);
    const std::string id = std::to_string(count);
    for (std::size_t writer = 0; writer < count; ++writer) {
      write(writer, std::to_string(writer), {}, id, "of" + std::to_string(writer));
    }
    writers().bring_all("R");
    space.put("R", "cases/" + id, "list", numbers());
    const auto cites = last_cites("R");
    replica::Core& core = space.core("R");
    const store::LogRow* row =
        core.logs.find(log::LogId{writers().log(0).compartment, core.identity.author()});
    EXPECT_EQ(cites.own_before, row->head.seq - 1);
    EXPECT_TRUE(cites.exceptions.empty());
    space.settle();
    EXPECT_EQ(json("S", id), json("R", id));
    EXPECT_EQ(status("S").waiting, 0u);
    EXPECT_EQ(status("S").conflicts, 0u);
  }
  expect_same();
}

}  // namespace
}  // namespace relais::testing
