#include "engine/projection_fixture.h"

namespace relais::testing {
namespace {

/// Several authors, some of whom write what no honest program would, of two documents.
class Histories : public ProjectionTest {
 protected:
  static constexpr std::size_t kAuthors = 5;
  static constexpr std::size_t kSteps = 40;

  void write_one(Chance& chance) {
    const std::size_t scribe = chance.below(kAuthors);
    const std::string id = std::to_string(1 + chance.below(2));
    if (chance.one_in(25)) {
      scribes().write_packed(scribe, "\x7fno such way of packing");
      return;
    }
    Cites cites;
    for (std::size_t other = 0; other < kAuthors; ++other) {
      if (other == scribe || chance.one_in(2)) continue;
      if (auto seq = some_place(chance, other, id); seq != 0) cites.emplace_back(other, seq);
    }
    auto made = change(scribe, std::to_string(chance.below(1000)), cites, id,
                       chance.one_in(2) ? "one" : "two");
    lie(chance, scribe, made);
    write(scribe, made, !chance.one_in(6));
  }

  /// Nearly always a change of the document, and nearly always the last.
  std::uint64_t some_place(Chance& chance, std::size_t other, const std::string& id) {
    const std::uint64_t last = own_last_[{other, id}];
    if (chance.one_in(15)) return scribes().last(other) + 1 + chance.below(3);  // not written yet
    if (chance.one_in(15)) return scribes().last(other);                        // of either
    if (chance.one_in(4) && last > 1) return 1 + chance.below(last);            // an older one
    return last;
  }

  void lie(Chance& chance, std::size_t scribe, document::Change& made) {
    auto& cites = made.cites;
    if (!cites.cited.empty() && chance.one_in(12)) cites.cited[0].hash = {};
    if (!cites.cited.empty() && chance.one_in(3)) cites.whole = false;
    if (chance.one_in(20)) cites.own_before = scribes().last(scribe);
    if (chance.one_in(20)) cites.own_before = 0;
    if (!cites.cited.empty() && chance.one_in(8)) {
      const auto& entry = cites.cited[chance.below(cites.cited.size())];
      cites.exceptions = {{entry.author, 1 + chance.below(entry.seq)}};
    }
    if (!cites.cited.empty() && chance.one_in(12) && cites.cited[0].seq > 1) {
      cites.cited[0].floor = 1 + chance.below(cites.cited[0].seq - 1);
    }
  }

  /// In random parts of random logs, until all is there.
  void bring_in_any_order(Chance& chance, const std::string& to) {
    std::vector<std::pair<std::size_t, std::uint64_t>> parts;
    for (std::size_t scribe = 0; scribe < kAuthors; ++scribe) {
      for (const std::uint64_t end : ends_[scribe]) parts.emplace_back(scribe, end);
    }
    for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[chance.below(i)]);
    // `bring` passes over what is there: a later part of a log may come in before an earlier one.
    for (const auto& [scribe, end] : parts) scribes().bring(scribe, end, to);
  }

  void play(Chance& chance) {
    scribes(kAuthors);
    for (std::size_t step = 0; step < kSteps; ++step) write_one(chance);
    for (std::size_t scribe = 0; scribe < kAuthors; ++scribe) {
      write(scribe, "end");  // of an open transaction
      ends_[scribe] = scribes().transaction_ends(scribe);
    }
  }

  std::map<std::size_t, std::vector<std::uint64_t>> ends_;
};

class AnyHistory : public Histories, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(AnyHistory, GivesTheSameDocumentsInAnyOrderAndWithAnySubsetTakenAwayAndGivenBack) {
  Chance chance(GetParam());
  play(chance);
  // S knows from the start how far each log is admitted; R learns it afterwards.
  std::map<std::size_t, std::uint64_t> admitted;
  for (std::size_t scribe = 0; scribe < kAuthors; ++scribe) {
    if (chance.one_in(3)) continue;
    std::vector<std::uint64_t> ends = ends_[scribe];
    ends.push_back(0);
    admitted[scribe] = chance.pick(ends);
    ASSERT_TRUE(engine::admit_up_to(ward.core("S"), scribes().log(scribe), admitted[scribe]));
  }
  bring_in_any_order(chance, "S");
  bring_in_any_order(chance, "R");
  const std::string whole = dump("R");
  ASSERT_TRUE(engine::rebuild_all(ward.core("R")));
  EXPECT_EQ(dump("R"), whole);
  const std::string bytes = projection_bytes(ward.core("R"));
  for (const auto& [scribe, end] : admitted) {
    ASSERT_TRUE(engine::admit_up_to(ward.core("R"), scribes().log(scribe), end));
  }
  EXPECT_EQ(dump("R"), dump("S")) << "taken away is as never known";
  for (const auto& [scribe, end] : admitted) {
    ASSERT_TRUE(engine::admit_up_to(ward.core("R"), scribes().log(scribe), std::nullopt));
    ASSERT_TRUE(engine::admit_up_to(ward.core("S"), scribes().log(scribe), std::nullopt));
  }
  EXPECT_EQ(dump("R"), whole) << "given back";
  EXPECT_EQ(dump("S"), whole) << "given at last";
  ASSERT_TRUE(engine::rebuild_all(ward.core("R")));
  EXPECT_EQ(projection_bytes(ward.core("R")), bytes) << "no trace is left";
  EXPECT_THAT(engine::verify(ward.core("R"))->problems, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyHistory, ::testing::Range<std::uint64_t>(1, 61));

}  // namespace
}  // namespace relais::testing
