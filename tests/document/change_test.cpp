#include "document/change.h"

#include "base/coding.h"
#include "base/limits.h"
#include "document/making.h"
#include "document/state/apply.h"
#include "document/state/table.h"

namespace relais::document {
namespace {

const Position kSelf{author('m'), 7};

Path named(std::initializer_list<const char*> names) {
  Path path;
  for (const char* name : names) path.emplace_back(std::string(name));
  return path;
}

Change of(std::vector<Op> ops) {
  Change change{{{"cases", "one"}, {}, Stamp{1790000000000ULL << 16 | 3}, {}}, std::move(ops)};
  change.context.advance(author('a'), 5);
  change.context.advance(author('m'), 6);
  change.context.advance(author('z'), 1);
  return change;
}

TEST(Change, EveryOpComesBack) {
  const Dot seen{author('a'), 5, 9};
  const Dot old{author('m'), 2, 1};
  const Dot own{author('m'), 7, 0};
  Path inside = named({"l"});
  inside.emplace_back(seen);
  inside.emplace_back(std::string("x"));
  const Change change = of({
      {named({"l"}), op::Insert{seen, std::nullopt, Value("first")}},
      {named({"l"}), op::Insert{own, std::nullopt, FieldKind::map}},
      {inside, op::Set{2.5, std::nullopt}},
      {named({"l"}), op::Insert{std::nullopt, old, FieldKind::list}},
      {named({"a"}), op::Set{Value(), std::vector<Dot>{seen, old}}},
      {named({"a"}), op::Set{Value(), std::vector<Dot>{}}},
      {named({"t"}), op::InsertText{seen, old, "héllo"}},
      {named({"t"}), op::InsertText{Dot{author('m'), 7, 10}, old, "!"}},
      {named({"t"}), op::DeleteText{{{seen, 3}, {Dot{author('m'), 7, 6}, 6}}}},
      {named({"c"}), op::ResetCounter{{{seen, -4}, {old, 9}}}},
      {named({"c"}), op::Count{-5}},
      {named({"s"}), op::Add{"x"}},
      {named({"s"}), op::Remove{true}},
      {named({"m"}), op::Make{FieldKind::map}},
      {named({"m", "c"}), op::Make{FieldKind::counter}},
      {named({"m"}), op::Delete{}},
      {{}, op::Delete{}},
  });
  const Bytes bytes = encode(change, kSelf);
  const auto back = decode_change(bytes, kSelf);
  ASSERT_TRUE(back.has_value()) << message(back);
  EXPECT_EQ(encode(*back, kSelf), bytes);
  EXPECT_EQ(back->context, change.context);
  EXPECT_EQ(back->stamp, change.stamp);
  ASSERT_EQ(back->ops.size(), change.ops.size());
  for (std::size_t i = 0; i < change.ops.size(); ++i) {
    EXPECT_EQ(back->ops[i].path, change.ops[i].path) << i;
    EXPECT_EQ(back->ops[i].what.index(), change.ops[i].what.index()) << i;
  }
  EXPECT_EQ(std::get<op::InsertText>(back->ops[7].what).left, (Dot{author('m'), 7, 10}));
  EXPECT_EQ(std::get<op::Insert>(back->ops[3].what).right, old);
  EXPECT_EQ(std::get<op::ResetCounter>(back->ops[9].what).seen[1].total, 9);
  const auto summary = inspect_change(bytes, kSelf);
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->sections, (std::vector<std::string>{"l", "a", "t", "c", "s", "m"}));
  EXPECT_EQ(inspect_change(bytes, kSelf)->header.address, change.address);
}

TEST(Change, WhatIsWrittenAndNoMoreIsToldFromItsBytes) {
  const Path list = named({"l"});
  const Dot seen{author('a'), 5, 9};
  const std::vector<std::pair<Op, bool>> all{
      {{list, op::Set{"x", {}}}, true},
      {{list, op::Set{"x", std::vector<Dot>{}}}, false},
      {{list, op::Set{"x", {}, FieldKind::last_writer}}, true},
      {{list, op::Set{"x", std::vector<Dot>{}, FieldKind::ranked, 2}}, false},
      {{list, op::Make{FieldKind::counter}}, true},
      {{list, op::Insert{{}, {}, FieldKind::map}}, true},
      {{list, op::InsertText{{}, {}, "x"}}, true},
      {{list, op::DeleteText{{{seen, 1}}}}, true},
      {{list, op::Count{1}}, true},
      {{list, op::Add{"x"}}, true},
      {{list, op::Remove{"x"}}, true},
      {{list, op::Delete{}}, false},
      {{list, op::Delete{"void"}}, false},
      {{list, op::Restore{{seen}}}, false},
      {{list, op::Keep{{seen}}}, false},
      {{list, op::Clear{}}, false},
      {{list, op::Withdraw{{seen}}}, false},
      {{list, op::Move{seen, {}, {}}}, false},
      {{list, op::ResetCounter{{{seen, 1}}}}, false}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [op, replaces] = all[i];
    EXPECT_EQ(replaces_what_it_saw(op), replaces) << i;
    const auto summary = inspect_change(encode(of({op}), kSelf), kSelf);
    ASSERT_TRUE(summary) << i << ": " << message(summary);
    EXPECT_EQ(summary->replaces, replaces) << i;
  }
}

TEST(Change, AllOfItsPrefixesAreRefusedAndSoIsAByteMore) {
  Person amina('a');
  const Change change = amina.put("", R"({"l":[1,{"x":"y"}],"d":"2024-01-01","n":-2.25})");
  const Bytes bytes = encode(change, amina.position());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = decode_change(BytesView(bytes).substr(0, size), amina.position());
    ASSERT_FALSE(part.has_value()) << size;
    EXPECT_EQ(part.error().code(), ErrorCode::corrupt);
    EXPECT_FALSE(inspect_change(BytesView(bytes).substr(0, size), amina.position()));
  }
  EXPECT_EQ(message(decode_change(bytes + '\0', amina.position())), "The change is malformed.");
}

