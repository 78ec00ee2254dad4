#include "document/json/json.h"
#include "replica/projection_fixture.h"

namespace relais::testing {
namespace {

/// Several authors of two documents, some of which write what no honest program would.
class Histories : public ProjectionTest {
 protected:
  static constexpr std::size_t kAuthors = 5;
  static constexpr std::size_t kSteps = 40;

  void write_one(Chance& chance) {
    const std::size_t writer = chance.below(kAuthors);
    const std::string id = std::to_string(1 + chance.below(2));
    if (chance.one_in(25)) {
      writers().write_packed(writer, "\x7fno such way of packing");
      return;
    }
    if (chance.one_in(12)) return import(chance, writer, id);
    Cites cites;
    for (std::size_t other = 0; other < kAuthors; ++other) {
      if (other == writer || chance.one_in(2)) continue;
      if (auto seq = some_place(chance, other, id); seq != 0) cites.emplace_back(other, seq);
    }
    auto made = change(writer, std::to_string(chance.below(1000)), cites, id,
                       chance.one_in(2) ? "one" : "two");
    lie(chance, writer, made);
    if (chance.one_in(4)) hide_or_show(chance, writer, made);
    if (chance.one_in(6)) name_import(chance, made);
    write(writer, made, !chance.one_in(6));
  }

  /// One of a few contents, so that many authors carry the same.
  void import(Chance& chance, std::size_t writer, const std::string& id) {
    document::Importer importer;
    const std::string value = std::to_string(chance.below(2));
    ASSERT_TRUE(importer.parse(R"({"collection":"cases","id":")" + id + R"(","doc":{"one":)" +
                               value + "}}"));
    const Bytes bytes =
        imported(importer, writers().log(writer).compartment, chance.below(1000)).at(0);
    own_last_[{writer, id}] = writers().last(writer) + 1;
    const auto change =
        document::decode_change(bytes, writers().next(writer), writers().log(writer).compartment);
    contents_[id].push_back(*change->content);
    writers().write(writer, bytes);
  }

  /// Overwrites an imported value: perhaps unseen, or carried by no admitted log.
  void name_import(Chance& chance, document::Change& made) {
    const auto& contents = contents_[made.address.id];
    if (contents.empty()) return;
    const AuthorId content = chance.pick(contents);
    made.cites.contents = {content};
    made.ops.push_back(
        {{document::Step("one")}, document::op::Set{Value("over"), {{{content, 1, 0}}}}});
  }

  /// Deletes a field, or withdraws or contests deletions that the writer has seen.
  void hide_or_show(Chance& chance, std::size_t writer, document::Change& made) {
    std::vector<document::Dot>& marks = marks_[made.address.id];
    std::vector<document::Dot> seen;
    for (const document::Dot& mark : marks) {
      const bool listed = std::any_of(
          made.cites.cited.begin(), made.cites.cited.end(),
          [&](const auto& entry) { return entry.author == mark.author && mark.seq <= entry.seq; });
      if (listed && chance.one_in(2)) seen.push_back(mark);
    }
    const document::Path path = made.ops[0].path;
    if (!seen.empty() && chance.one_in(2)) {
      made.ops.push_back({path, document::op::Keep{seen}});
      return;
    }
    made.cites.whole = true;
    if (!seen.empty()) {
      made.ops[0].what = document::op::Restore{seen};
      return;
    }
    const document::Position self = writers().next(writer);
    marks.push_back({self.author, self.seq, 0});
    made.ops[0].what = document::op::Delete{};
  }

  /// Nearly always a change of the document, mostly the last one.
  std::uint64_t some_place(Chance& chance, std::size_t other, const std::string& id) {
    const std::uint64_t last = own_last_[{other, id}];
    if (chance.one_in(15)) return writers().last(other) + 1 + chance.below(3);  // not written yet
    if (chance.one_in(15)) return writers().last(other);              // of either document
    if (chance.one_in(4) && last > 1) return 1 + chance.below(last);  // an older one
    return last;
  }

