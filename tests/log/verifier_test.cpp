#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "log/author.h"

namespace relais::log {
namespace {

class VerifierTest : public ::testing::Test {
 protected:
  VerifierTest() : writer_(author_.writer()), piece_(author_.write(writer_, {1, 3, 2})) {}

  Verifier verifier() const { return {author_.log, genesis(author_.space, author_.log)}; }
  /// A verifier that knows the head after the whole piece.
  Verifier sealed_verifier() const {
    Verifier made = verifier();
    EXPECT_TRUE(made.add(author_.verified_seal({signed_head(piece_.after())})));
    return made;
  }
  ErrorCode refusal(const std::vector<LooseEntry>& entries) const {
    return refusal(tighten(piece_, entries));
  }
  ErrorCode refusal(Piece piece) const {
    Verifier made = sealed_verifier();
    const auto verified = made.verify(std::move(piece));
    EXPECT_FALSE(verified);
    EXPECT_EQ(made.head(), genesis(author_.space, author_.log));  // the head is unchanged
    return code_of(verified);
  }

  TestAuthor author_;
  Writer writer_;
  VerifiedPiece piece_;
};

TEST_F(VerifierTest, TakesWhatTheWriterWrote) {
  Verifier made = sealed_verifier();
  ASSERT_TRUE(made.next_signed_head());
  EXPECT_EQ(made.next_signed_head()->seq, 6u);
  const auto verified = made.verify(piece_.piece());
  ASSERT_TRUE(verified);
  EXPECT_EQ(made.head(), writer_.head());
  EXPECT_FALSE(made.next_signed_head());
  EXPECT_EQ(verified->before(), piece_.before());
  EXPECT_EQ(verified->after(), piece_.after());
  EXPECT_EQ(verified->device_key(), author_.pair.public_key);
  ASSERT_EQ(verified->size(), piece_.size());
  for (std::size_t i = 0; i < piece_.size(); ++i) {
    EXPECT_EQ(verified->item(i).block, piece_.item(i).block);
    EXPECT_EQ(verified->item(i).before, piece_.item(i).before);
    EXPECT_EQ(verified->item(i).run_header, piece_.item(i).run_header);
    EXPECT_EQ(verified->item(i).run_hash, piece_.item(i).run_hash);
    EXPECT_EQ(verified->item(i).transaction_end, piece_.item(i).transaction_end);
  }
}

TEST_F(VerifierTest, GoesOnFromHeadToHeadOverRuns) {
  TestAuthor later;
  later.run.salt.data()[0] ^= 1;
  Writer reopened{author_.identity(), author_.log, writer_.head(), later.run, author_.epoch_key};
  const VerifiedPiece second = later.write(reopened, {2});
  // Both runs in one piece, as a sender reads it from its store.
  PieceWriter together(author_.log, 1);
  const VerifiedPiece* const parts[] = {&piece_, &second};
  for (const VerifiedPiece* part : parts) {
    for (std::size_t i = 0; i < part->size(); ++i) {
      const auto item = part->item(i);
      together.add({item.transaction_end, item.block}, item.run_header);
    }
  }
  Verifier made = verifier();
  ASSERT_TRUE(made.add(author_.verified_seal({signed_head(second.after())})));
  const auto verified = made.verify(std::move(together).finish());
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->item(5).run_header, writer_.run_header());
  EXPECT_EQ(verified->item(6).run_header, reopened.run_header());
  // The same, piece by piece.
  Verifier stepwise = verifier();
  const auto seal =
      author_.verified_seal({signed_head(piece_.after()), signed_head(second.after())});
  ASSERT_TRUE(stepwise.add(seal));
  ASSERT_TRUE(stepwise.verify(piece_.piece()));
  EXPECT_EQ(stepwise.next_signed_head()->seq, second.after().seq);
  ASSERT_TRUE(stepwise.verify(second.piece()));
  EXPECT_EQ(stepwise.head(), reopened.head());
}

TEST_F(VerifierTest, ARunHeaderComesOnceInAPieceAndMayComeAgain) {
  PieceWriter again(author_.log, 1);
  std::vector<LooseEntry> entries = loosen(piece_);
  for (const LooseEntry& entry : entries) {
    again.add({entry.transaction_end, entry.block}, writer_.run_header());
  }
  EXPECT_EQ(again.size(), piece_.piece().entries.size());
  for (LooseEntry& entry : entries) entry.run_header = Bytes(writer_.run_header());
  Verifier made = sealed_verifier();
  EXPECT_TRUE(made.verify(tighten(piece_, entries)));
}

TEST_F(VerifierTest, RefusesABlockChangedAnywhere) {
  for (std::size_t i = 0; i < piece_.size(); ++i) {
    std::vector<LooseEntry> entries = loosen(piece_);
    for (char& byte : entries[i].block) {
      byte = static_cast<char>(byte ^ 1);
      EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
      byte = static_cast<char>(byte ^ 1);
    }
  }
}

TEST_F(VerifierTest, RefusesARunHeaderChangedAnywhere) {
  std::vector<LooseEntry> entries = loosen(piece_);
  Bytes& header = entries[0].run_header;
  for (std::size_t i = 0; i < header.size(); ++i) {
    header[i] = static_cast<char>(header[i] ^ 2);
    EXPECT_EQ(refusal(entries), i == 0 ? ErrorCode::unsupported_version : ErrorCode::corrupt) << i;
    header[i] = static_cast<char>(header[i] ^ 2);
  }
  header.clear();
  EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
}

TEST_F(VerifierTest, RefusesATransactionsEndMovedOrDropped) {
  for (std::size_t i = 0; i < piece_.size(); ++i) {
    std::vector<LooseEntry> entries = loosen(piece_);
    entries[i].transaction_end = !entries[i].transaction_end;
    EXPECT_EQ(refusal(entries), ErrorCode::corrupt) << i;
  }
}

TEST_F(VerifierTest, RefusesBlocksSwappedLeftOutOrRepeated) {
  std::vector<LooseEntry> entries = loosen(piece_);
  std::swap(entries[1].block, entries[2].block);
  EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
  entries = loosen(piece_);
  entries.erase(entries.begin() + 2);
  EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
  entries = loosen(piece_);
  entries.insert(entries.begin() + 2, entries[2]);
  entries[2].run_header.clear();
  EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
}

TEST_F(VerifierTest, RefusesAPieceThatEndsBeforeOrAfterASignedHead) {
  std::vector<LooseEntry> entries = loosen(piece_);
  entries.resize(4);  // a transaction's end, but no seal says so
  EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
  author_.write(writer_, {1});
  entries = loosen(piece_);
  entries.push_back({true, {}, Bytes(40, 'x')});
  EXPECT_EQ(refusal(entries), ErrorCode::corrupt);
}

TEST_F(VerifierTest, RefusesASignedHeadInsideATransaction) {
  std::vector<LooseEntry> entries = loosen(piece_);
  entries.resize(3);
  Verifier made = verifier();
  const Head inside{3, piece_.item(3).before};
  ASSERT_TRUE(made.add(author_.verified_seal({signed_head(inside)})));
  EXPECT_EQ(code_of(made.verify(tighten(piece_, entries))), ErrorCode::corrupt);
}

TEST_F(VerifierTest, RefusesAPieceThatStartsElsewhereOrIsOfAnotherLog) {
  for (const std::uint64_t first : {0, 2, 7}) {
    Piece piece = piece_.piece();
    piece.first_seq = first;
    EXPECT_EQ(refusal(piece), ErrorCode::corrupt);
  }
  Piece piece = piece_.piece();
  piece.log.author.data()[0] ^= 1;
  EXPECT_EQ(refusal(piece), ErrorCode::corrupt);
  // Again, after it was accepted.
  Verifier made = sealed_verifier();
  ASSERT_TRUE(made.verify(piece_.piece()));
  EXPECT_EQ(code_of(made.verify(piece_.piece())), ErrorCode::corrupt);
}

TEST_F(VerifierTest, RefusesEverythingWithoutASeal) {
  Verifier made = verifier();
  EXPECT_FALSE(made.next_signed_head());
  EXPECT_EQ(code_of(made.verify(piece_.piece())), ErrorCode::corrupt);
}

TEST_F(VerifierTest, RefusesEveryCutAndChangedByteOfAPiece) {
  const Piece good = piece_.piece();
  for (std::size_t i = 0; i < good.entries.size(); ++i) {
    Piece cut = good;
    cut.entries.resize(i);
    refusal(cut);
    Piece changed = good;
    changed.entries[i] = static_cast<char>(changed.entries[i] ^ 0x40);
    refusal(changed);
  }
  Piece longer = good;
  longer.entries.push_back('\0');
  EXPECT_EQ(refusal(longer), ErrorCode::corrupt);
}

TEST_F(VerifierTest, TakesABlockAsLargeAsAllowedAndNoLarger) {
  // Plain runs, so that the size of a block can be chosen.
  const auto code = [&](std::size_t size) {
    Piece piece{author_.log, 1, {}};
    put_varint(piece.entries, size << 2 | 3);
    put_sized(piece.entries, Bytes("\2\0", 2));
    piece.entries.append(size, 'b');
    return refusal(piece);
  };
  EXPECT_EQ(code(limits::kBlockBytes), ErrorCode::corrupt);  // read, and its hash is another
  EXPECT_EQ(code(limits::kBlockBytes + 1), ErrorCode::limit_exceeded);
  EXPECT_EQ(code(0), ErrorCode::corrupt);
}

TEST_F(VerifierTest, TakesARunHeaderAsLargeAsAllowedAndNoLarger) {
  std::vector<LooseEntry> entries = loosen(piece_);
  entries[0].run_header = Bytes(limits::kRunHeaderBytes, '\3');
  EXPECT_EQ(refusal(entries), ErrorCode::unsupported_version);  // read, and of no format known
  entries[0].run_header.push_back('\3');
  EXPECT_EQ(refusal(entries), ErrorCode::limit_exceeded);
}

class Transactions : public VerifierTest {
 protected:
  // Verifies plain blocks of these sizes as one transaction under a true seal.
  ErrorCode verify(std::size_t count, std::size_t size) {
    const Bytes header("\2\0", 2);
    const crypto::Hash run_hash = hash_run_header(header);
    PieceWriter piece(author_.log, 1);
    Head head = genesis(author_.space, author_.log);
    const Bytes block(size, 'b');
    for (std::size_t i = 1; i <= count; ++i) {
      piece.add({i == count, block}, header);
      head = step(associated_data(head, run_hash, i == count), i, block);
    }
    Verifier made = verifier();
    EXPECT_TRUE(made.add(author_.verified_seal({signed_head(head)})));
    return code_of(made.verify(std::move(piece).finish()));
  }
};

TEST_F(Transactions, HoldAsManyChangesAsAllowedAndNotOneMore) {
  EXPECT_EQ(verify(limits::kTransactionChanges, 20), ErrorCode::not_found);
  EXPECT_EQ(verify(limits::kTransactionChanges + 1, 20), ErrorCode::limit_exceeded);
}

TEST_F(Transactions, HoldAsManyBytesAsAllowedAndNotOneMore) {
  EXPECT_EQ(verify(8, limits::kTransactionBytes / 8), ErrorCode::not_found);
  EXPECT_EQ(verify(8, limits::kTransactionBytes / 8 + 1), ErrorCode::limit_exceeded);
}

TEST_F(VerifierTest, TakesAPieceAsLargeAsAllowedAndNoLarger) {
  // Many small transactions, each with the run's header again: only the piece as a whole is too
  // large.
  const auto code = [&](std::size_t size) {
    Piece piece{author_.log, 1, {}};
    do {
      put_varint(piece.entries, 2048 << 2 | 3);
      put_sized(piece.entries, Bytes("\2\0", 2));
      piece.entries.append(2048, 'b');
    } while (size - piece.entries.size() >= 2 * 2053 + 3);
    const std::size_t left = size - piece.entries.size() - 2;
    put_varint(piece.entries, left << 2 | 2);
    piece.entries.append(left, 'b');
    EXPECT_EQ(piece.entries.size(), size);
    return refusal(piece);
  };
  EXPECT_EQ(code(limits::kLargestPieceBytes), ErrorCode::corrupt);  // read, and its hash is another
  EXPECT_EQ(code(limits::kLargestPieceBytes + 1), ErrorCode::limit_exceeded);
}

class Forks : public VerifierTest {
 protected:
  // The same author, after losing its memory and writing another first change.
  VerifiedPiece other_branch(std::size_t changes) {
    TestAuthor forgetful;
    forgetful.run.salt.data()[0] ^= 1;
    Writer writer = forgetful.writer();
    return forgetful.write(writer, std::vector<int>(changes, 1));
  }
};

TEST_F(Forks, AreSeenAtTheReceiversOwnPosition) {
  const VerifiedPiece other = other_branch(6);
  Verifier made(author_.log, piece_.after());
  EXPECT_TRUE(made.add(author_.verified_seal({signed_head(piece_.after())})));
  const Status status = made.add(author_.verified_seal({signed_head(other.after())}));
  EXPECT_EQ(code_of(status), ErrorCode::forked);
  EXPECT_EQ(status.error().message(), "A log is forked: it has two histories.");
}

TEST_F(Forks, AreSeenBetweenTwoSealsOfWhatIsNotHereYet) {
  const VerifiedPiece other = other_branch(6);
  Verifier made = sealed_verifier();
  EXPECT_EQ(code_of(made.add(author_.verified_seal({signed_head(other.after())}))),
            ErrorCode::forked);
  EXPECT_EQ(made.next_signed_head()->hash, piece_.after().hash);  // the first seal stands
  EXPECT_TRUE(made.verify(piece_.piece()));
}

TEST_F(Forks, AreSeenWhenAPiecePassesAHeadItContradicts) {
  const VerifiedPiece other = other_branch(8);
  Verifier made = sealed_verifier();
  ASSERT_TRUE(made.add(author_.verified_seal({signed_head(other.after())})));
  EXPECT_EQ(code_of(made.verify(other.piece())), ErrorCode::forked);
  EXPECT_EQ(made.head().seq, 0u);
}

TEST_F(VerifierTest, TakesSealsInAnyOrderAndOldOnesToo) {
  const Head first{1, piece_.item(1).before};
  Verifier made = sealed_verifier();
  ASSERT_TRUE(made.add(author_.verified_seal({signed_head(first), signed_head(piece_.after())})));
  EXPECT_EQ(made.next_signed_head()->seq, 1u);
  ASSERT_TRUE(made.verify(piece_.piece()));  // past the first, to the last
  EXPECT_TRUE(made.add(author_.verified_seal({signed_head(first)})));
  EXPECT_FALSE(made.next_signed_head());
}

TEST_F(VerifierTest, RemembersTheLastSealsOfManyAndNoMore) {
  const Head first{1, piece_.item(1).before};
  Verifier made = verifier();
  ASSERT_TRUE(made.add(author_.verified_seal({signed_head(first), signed_head(piece_.after())})));
  for (std::uint64_t i = 1; i < limits::kSealsAhead; ++i) {
    ASSERT_TRUE(made.add(author_.verified_seal({{1000 + i, {}}})));
  }
  EXPECT_EQ(made.next_signed_head()->seq, 1u);
  EXPECT_EQ(made.seals().size(), limits::kSealsAhead);
  ASSERT_TRUE(made.add(author_.verified_seal({{2000, {}}})));
  EXPECT_EQ(made.seals().size(), limits::kSealsAhead);
  EXPECT_EQ(code_of(made.verify(piece_.piece())), ErrorCode::corrupt) << "its seal is forgotten";
  ASSERT_TRUE(made.add(author_.verified_seal({signed_head(piece_.after())})));
  EXPECT_TRUE(made.verify(piece_.piece()));
}

// A run header for each block is what a piece holds most of beside its blocks.
TEST_F(VerifierTest, TakesHeadsAsFarApartAsAllowedAndNoFarther) {
  const auto distance = [&](std::size_t last_block) {
    TestAuthor author;
    PieceWriter piece(author.log, 1);
    Head head = genesis(author.space, author.log);
    std::size_t bytes = 0;
    const auto add = [&](std::size_t size) {
      author.run.salt.data()[0] ^= 1;
      const Bytes run = encode(author.run);
      const Bytes block(size, 'b');
      piece.add({true, block}, run);
      head = step(associated_data(head, hash_run_header(run), true), head.seq + 1, block);
      bytes += 3 + size + (bytes == 0 ? 0 : 1 + run.size());
    };
    const std::size_t kLarge = 200'000;
    while (bytes + kLarge + 100 + last_block < limits::kFarthestHeadsBytes) add(kLarge);
    add(limits::kFarthestHeadsBytes - bytes - 3 - 39 + last_block);
    Verifier made = verifier();
    EXPECT_TRUE(made.add(author.verified_seal({signed_head(head)})));
    return code_of(made.verify(std::move(piece).finish()));
  };
  EXPECT_EQ(distance(0), ErrorCode::not_found);
  EXPECT_EQ(distance(1), ErrorCode::limit_exceeded);
}

TEST_F(VerifierTest, RefusesASealOfAnotherLog) {
  TestAuthor other;
  other.log.compartment.data()[0] ^= 1;
  Verifier made = verifier();
  EXPECT_EQ(code_of(made.add(other.verified_seal({signed_head(piece_.after())}))),
            ErrorCode::corrupt);
}

class SealTest : public VerifierTest {
 protected:
  template <class Change>
  ErrorCode changed(Change&& change) {
    wire::SealHeader header = author_.header({signed_head(piece_.after())});
    const auto decoded = wire::decode_seal(author_.sign(header));
    change(header);
    return code_of(
        verify_seal(wire::encode(wire::Seal{header, decoded->signature}), author_.space));
  }
};

TEST_F(SealTest, WithAnyFieldChangedDoesntHold) {
  EXPECT_EQ(changed([](auto&) {}), ErrorCode::not_found);
  EXPECT_EQ(changed([](auto& header) { header.compartment.data()[0] ^= 1; }), ErrorCode::corrupt);
  EXPECT_EQ(changed([](auto& header) { header.device_key.data()[0] ^= 1; }), ErrorCode::corrupt);
  EXPECT_EQ(changed([](auto& header) { header.instance.data()[0] ^= 1; }), ErrorCode::corrupt);
  EXPECT_EQ(changed([](auto& header) { header.heads[0].seq += 1; }), ErrorCode::corrupt);
  EXPECT_EQ(changed([](auto& header) { header.heads[0].hash.data()[0] ^= 1; }), ErrorCode::corrupt);
  EXPECT_EQ(changed([](auto& header) { header.heads.push_back({9, {}}); }), ErrorCode::corrupt);
}

TEST_F(SealTest, OfAnotherSpaceDoesntHold) {
  const Bytes seal = author_.seal({signed_head(piece_.after())});
  EXPECT_EQ(code_of(verify_seal(seal, filled_with<SpaceId>(9))), ErrorCode::corrupt);
}

TEST_F(SealTest, ChangedAnywhereInItsBytesDoesntHold) {
  const Bytes good = author_.seal({signed_head(piece_.after())});
  ASSERT_TRUE(verify_seal(good, author_.space));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(verify_seal(bad, author_.space)) << i;
  }
}