TEST(Change, ANewerVersionIsSaidToBeOne) {
  const auto change = decode_change("\x02", kSelf);
  EXPECT_EQ(change.error().code(), ErrorCode::unsupported_version);
  EXPECT_EQ(message(change),
            "The change was made by a newer version of Relais: update this device.");
  EXPECT_EQ(inspect_change("\x02", kSelf).error().code(), ErrorCode::unsupported_version);
}

TEST(Change, IdsThatLookLikeUuidsArePackedAndOthersStayText) {
  const auto size = [](const std::string& id) {
    Change change = of({{named({"a"}), op::Set{1, std::nullopt}}});
    change.address.id = id;
    const Bytes bytes = encode(change, kSelf);
    EXPECT_EQ(inspect_change(bytes, kSelf)->header.address.id, id);
    return bytes.size();
  };
  EXPECT_EQ(size("1027c4d1-c386-4bc4-8d61-3e30d8f16adf") + 21,
            size("1027C4D1-c386-4bc4-8d61-3e30d8f16adf"));
  EXPECT_EQ(size("x"), size("y"));
}

TEST(Change, WhatTiesItsTransactionTogetherComesBack) {
  Change change = of({{named({"a"}), op::Set{1, std::nullopt}}});
  const std::size_t without = encode(change, kSelf).size();
  EXPECT_FALSE(decode_change(encode(change, kSelf), kSelf)->attribution.transaction);
  change.attribution.transaction = TransactionId{{1, 2, 3, 4, 5, 6, 7, 8}};
  const Bytes bytes = encode(change, kSelf);
  EXPECT_EQ(bytes.size(), without + 1 + TransactionId::kSize);
  const auto back = decode_change(bytes, kSelf);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->attribution.transaction, change.attribution.transaction);
  EXPECT_EQ(encode(*back, kSelf), bytes);
  EXPECT_EQ(inspect_change(bytes, kSelf)->header.attribution.transaction,
            change.attribution.transaction);
}

TEST(Change, WhoWroteItComesBack) {
  Change change = of({{named({"a"}), op::Set{1, std::nullopt}}});
  const std::size_t without = encode(change, kSelf).size();
  change.attribution.user = "Dr Élodie";
  const Bytes bytes = encode(change, kSelf);
  EXPECT_EQ(bytes.size(), without + 2 + change.attribution.user.size());
  const auto back = decode_change(bytes, kSelf);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->attribution, change.attribution);
  EXPECT_EQ(encode(*back, kSelf), bytes);
  EXPECT_EQ(decode_header(bytes, kSelf)->attribution, change.attribution);
  change.attribution.transaction = TransactionId{{1, 2, 3, 4, 5, 6, 7, 8}};
  EXPECT_EQ(decode_change(encode(change, kSelf), kSelf)->attribution, change.attribution);
}

