#include "log/writer.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "log/author.h"

namespace relais::log {
namespace {

TEST(Writer, WhatItWroteOpensAgain) {
  TestAuthor author;
  Writer writer = author.writer();
  const VerifiedPiece piece = author.write(writer, {1, 3, 1});
  ASSERT_EQ(piece.size(), 5u);
  EXPECT_EQ(piece.log(), author.log);
  EXPECT_EQ(piece.device_key(), author.pair.public_key);
  EXPECT_EQ(piece.before(), genesis(author.space, author.log));
  EXPECT_EQ(piece.after(), writer.head());
  EXPECT_EQ(writer.next_seq(), 6u);
  Bytes change;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto item = piece.item(i);
    EXPECT_EQ(item.seq, i + 1);
    EXPECT_EQ(item.transaction_end, i == 0 || i >= 3);
    EXPECT_EQ(item.run_header, writer.run_header());
    EXPECT_EQ(item.run_hash, hash_run_header(item.run_header));
    const Associated associated({i, item.before}, item.run_hash, item.transaction_end);
    ASSERT_TRUE(
        author.codec.open(change, author.run, author.key(), item.seq, associated, item.block));
    EXPECT_EQ(change, "change " + std::to_string(i + 1) + " of a made-up document");
  }
}

TEST(Writer, EachPieceGoesOnWhereTheLastEnded) {
  TestAuthor author;
  Writer writer = author.writer();
  const VerifiedPiece first = author.write(writer, {2});
  const VerifiedPiece second = author.write(writer, {1});
  EXPECT_EQ(second.before(), first.after());
  EXPECT_EQ(second.piece().first_seq, 3u);
  EXPECT_EQ(second.item(0).run_header, writer.run_header());
}

TEST(Writer, ViewsLastWhenThePieceIsMoved) {
  TestAuthor author;
  Writer writer = author.writer();
  VerifiedPiece piece = author.write(writer, {2});
  const Bytes block(piece.item(1).block);
  const VerifiedPiece moved = std::move(piece);
  EXPECT_EQ(moved.item(1).block, block);
}

TEST(Writer, BlocksOfAPieceAreCountedByTheirSizes) {
  TestAuthor author;
  Writer writer = author.writer();
  const Bytes entries = author.write(writer, {3, 2}).piece().entries;
  EXPECT_EQ(block_count(entries), 5u);
  EXPECT_EQ(block_count({}), 0u);
  EXPECT_EQ(block_count(BytesView(entries).substr(0, entries.size() - 1)), 0u);
}

TEST(Writer, ControlRecordsStayAsTheyAre) {
  TestAuthor author;
  author.log.compartment = control_compartment(author.space);
  author.run = {RunHeader::Format::plain, {}, {}, 0};
  Writer writer = author.writer();
  EXPECT_EQ(writer.append(author.codec, "a record", true), 8u);
  EXPECT_EQ(writer.take().item(0).block, "a record");
}

TEST(Writer, ATransactionHasRoomForSoManyChangesAndBytes) {
  TestAuthor author;
  author.run = {RunHeader::Format::plain, {}, {}, 0};
  Writer writer = author.writer();
  EXPECT_TRUE(writer.fits(limits::kChangeBytes));
  EXPECT_FALSE(writer.fits(limits::kChangeBytes + 1));
  for (std::size_t i = 1; i < limits::kTransactionChanges; ++i)
    writer.append(author.codec, "c", false);
  EXPECT_TRUE(writer.fits(1));
  writer.append(author.codec, "c", false);
  EXPECT_FALSE(writer.fits(1));

  Writer big = author.writer();
  const Bytes quarter(limits::kTransactionBytes / 4, 'q');
  for (int i = 0; i < 3; ++i) big.append(author.codec, quarter, false);
  EXPECT_TRUE(big.fits(quarter.size() - kBlockOverhead));
  EXPECT_FALSE(big.fits(quarter.size() - kBlockOverhead + 1));
  big.append(author.codec, "the end", true);
  EXPECT_TRUE(big.fits(quarter.size()));  // the next transaction starts at nothing
}

using WriterDeath = ::testing::Test;

TEST(WriterDeath, GivesNoHalfTransactionAndNothing) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  TestAuthor author;
  Writer writer = author.writer();
  EXPECT_DEATH(writer.take(), "check failed");
  writer.append(author.codec, "a change", false);
  EXPECT_DEATH(writer.take(), "check failed");
}

