#include "log/log.h"

#include <gtest/gtest.h>

#include <set>

#include "base/coding.h"
#include "base/limits.h"
#include "log/author.h"

namespace relais::log {
namespace {

TEST(LogIds, OfDifferentThingsDiffer) {
  const TestAuthor author;
  const auto other_key = filled_with<crypto::SigningPublicKey>(9);
  EXPECT_NE(device_id(author.pair.public_key), device_id(other_key));
  EXPECT_NE(author_id(author.pair.public_key, author.instance),
            author_id(author.pair.public_key, filled_with<Instance>(9)));
  EXPECT_NE(author_id(author.pair.public_key, author.instance),
            author_id(other_key, author.instance));
  // A device and its author never share an id, though both are cut from its key's hash.
  EXPECT_NE(device_id(author.pair.public_key).view(),
            author_id(author.pair.public_key, author.instance).view());
}

TEST(LogIds, ACompartmentsScopeAndLabelDontRunTogether) {
  const auto space = filled_with<SpaceId>(1);
  std::set<CompartmentId> ids{control_compartment(space)};
  const std::pair<const char*, const char*> names[] = {
      {"", ""}, {"ab", ""}, {"a", "b"}, {"", "ab"}, {"b", "a"}};
  for (const auto& [scope, label] : names) ids.insert(compartment_id(space, scope, label));
  EXPECT_EQ(ids.size(), 6u);
  EXPECT_NE(compartment_id(space, "a", "b"), compartment_id(filled_with<SpaceId>(2), "a", "b"));
}

TEST(LogChain, AnEmptyLogsHashNamesTheLog) {
  const TestAuthor author;
  const Head start = genesis(author.space, author.log);
  EXPECT_EQ(start.seq, 0u);
  LogId other = author.log;
  other.author.data()[0] ^= 1;
  EXPECT_NE(start.hash, genesis(author.space, other).hash);
  other = author.log;
  other.compartment.data()[0] ^= 1;
  EXPECT_NE(start.hash, genesis(author.space, other).hash);
  EXPECT_NE(start.hash, genesis(filled_with<SpaceId>(7), author.log).hash);
}

TEST(LogChain, AssociatedDataHasItsFixedLayout) {
  const Head before{0x0102030405060707, filled_with<crypto::Hash>(0xaa)};
  const auto run = filled_with<crypto::Hash>(0xbb);
  const Bytes expected = Bytes(32, '\xaa') + *from_hex("0102030405060708") + Bytes(32, '\xbb');
  EXPECT_EQ(associated_data(before, run, true).view(), expected + Bytes(1, '\1'));
  EXPECT_EQ(associated_data(before, run, false).view(), expected + Bytes(1, '\0'));
}

TEST(LogChain, AStepDependsOnEachOfItsInputs) {
  const Head before{1, filled_with<crypto::Hash>(1)};
  const auto run = filled_with<crypto::Hash>(2);
  const auto hash = [](const Head& from, const crypto::Hash& header, bool end, BytesView block) {
    return step(associated_data(from, header, end), from.seq + 1, block).hash;
  };
  const std::set<crypto::Hash> all{
      hash(before, run, true, "block"),
      hash(before, run, true, "blocK"),
      hash(before, run, false, "block"),
      hash(before, filled_with<crypto::Hash>(3), true, "block"),
      hash({2, before.hash}, run, true, "block"),
      hash({1, filled_with<crypto::Hash>(4)}, run, true, "block"),
  };
  EXPECT_EQ(all.size(), 6u);
  EXPECT_EQ(step(associated_data(before, run, true), 2, "block").seq, 2u);
}

TEST(RunHeader, ComesBackAsItWas) {
  const TestAuthor author;
  const auto sealed = decode_run_header(encode(author.run));
  ASSERT_TRUE(sealed);
  EXPECT_EQ(*sealed, author.run);
  EXPECT_EQ(encode(author.run).size(), 38u);
  RunHeader plain;
  plain.format = RunHeader::Format::plain;
  const auto decoded = decode_run_header(encode(plain));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, plain);
  EXPECT_EQ(encode(plain).size(), 2u);
}

TEST(RunHeader, OfAnotherLengthIsRefused) {
  const Bytes good = encode(TestAuthor().run);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(code_of(decode_run_header(good.substr(0, size))), ErrorCode::corrupt) << size;
  }
  EXPECT_EQ(code_of(decode_run_header(good + "x")), ErrorCode::corrupt);
}

TEST(RunHeader, OfANewerFormatSaysSoUpToTheLimit) {
  const auto newer = decode_run_header(Bytes(limits::kRunHeaderBytes, '\3'));
  EXPECT_EQ(code_of(newer), ErrorCode::unsupported_version);
  EXPECT_EQ(newer.error().message(),
            "A run of blocks was written by a newer version of Relais: update this device.");
  EXPECT_EQ(code_of(decode_run_header(Bytes(limits::kRunHeaderBytes + 1, '\3'))),
            ErrorCode::limit_exceeded);
}

TEST(RunHeader, ThatIsPlainAndCompressedIsRefused) {
  EXPECT_EQ(code_of(decode_run_header(Bytes("\2\1", 2))), ErrorCode::corrupt);
  EXPECT_EQ(code_of(decode_run_header(Bytes("\0\0", 2))), ErrorCode::corrupt);
}

}  // namespace
}  // namespace relais::log