TEST(Change, AUsersLabelThatNobodyMayHaveIsCorrupt) {
  for (const std::string& user :
       {std::string("a\tb"), std::string("\xff"), std::string(limits::kUserBytes + 1, 'x')}) {
    Change change = of({{named({"a"}), op::Set{1, std::nullopt}}});
    change.attribution.user = user;
    EXPECT_EQ(decode_change(encode(change, kSelf), kSelf).error().code(), ErrorCode::corrupt);
    EXPECT_EQ(message(check_user(user)),
              "A user's label must be 1 to 64 bytes of UTF-8 without control characters.");
  }
  EXPECT_FALSE(check_user("").has_value());
  EXPECT_TRUE(check_user("Nurse / night").has_value());
}

TEST(Change, StampsOfAnyTimeComeBack) {
  for (const std::uint64_t bits :
       {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1577836800000} << 16,
        (std::uint64_t{1577836800000} << 16) - 1, std::uint64_t{1} << 63}) {
    Change change = of({{named({"a"}), op::Set{1, std::nullopt}}});
    change.stamp.bits = bits;
    EXPECT_EQ(decode_change(encode(change, kSelf), kSelf)->stamp.bits, bits);
  }
}

TEST(Change, AContextHoldsAsManyAuthorsAsItsLimit) {
  const auto with = [](std::size_t authors) {
    Change change{{{"c", "i"}, {}, {}, {}}, {{named({"a"}), op::Set{1, std::nullopt}}}};
    for (std::size_t i = 0; i < authors; ++i) {
      AuthorId id = author('x');
      id.bytes[14] = static_cast<std::uint8_t>(i >> 8);
      id.bytes[15] = static_cast<std::uint8_t>(i);
      change.context.advance(id, 1);
    }
    return decode_change(encode(change, kSelf), kSelf);
  };
  EXPECT_TRUE(with(limits::kContextEntries).has_value());
  EXPECT_EQ(with(limits::kContextEntries + 1).error().code(), ErrorCode::corrupt);
}

/// Encoded by hand, as the writer refuses deeper paths. `op`: verb, detail, the end and columns.
Result<Change> one_op_at(std::size_t steps, const Bytes& op) {
  Bytes bytes("\x11\0\0\0\0\0\0\1x\1c", 11);
  put_varint(bytes, steps);
  for (std::size_t i = 0; i < steps; ++i) bytes += "\2k";
  return decode_change(bytes + op, Position{author('m'), 1});
}

TEST(Change, PathsAndNamesAreReadUpToTheirLimits) {
  const auto deep = [](std::size_t steps) { return one_op_at(steps, Bytes("\x02\x21", 2)); };
  EXPECT_TRUE(deep(limits::kNestingDepth).has_value());
  EXPECT_FALSE(deep(limits::kNestingDepth + 1).has_value());
  const auto deeper_by = [](std::size_t steps) {
    // Shares all steps but one with an op at the limit.
    Bytes bytes("\x11\0\0\0\0\0\0\1x\1c", 11);
    put_varint(bytes, limits::kNestingDepth);
    for (std::size_t i = 0; i < limits::kNestingDepth; ++i) bytes += "\2k";
    bytes += '\2';
    put_varint(bytes, 17 * (limits::kNestingDepth - 1) + steps);
    for (std::size_t i = 0; i < steps; ++i) bytes += "\2l";
    bytes += Bytes("\x02\x21", 2);
    return decode_change(bytes, Position{author('m'), 1});
  };
  EXPECT_TRUE(deeper_by(1).has_value());
  EXPECT_FALSE(deeper_by(2).has_value());
  const auto name = [](std::size_t size) {
    Bytes bytes("\x11\0\0\0\0\0\0\1x\1c\1", 12);
    put_varint(bytes, size << 1);
    bytes += Bytes(size, 'n') + Bytes("\x02\x21", 2);
    return decode_change(bytes, Position{author('m'), 1});
  };
  EXPECT_TRUE(name(limits::kPathStepBytes).has_value());
  EXPECT_FALSE(name(limits::kPathStepBytes + 1).has_value());
}

