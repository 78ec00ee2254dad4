#include "base/coding.h"
#include "base/limits.h"
#include "document/making.h"
#include "support/every_read.h"

// Ops that name what their change had not seen: docs/spec/document.md, "Model".
namespace relais::document {
namespace {

const Position kA{author('a'), 1}, kB{author('b'), 1}, kC{author('c'), 1};

Path at(std::initializer_list<const char*> names) {
  Path path;
  for (const char* name : names) path.emplace_back(std::string(name));
  return path;
}
Path in_list(const Dot& element) {
  Path path = at({"l"});
  path.emplace_back(element);
  return path;
}

/// A change that has seen these, as a reader decodes it.
Change written(std::vector<Op> ops, const Position& self, std::vector<Position> seen = {}) {
  Change change{{{"cases", "one"}, {}, Stamp{1790000000000ULL << 16}, {}}, std::move(ops)};
  for (const Position& position : seen) change.context.advance(position.author, position.seq);
  const Bytes bytes = encode(change, self);
  const auto back = decode_change(bytes, self);
  EXPECT_TRUE(back.has_value()) << message(back);
  if (!back) return change;
  EXPECT_EQ(encode(*back, self), bytes);
  EXPECT_TRUE(inspect_change(bytes, self).has_value());
  return *back;
}

using Placed = std::pair<Change, Position>;

State of(const std::vector<Placed>& changes) {
  State state;
  for (const auto& [change, position] : changes) {
    EXPECT_TRUE(state.apply(change, position).has_value());
  }
  EXPECT_EQ(fault_of_bytes(state), "");
  EXPECT_EQ(fault_of_reads(state), "");
  return state;
}

/// Applies concurrent changes in any order.
State in_any_order(const Placed& base, const Placed& one, const Placed& other) {
  const State state = of({base, one, other});
  EXPECT_EQ(of({base, other, one}).canonical(), state.canonical());
  State merged = of({base, one});
  merged.merge(of({base, other}));
  EXPECT_EQ(merged.canonical(), state.canonical());
  return state;
}

const Op kOne{at({"x"}), op::Set{1, std::nullopt}};

TEST(Unseen, AnElementWhoseInsertionNeverComesIsEditedReadAndStored) {
  const Dot lost{author('z'), 4, 2};
  State state = of({{written({{in_list(lost), op::Set{"kept", std::nullopt}}}, kA), kA}});
  EXPECT_EQ(to_json({&state}), R"({"l":["kept"]})");
  EXPECT_EQ(fault_of_edits(state, kB), "");
}

TEST(Unseen, AWriterNamesWhatLiesBeyondAnEntryOfItsContext) {
  const Position later{author('a'), 9};
  const Dot lost{author('a'), 5, 0};
  const Change edit = written({{in_list(lost), op::Set{1, std::nullopt}},
                               {in_list({author('a'), 1, 0}), op::Set{2, std::nullopt}},
                               {in_list({author('a'), 7, 0}), op::Set{3, std::nullopt}}},
                              kB, {kA});
  EXPECT_FALSE(edit.context.covers(lost)) << "naming is not seeing";
  EXPECT_EQ(std::get<Dot>(edit.ops[0].path[1]), lost);
  EXPECT_EQ(std::get<Dot>(edit.ops[1].path[1]), (Dot{author('a'), 1, 0}));
  EXPECT_EQ(std::get<Dot>(edit.ops[2].path[1]), (Dot{author('a'), 7, 0}));
  const Placed base{written({{at({"l"}), op::Insert{{}, {}, Value(0)}}}, kA), kA};
  of({base, {edit, kB}, {written({kOne}, later), later}});
}

TEST(Unseen, WhatAnEntryNumbersIsNamedByNoOtherNumber) {
  Change edit{{{"cases", "one"}, {}, {}, {}},
              {{in_list({author('a'), 9, 0}), op::Set{1, std::nullopt}},
               {in_list({author('a'), 7, 0}), op::Set{2, std::nullopt}}}};
  edit.context.advance(author('a'), 5);
  Bytes bytes = encode(edit, kB);
  ASSERT_TRUE(decode_change(bytes, kB).has_value());
  // The second element: after "l", an element, of author 2, two before the first one's seq.
  const std::size_t step = bytes.find(Bytes("\x12\3\2\4\0", 5));
  ASSERT_NE(step, Bytes::npos);
  bytes[step + 3] = '\6';
  EXPECT_TRUE(decode_change(bytes, kB).has_value()) << "6 isn't within the entry either";
  bytes[step + 3] = '\x08';
  EXPECT_FALSE(decode_change(bytes, kB).has_value()) << "5 has the entry's number";
}

TEST(Unseen, AnAuthorNamesAnEarlierChangeOfItsOwnThatItDoesNotCite) {
  const Position second{author('a'), 2};
  const Dot lost{author('a'), 1, 0};
  const Change edit = written({{in_list(lost), op::Set{1, std::nullopt}}}, second);
  EXPECT_EQ(std::get<Dot>(edit.ops[0].path[1]), lost);
}

TEST(Unseen, AValueThatWasNotSeenIsNotOverwrittenWhicheverComesFirst) {
  const Placed set{written({kOne}, kA), kA};
  const Placed over{written({{at({"x"}), op::Set{2, std::vector<Dot>{{author('a'), 1, 0}}}}}, kB),
                    kB};
  const State state = in_any_order({written({{at({"y"}), op::Set{0, {}}}}, kC), kC}, set, over);
  EXPECT_EQ(read_field(state, at({"x"}))->siblings.size(), 2u);
}

TEST(Unseen, AValueThatWasNotSeenIsNotWithdrawnWhicheverComesFirst) {
  const Placed set{written({kOne}, kA), kA};
  const Placed withdrawal{
      written({{at({"x"}), op::Withdraw{{{author('a'), 1, 0}}}}, {at({"y"}), op::Set{0, {}}}}, kB),
      kB};
  const State state =
      in_any_order({written({{at({"z"}), op::Set{0, {}}}}, kC), kC}, set, withdrawal);
  EXPECT_EQ(to_json({&state}), R"({"x":1,"y":0,"z":0})");
}

TEST(Unseen, ADeletionThatWasNotSeenIsNotRestoredWhicheverComesFirst) {
  const Placed base{written({kOne}, kC), kC};
  const Placed deletion{written({{{}, op::Delete{}}}, kA, {kC}), kA};
  const Placed restore{written({{{}, op::Restore{{{author('a'), 1, 0}}}}}, kB, {kC}), kB};
  // Its sign contests the deletion, like any concurrent write.
  EXPECT_EQ(in_any_order(base, deletion, restore).conflicts().size(), 1u);
}

TEST(Unseen, LettersThatWereNotSeenAreNotErasedWhicheverComesFirst) {
  const Placed base{written({{at({"t"}), op::InsertText{{}, {}, "a"}}}, kC), kC};
  const Placed typed{
      written({{at({"t"}), op::InsertText{Dot{author('c'), 1, 0}, {}, "bc"}}}, kA, {kC}), kA};
  const Placed erased{written({{at({"t"}), op::DeleteText{{{{author('a'), 1, 0}, 2}}}}}, kB, {kC}),
                      kB};
  const State state = in_any_order(base, typed, erased);
  EXPECT_EQ(to_json({&state}), R"({"t":"abc"})");
}

TEST(Unseen, ANeighbourThatWasNotSeenDetachesWhicheverComesFirst) {
  const Dot a{author('a'), 1, 0}, c{author('c'), 1, 0};
  const Placed base{written({{at({"l"}), op::Insert{{}, {}, Value("c")}}}, kC), kC};
  const Placed first{written({{at({"l"}), op::Insert{{}, c, Value("a")}}}, kA, {kC}), kA};
  for (const auto& [left, right] : {std::pair(a, c), std::pair(c, a)}) {
    const Placed beside{written({{at({"l"}), op::Insert{left, right, Value("b")}}}, kB, {kC}), kB};
    const State state = in_any_order(base, first, beside);
    EXPECT_EQ(to_json({&state}), R"({"l":["a","c","b"]})");
  }
}

TEST(Unseen, AMarkThatWasNotSeenIsNotKeptWhicheverComesFirst) {
  const Placed base{written({kOne}, kC), kC};
  const Placed deletion{written({{at({"x"}), op::Delete{}}}, kA, {kC}), kA};
  const Placed keep{written({{at({"x"}), op::Keep{{{author('a'), 1, 0}}}}}, kB, {kC}), kB};
  const State state = in_any_order(base, deletion, keep);
  EXPECT_EQ(to_json({&state}), "{}");
}

TEST(Unseen, AKeepListsMarksOfItsOwnPathOnly) {
  const Placed base{written({kOne}, kA), kA};
  const Placed deletion{written({{at({"x"}), op::Delete{}}, {{}, op::Delete{}}}, kB, {kA}), kB};
  const op::Keep both{{{author('b'), 1, 0}, {author('b'), 1, 1}}};
  const Placed keep{written({{at({"x"}), both}}, kC, {kA, kB}), kC};
  const State state = of({base, deletion, keep});
  EXPECT_TRUE(state.empty()) << "the whole document's deletion isn't contested";
  EXPECT_FALSE(state.has_conflicts()) << "what is contested beneath isn't shown";
}

TEST(Unseen, OfTwoResetsOfOneTotalTheSameCountsWhicheverComesFirst) {
  const Placed base{written({{at({"c"}), op::Count{7}}}, kC), kC};
  const auto reset = [](const Position& self, std::int64_t total, bool of_mark) {
    const op::ResetCounter what{{{{author('c'), 1, 0}, total}}, of_mark};
    std::vector<Op> ops = {{at({"c"}), what}};
    if (of_mark) ops.push_back({at({"c"}), op::Delete{}});
    ops.push_back({at({"c"}), op::Count{0}});
    return Placed{written(std::move(ops), self, {kC}), self};
  };
  in_any_order(base, reset(kA, 7, false), reset(kB, 7, false));
  const State lied = in_any_order(base, reset(kA, 7, false), reset(kB, 9, false));
  EXPECT_EQ(to_json({&lied}), R"({"c":-2})");
  in_any_order(base, reset(kA, 7, true), reset(kB, 9, true));
  in_any_order(base, reset(kA, 7, true), reset(kB, 9, false));
}

TEST(Unseen, AResetThatNoDeletionFollowsSubtractsNothing) {
  const op::ResetCounter what{{{{author('a'), 1, 0}, 7}}, true};
  const Placed count{written({{at({"c"}), op::Count{7}}}, kA), kA};
  const Placed reset{written({{at({"c"}), what}}, kB, {kA}), kB};
  const State state = of({count, reset});
  EXPECT_EQ(to_json({&state}), R"({"c":7})");
}

TEST(Unseen, AListedContextMayBeOfItsAuthorsOwnLastChange) {
  Change change{{{"cases", "one"}, {}, {}, {}}, {kOne}};
  change.cites.whole = false;
  change.cites.own_before = 1;
  const Position self{author('a'), 2};
  const Bytes bytes = encode(change, self);
  const auto back = decode_change(bytes, self);
  ASSERT_TRUE(back.has_value()) << message(back);
  EXPECT_EQ(back->cites, change.cites);
  EXPECT_EQ(encode(*back, self), bytes);
}

/// Whether a context with this many entries of other authors and exceptions is accepted.
bool is_read(std::size_t entries, std::size_t exceptions, bool is_whole, bool has_own) {
  Change change{{{"cases", "one"}, {}, {}, {}}, {kOne}};
  const Position self{author('z'), 2};
  change.cites.whole = is_whole;
  change.cites.own_before = has_own ? 1 : 0;
  for (std::size_t i = 0; i < entries; ++i) {
    AuthorId id;
    id.bytes[0] = static_cast<std::uint8_t>(i);
    change.cites.cited.push_back({id, limits::kLastSeq, {}, 0});
  }
  for (std::size_t i = 0; i < exceptions; ++i) {
    change.cites.exceptions.push_back({change.cites.cited[0].author, i + 1});
  }
  const Bytes bytes = encode(change, self);
  const auto back = decode_change(bytes, self);
  return back && encode(*back, self) == bytes;
}

TEST(Unseen, WhatAContextListsAndExceptsHasLimits) {
  EXPECT_TRUE(is_read(limits::kListedEntries, limits::kContextExceptions, false, false));
  EXPECT_TRUE(is_read(limits::kListedEntries - 1, 1, false, true));
  EXPECT_FALSE(is_read(limits::kListedEntries + 1, 0, false, false));
  EXPECT_FALSE(is_read(limits::kListedEntries, 0, false, true));
  EXPECT_TRUE(is_read(1, limits::kContextExceptions, true, true));
  EXPECT_FALSE(is_read(1, limits::kContextExceptions + 1, true, true));
  EXPECT_FALSE(is_read(1, limits::kContextExceptions + 1, false, true));
}

TEST(Unseen, AChangeListsSoManyImportsAndNoMore) {
  const auto with = [](std::size_t contents) {
    Change change{{{"cases", "one"}, {}, {}, {}}, {kOne}};
    for (std::size_t i = 0; i < contents; ++i) {
      AuthorId id;
      id.bytes[0] = static_cast<std::uint8_t>(i >> 8);
      id.bytes[1] = static_cast<std::uint8_t>(i);
      change.cites.contents.push_back(id);
    }
    return decode_change(encode(change, kA), kA).has_value();
  };
  EXPECT_TRUE(with(256));
  EXPECT_FALSE(with(257));
}

TEST(Unseen, WhoSawMoreImportsThanAChangeListsDeletesThemAll) {
  Person a('a');
  for (std::uint64_t seq = 1; seq <= 260; ++seq) {
    Change import{{{"cases", "one"}, {}, {}, {}},
                  {{at({"x"}), op::Set{static_cast<std::int64_t>(seq), {}}}}};
    import.content.emplace();
    const Position self{author('c'), seq};
    ASSERT_TRUE(a.state.apply(*decode_change(encode(import, self), self), self).has_value());
  }
  const Change deletion = a.edit([](Draft& draft) { return draft.make_void({}, "too many"); });
  EXPECT_EQ(deletion.cites.contents.size(), 256u);
  EXPECT_TRUE(a.state.empty());
}

TEST(Unseen, AByContentChangeNamesNobody) {
  Change change{{{"cases", "one"}, {}, {}, {}}, {kOne}};
  change.content.emplace();
  EXPECT_TRUE(decode_change(encode(change, kA), kA).has_value());
  change.ops.push_back({in_list({author('b'), 1, 0}), op::Set{1, std::nullopt}});
  EXPECT_FALSE(decode_change(encode(change, kA), kA).has_value());
}

TEST(Unseen, ADeletionHidesAnImportThatItListsThoughItComesLaterByAnotherCarrier) {
  Change import{{{"cases", "one"}, {}, {}, {}}, {kOne, {at({"y"}), op::Set{2, std::nullopt}}}};
  import.content.emplace();
  const Change first = *decode_change(encode(import, kA), kA);
  Person b('b');
  ASSERT_TRUE(b.state.apply(first, kA).has_value());
  const Change deletion = b.edit([](Draft& draft) { return draft.erase({}); });
  // The first carrier is beyond a cut-off.
  Change alone = deletion;
  alone.context = {};
  const Change second = *decode_change(encode(import, kC), kC);
  const State state = of({{alone, b.position()}, {second, kC}});
  EXPECT_TRUE(state.empty());
  EXPECT_EQ(of({{second, kC}, {alone, b.position()}}).canonical(), state.canonical());
  State merged = of({{alone, b.position()}});
  merged.merge(of({{second, kC}}));
  EXPECT_EQ(merged.canonical(), state.canonical());
  auto stored = State::decode(of({{alone, b.position()}}).canonical());
  ASSERT_TRUE(stored.has_value());
  ASSERT_TRUE(stored->apply(second, kC).has_value());
  EXPECT_EQ(stored->canonical(), state.canonical());
}

TEST(Unseen, AWriteOverAnImportWhoseCarrierIsCutOffStandsBesideItWhicheverComesFirst) {
  Change import{{{"cases", "one"}, {}, {}, {}}, {kOne}};
  import.content.emplace();
  const Change first = *decode_change(encode(import, kA), kA);
  Change edit{{{"cases", "one"}, {}, {}, {}},
              {{at({"x"}), op::Set{2, std::vector<Dot>{{*first.content, 1, 0}}}}}};
  edit.cites.contents = {*first.content};
  const Change alone = *decode_change(encode(edit, kB), kB);
  const Change second = *decode_change(encode(import, kC), kC);
  const State state = of({{alone, kB}, {second, kC}});
  EXPECT_EQ(state.conflicts().size(), 1u);
  EXPECT_EQ(of({{second, kC}, {alone, kB}}).canonical(), state.canonical());
}

TEST(Unseen, AnImportHasTheSmallestStampOfItsCarriersWhicheverComesFirst) {
  const auto carried = [](const Position& self, std::uint64_t bits) {
    Change import{{{"cases", "one"}, {}, Stamp{bits}, {}}, {kOne}};
    import.content.emplace();
    return *decode_change(encode(import, self), self);
  };
  for (const std::uint64_t bits : {std::uint64_t{0}, std::uint64_t{7}, ~std::uint64_t{0}}) {
    const State one = of({{carried(kA, bits), kA}});
    const State other = of({{carried(kB, 1790000000000ULL << 16), kB}});
    State merged = one;
    merged.merge(other);
    State turned = other;
    turned.merge(one);
    EXPECT_EQ(merged.canonical(), turned.canonical());
    const State both = of({{carried(kB, 1790000000000ULL << 16), kB}, {carried(kA, bits), kA}});
    EXPECT_EQ(merged.canonical(), both.canonical());
    const auto stamp = read_field(merged, at({"x"}))->siblings.front().stamp;
    EXPECT_EQ(stamp.bits, std::min<std::uint64_t>(bits, 1790000000000ULL << 16));
  }
}

}  // namespace
}  // namespace relais::document