Head head(std::uint64_t seq) { return {seq, filled_with<crypto::Hash>(static_cast<uint8_t>(seq))}; }

class SealerTest : public ::testing::Test {
 protected:
  std::vector<std::uint64_t> sealed_positions(Sealer& sealer) {
    const auto seal = sealer.sign(author_.identity(), author_.log, author_.pair.secret_key);
    const auto verified = verify_seal(wire::encode(seal), author_.space);
    EXPECT_TRUE(verified);
    std::vector<std::uint64_t> positions;
    for (const SignedHead& signed_head : verified->header.heads)
      positions.push_back(signed_head.seq);
    return positions;
  }
  TestAuthor author_;
  static constexpr std::size_t kFar = limits::kBytesBetweenHeads;
};

using Positions = std::vector<std::uint64_t>;

TEST_F(SealerTest, TheLastHeadIsAlwaysSigned) {
  Sealer sealer;
  EXPECT_FALSE(sealer.unsealed());
  sealer.add(head(1), 100);
  EXPECT_TRUE(sealer.unsealed());
  EXPECT_EQ(sealed_positions(sealer), Positions({1}));
  sealer.sealed();
  EXPECT_FALSE(sealer.unsealed());
  sealer.add(head(2), 100);
  EXPECT_EQ(sealed_positions(sealer), Positions({2}));
}

TEST_F(SealerTest, HeadsStayWhereTheyLieFarEnoughApart) {
  Sealer sealer;
  sealer.add(head(1), kFar - 1);
  sealer.add(head(2), 1);  // reaches the distance: stays
  sealer.add(head(3), kFar / 2);
  sealer.add(head(4), kFar / 2 - 1);
  sealer.add(head(5), 5);  // reaches it again
  sealer.add(head(6), 1);
  EXPECT_EQ(sealed_positions(sealer), Positions({2, 5, 6}));
}

TEST_F(SealerTest, AFullSealIsFollowedByANewTail) {
  Sealer sealer;
  for (std::uint64_t i = 1; i < limits::kHeadsPerSeal; ++i) sealer.add(head(i), kFar);
  sealer.add(head(limits::kHeadsPerSeal), 10);
  EXPECT_FALSE(sealer.full());  // its last head may still move on
  sealer.add(head(limits::kHeadsPerSeal + 1), kFar);
  EXPECT_TRUE(sealer.full());
  EXPECT_EQ(sealed_positions(sealer).size(), limits::kHeadsPerSeal);
  sealer.sealed();
  EXPECT_FALSE(sealer.full());
  sealer.add(head(limits::kHeadsPerSeal + 2), 10);
  EXPECT_EQ(sealed_positions(sealer), Positions({limits::kHeadsPerSeal + 2}));
}

TEST_F(SealerTest, GoesOnAfterReopening) {
  Sealer sealer({{1, head(1).hash}, {2, head(2).hash}}, kFar - 10);
  EXPECT_FALSE(sealer.unsealed());
  sealer.add(head(3), 10);
  sealer.add(head(4), 10);
  EXPECT_EQ(sealed_positions(sealer), Positions({1, 3, 4}));
}

TEST_F(SealerTest, IsReadOnlyUnderItsAuthorsKey) {
  Sealer sealer;
  sealer.add(head(1), 1);
  const auto seal = sealer.sign(author_.identity(), author_.log, author_.pair.secret_key);
  const auto verified = verify_seal(wire::encode(seal), author_.space);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->log, author_.log);
  EXPECT_EQ(verified->encoded, wire::encode(seal));
  EXPECT_EQ(code_of(verify_seal(wire::encode(seal), filled_with<SpaceId>(9))), ErrorCode::corrupt);
}

}  // namespace
}  // namespace relais::log