TEST(Change, AListStandsAtMostOneStepAboveTheDeepestPath) {
  const auto inserted_at = [](std::size_t steps) {
    return one_op_at(steps, Bytes("\x42\0\x21", 3));
  };
  EXPECT_TRUE(inserted_at(limits::kNestingDepth - 1).has_value());
  EXPECT_FALSE(inserted_at(limits::kNestingDepth).has_value()) << "its element would be too deep";
  State state;
  ASSERT_TRUE(state.apply(*inserted_at(limits::kNestingDepth - 1), {author('m'), 1}));
  EXPECT_TRUE(State::decode(state.canonical()).has_value()) << "what is accepted is read again";
}

TEST(Change, ManyValuesAtOnePathHaveALimit) {
  const auto with = [](std::size_t values) {
    Change change{{{"c", "i"}, {}, {}, {}}, {}};
    for (std::size_t i = 0; i < values; ++i) {
      change.ops.push_back(
          {named({"a"}), op::Set{static_cast<std::int64_t>(i), std::vector<Dot>()}});
      change.ops.push_back({named({"b"}), op::Set{1, std::nullopt}});
    }
    return decode_change(encode(change, kSelf), kSelf).has_value();
  };
  EXPECT_TRUE(with(limits::kSetsAtOnePath));
  EXPECT_FALSE(with(limits::kSetsAtOnePath + 1));
}

TEST(Change, DeletionsOfOnePathHaveALimit) {
  const auto with = [](std::size_t deletions) {
    Change change{{{"c", "i"}, {}, {}, {}}, {}};
    for (std::size_t i = 0; i < deletions; ++i) {
      change.ops.push_back({named({"a"}), op::Delete{}});
      change.ops.push_back({{Step(std::to_string(i))}, op::Delete{}});
    }
    return decode_change(encode(change, kSelf), kSelf).has_value();
  };
  EXPECT_TRUE(with(limits::kMarksAtOnePath));
  EXPECT_FALSE(with(limits::kMarksAtOnePath + 1));
}

TEST(Change, OfManyOpsAtAnObjectAndBelowItIsAppliedLikeTheSameOpsOneByOne) {
  Change change{{{"c", "i"}, {}, Stamp{1}, {}}, {}};
  const auto add = [&](const Path& path) {
    change.ops.push_back({path, op::Make{FieldKind::map}});
  };
  for (int i = 999; i >= 0; --i) {
    const std::string name = std::to_string(i * 7919 % 1000);
    add({Step(name)});
    for (int j = 70; j > 0; --j) {
      if (i % 100 == 0) add({Step(name), Step(std::to_string(j * 31 % 71))});
    }
  }
  State whole;
  ASSERT_TRUE(whole.apply(change, kSelf));
  State one_by_one;
  Applying applying{change.context, kSelf, one_by_one.table().changes.intern(kSelf, change.stamp)};
  for (const Op& op : change.ops) apply_op(one_by_one.table(), applying, op);
  one_by_one.skip(kSelf);
  EXPECT_EQ(to_hex(whole.canonical()), to_hex(one_by_one.canonical()));
}

TEST(Change, AWallClockIsReadUpToTheFarthestAndNotBeyond) {
  Change change{{{"c", "i"}, {}, {}, {}}, {{named({"a"}), op::Set{1, std::nullopt}}}};
  for (const std::int64_t sign : {-1, 1}) {
    change.attribution.wall_offset_ms = sign * kMostWallOffsetMs;
    const auto back = decode_change(encode(change, kSelf), kSelf);
    ASSERT_TRUE(back);
    EXPECT_EQ(written_at(*back).ms, sign * kMostWallOffsetMs);
    change.attribution.wall_offset_ms += sign;
    EXPECT_FALSE(decode_change(encode(change, kSelf), kSelf));
  }
}