  void lie(Chance& chance, std::size_t writer, document::Change& made) {
    auto& cites = made.cites;
    if (!cites.cited.empty() && chance.one_in(12)) cites.cited[0].hash = {};
    if (!cites.cited.empty() && chance.one_in(3)) cites.whole = false;
    if (chance.one_in(20)) cites.own_before = writers().last(writer);
    if (chance.one_in(20)) cites.own_before = 0;
    if (!cites.cited.empty() && chance.one_in(8)) {
      const auto& entry = cites.cited[chance.below(cites.cited.size())];
      cites.exceptions = {{entry.author, 1 + chance.below(entry.seq)}};
    }
    if (!cites.cited.empty() && chance.one_in(12) && cites.cited[0].seq > 1) {
      cites.cited[0].floor = 1 + chance.below(cites.cited[0].seq - 1);
    }
  }

  /// Brings random parts of random logs, until all are stored.
  void bring_in_any_order(Chance& chance, const std::string& to) {
    std::vector<std::pair<std::size_t, std::uint64_t>> parts;
    for (std::size_t writer = 0; writer < kAuthors; ++writer) {
      for (const std::uint64_t end : ends_[writer]) parts.emplace_back(writer, end);
    }
    for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[chance.below(i)]);
    // `bring` skips what is stored: a later part of a log may arrive first.
    for (const auto& [writer, end] : parts) writers().bring(writer, end, to);
  }

  void play(Chance& chance) {
    writers(kAuthors);
    for (std::size_t step = 0; step < kSteps; ++step) write_one(chance);
    for (std::size_t writer = 0; writer < kAuthors; ++writer) {
      write(writer, "end");  // of an open transaction
      ends_[writer] = writers().transaction_ends(writer);
    }
  }

  std::map<std::size_t, std::vector<std::uint64_t>> ends_;
  std::map<std::string, std::vector<AuthorId>> contents_;    ///< by document
  std::map<std::string, std::vector<document::Dot>> marks_;  ///< likewise
};

class AnyHistory : public Histories, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(AnyHistory, GivesTheSameDocumentsInAnyOrderAndWithAnySubsetTakenAwayAndGivenBack) {
  Chance chance(GetParam());
  play(chance);
  // S knows from the start how far each log is admitted; R learns it later.
  std::map<std::size_t, std::uint64_t> admitted;
  for (std::size_t writer = 0; writer < kAuthors; ++writer) {
    if (chance.one_in(3)) continue;
    std::vector<std::uint64_t> ends = ends_[writer];
    ends.push_back(0);
    admitted[writer] = chance.pick(ends);
    ASSERT_TRUE(replica::admit_up_to(space.core("S"), writers().log(writer), admitted[writer]));
  }
  bring_in_any_order(chance, "S");
  bring_in_any_order(chance, "R");
  const std::string whole = dump("R");
  ASSERT_TRUE(replica::rebuild_all(space.core("R")));
  EXPECT_EQ(dump("R"), whole);
  const std::string bytes = projection_bytes(space.core("R"));
  for (const auto& [writer, end] : admitted) {
    ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(writer), end));
  }
  EXPECT_EQ(dump("R"), dump("S")) << "taken away is as never known";
  for (const auto& [writer, end] : admitted) {
    ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(writer), std::nullopt));
    ASSERT_TRUE(replica::admit_up_to(space.core("S"), writers().log(writer), std::nullopt));
  }
  EXPECT_EQ(dump("R"), whole) << "given back";
  EXPECT_EQ(dump("S"), whole) << "given at last";
  ASSERT_TRUE(replica::rebuild_all(space.core("R")));
  EXPECT_EQ(projection_bytes(space.core("R")), bytes) << "no trace is left";
  EXPECT_THAT(replica::verify(replica::Snapshot(space.core("R")))->problems, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyHistory, ::testing::Range<std::uint64_t>(1, 61));

}  // namespace
}  // namespace relais::testing