TEST_F(SealTest, OfAKnownKeyIsHeldToItsSignatureAllTheSame) {
  Bytes seal = author_.seal({signed_head(piece_.after())});
  const auto known = [](const crypto::SigningPublicKey&) { return true; };
  EXPECT_TRUE(verify_seal(seal, author_.space, known));
  seal.back() = static_cast<char>(seal.back() ^ 1);
  EXPECT_FALSE(verify_seal(seal, author_.space, known));
}

TEST_F(SealTest, UnderAKeyThatIsNoPointDoesntHold) {
  wire::SealHeader header = author_.header({signed_head(piece_.after())});
  header.device_key = {};  // of order 4
  EXPECT_EQ(code_of(verify_seal(author_.sign(header), author_.space)), ErrorCode::corrupt);
  header.device_key.bytes[0] = 1;  // the neutral point
  // R is the base point, S is 1: the equation S * B = R + h * key holds for any message.
  const auto of_anything =
      *crypto::Signature::from(Bytes("\x58") + Bytes(31, '\x66') + Bytes("\x01") + Bytes(31, '\0'));
  const Bytes seal = wire::encode(wire::Seal{header, of_anything});
  EXPECT_EQ(code_of(verify_seal(seal, author_.space)), ErrorCode::corrupt);
}

TEST_F(SealTest, SignedForAnotherPurposeDoesntHold) {
  const wire::SealHeader header = author_.header({signed_head(piece_.after())});
  const auto signature = crypto::sign(author_.pair.secret_key, "certificate",
                                      wire::signed_bytes(author_.space, header));
  const auto status = verify_seal(wire::encode(wire::Seal{header, signature}), author_.space);
  EXPECT_EQ(code_of(status), ErrorCode::corrupt);
  EXPECT_EQ(status.error().message(), "A seal's signature is not valid.");
}

}  // namespace
}  // namespace relais::log