TEST(Change, WhatIsCitedComesBackAsItWas) {
  Change change{{{"c", "i"}, {}, {}, {}}, {{named({"a"}), op::Set{1, std::nullopt}}}};
  change.attribution.wall_offset_ms = -61'000;
  change.cites.cited = {{author('b'), 7, HeadPrefix{{1, 2, 3, 4, 5, 6, 7, 8}}, 0},
                        {author('d'), 9, HeadPrefix{{8, 7, 6, 5, 4, 3, 2, 1}}, 4}};
  change.cites.own_before = 2;
  change.cites.exceptions = {{author('b'), 5}};
  const Bytes bytes = encode(change, kSelf);
  const auto back = decode_change(bytes, kSelf);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->cites, change.cites);
  EXPECT_EQ(back->attribution.wall_offset_ms, -61'000);
  EXPECT_TRUE(back->context.covers(author('b'), 7));
  EXPECT_FALSE(back->context.covers(author('b'), 5)) << "an exception";
  EXPECT_EQ(to_hex(encode(*back, kSelf)), to_hex(bytes));
  change.cites.whole = false;
  EXPECT_EQ(decode_change(encode(change, kSelf), kSelf)->cites, change.cites);
  change.cites.exceptions = {{author('b'), 8}};
  change.cites.whole = true;
  EXPECT_FALSE(decode_change(encode(change, kSelf), kSelf)) << "an exception to nothing";
}

TEST(Change, ADeletionSaysAllThatItsAuthorSaw) {
  Change change{{{"c", "i"}, {}, {}, {}}, {{{}, op::Delete{}}}};
  change.cites.cited = {{author('b'), 7, {}, 0}};
  EXPECT_TRUE(decode_change(encode(change, kSelf), kSelf).has_value());
  change.cites.whole = false;
  EXPECT_FALSE(decode_change(encode(change, kSelf), kSelf).has_value());
}

TEST(Change, ItsSizeHasALimit) {
  Change change{{{"c", "i"}, {}, {}, {}}, {}};
  const std::string text(limits::kStringBytes, 'x');
  for (int i = 0; i < 3; ++i) change.ops.push_back({named({"a"}), op::Set{text, std::nullopt}});
  change.ops.push_back({named({"a"}), op::Set{std::string(), std::nullopt}});
  const Position self{author('m'), 1};
  const std::size_t fixed = encode(change, self).size() + 2;
  std::get<op::Set>(change.ops[3].what).value = std::string(limits::kChangeBytes - fixed, 'y');
  ASSERT_EQ(encode(change, self).size(), limits::kChangeBytes);
  EXPECT_TRUE(decode_change(encode(change, self), self).has_value());
  std::get<op::Set>(change.ops[3].what).value = std::string(limits::kChangeBytes - fixed + 1, 'y');
  EXPECT_EQ(message(decode_change(encode(change, self), self)),
            "The change is larger than 262144 bytes.");
}

/// A header, then structure and columns by hand.
Result<Change> by_hand(BytesView rest) {
  return decode_change(Bytes("\x11\0\0\0\0\0\0\1x\1c", 11) + Bytes(rest), Position{author('m'), 1});
}

TEST(Change, WhatCouldBeWrittenShorterIsRefused) {
  EXPECT_TRUE(by_hand(Bytes("\x01\x02k\x02\x21", 5)).has_value());
  EXPECT_FALSE(by_hand(Bytes("\x21", 1))) << "no op";
  EXPECT_FALSE(by_hand(Bytes("\x01\x02k\x02\x01\x02k\x02\x21", 9)))
      << "a shared step written again";
  EXPECT_FALSE(by_hand(Bytes("\x01\x02k\x42\x07\x21", 6))) << "a left origin of no use";
  EXPECT_FALSE(by_hand(Bytes("\x01\x02k\x42\x06\0\0\x21", 8))) << "an origin not yet there";
  EXPECT_FALSE(by_hand(Bytes("\0\x02\x21", 3))) << "a value at the whole document";
  EXPECT_TRUE(by_hand(Bytes("\0\xa5\x21", 3)).has_value()) << "a whole document's deletion";
  EXPECT_FALSE(by_hand(Bytes("\x01\x03\0\0\x02\x21", 6))) << "a section that is an element";
  EXPECT_FALSE(by_hand(Bytes("\x01\x02k\xaa\x21", 5))) << "an unknown op";
  EXPECT_FALSE(by_hand(Bytes("\x01\x02k\xc2\x21", 5))) << "an unknown verb";
  EXPECT_FALSE(by_hand(Bytes("\x01\x02\xff\x02\x21", 5))) << "a name not in UTF-8";
}

}  // namespace
}  // namespace relais::document
