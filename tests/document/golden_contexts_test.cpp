#include "document/making.h"
#include "support/golden.h"

/// tests/golden/v1/contexts.txt: changes with every form of context.
namespace relais::document {
namespace {

HeadPrefix hash(char of) { return *HeadPrefix::from(Bytes(HeadPrefix::kSize, of)); }

const Position kSelf{author('s'), 300};

/// A change that sets a field, with extreme values in each part of its header.
Change base() {
  Change change;
  change.address = {"cases", "k-7"};
  change.stamp = Stamp{1761000000000ULL << 16};
  change.ops.push_back({{Step(std::string("open"))}, op::Set{Value(true), {}}});
  return change;
}

Change whole() {
  Change change = base();
  change.cites.cited = {{author('a'), 1, hash('1')}, {author('b'), 1'000'000, hash('2')}};
  change.cites.own_before = 299;
  return change;
}

Change listed() {
  Change change = whole();
  change.cites.whole = false;
  change.cites.own_before = 1;
  return change;
}

Change with_exceptions_and_floors() {
  Change change = whole();
  change.cites.cited[1].floor = 999'999;
  change.cites.exceptions = {{author('a'), 1}, {author('s'), 298}};
  return change;
}

Change with_contents() {
  Change change = whole();
  change.cites.contents = {author('m'), author('n')};
  std::get<op::Set>(change.ops[0].what).over = {{{author('m'), 1, 2}}};
  return change;
}

Change with_clocks(std::int64_t offset_ms) {
  Change change = base();
  change.attribution.wall_offset_ms = offset_ms;
  change.attribution.user = "night shift";
  change.attribution.transaction = TransactionId{};
  change.attribution.transaction->bytes.fill(0x77);
  return change;
}

void expect_golden(const std::string& name, const Change& change) {
  testing::Golden golden("contexts.txt");
  const Bytes bytes = golden.expect(name, encode(change, kSelf));
  const auto read = decode_change(bytes, kSelf);
  ASSERT_TRUE(read.has_value()) << name << ": " << message(read);
  EXPECT_EQ(read->cites, change.cites) << name;
  EXPECT_EQ(read->attribution.wall_offset_ms, change.attribution.wall_offset_ms) << name;
  EXPECT_EQ(read->attribution, change.attribution) << name;
  EXPECT_EQ(to_hex(encode(*read, kSelf)), to_hex(bytes)) << name;
}

TEST(GoldenContexts, OfEachKindAreReadAndWrittenTheSame) {
  expect_golden("whole", whole());
  expect_golden("listed", listed());
  expect_golden("exceptions_and_floors", with_exceptions_and_floors());
  expect_golden("contents", with_contents());
  expect_golden("clock_behind", with_clocks(-86'400'000));
  expect_golden("clock_ahead", with_clocks(86'400'000));
}

TEST(GoldenContexts, OfAFloorThatIsNotBelowItsEntryAreRefused) {
  Change change = with_exceptions_and_floors();
  change.cites.cited[1].floor = change.cites.cited[1].seq;
  EXPECT_FALSE(decode_change(encode(change, kSelf), kSelf).has_value());
}

}  // namespace
}  // namespace relais::document
