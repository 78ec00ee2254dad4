#include "log/short_seal.h"

#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "log/author.h"
#include "support/chance.h"

namespace relais::log {
namespace {

/// A log of transactions of about 6 KB, two changes each, so that every third end stays signed.
class ShortSealTest : public ::testing::Test {
 protected:
  ShortSealTest() : ends_{genesis(author_.space, author_.log)} { write(14); }

  void write(int transactions) {
    testing::Chance chance(ends_.size());
    for (int i = 0; i < transactions; ++i) {
      std::size_t bytes = 0;
      for (const bool last : {false, true}) {
        Bytes change(3000, '\0');
        chance.fill(reinterpret_cast<std::uint8_t*>(change.data()), change.size());
        bytes += writer_.append(author_.codec, change, last);
      }
      pieces_.push_back(writer_.take());
      ends_.push_back(writer_.head());
      sealer_.add(writer_.head(), bytes);
    }
  }

  wire::Seal seal() {
    return sealer_.sign(author_.identity(), author_.log, author_.pair.secret_key);
  }
  /// The transactions after the first `from`, up to the `to`th.
  Piece piece(std::size_t from, std::size_t to) const {
    PieceWriter writer(author_.log, ends_[from].seq + 1);
    for (std::size_t i = from; i < to; ++i) {
      for (std::size_t n = 0; n < pieces_[i].size(); ++n) {
        const auto item = pieces_[i].item(n);
        writer.add({item.transaction_end, item.block}, item.run_header);
      }
    }
    return std::move(writer).finish();
  }
  /// What a receiver of the first `transactions` holds.
  HeldLog held(std::size_t transactions) const {
    HeldLog held;
    if (transactions > 0) held.author = SealAuthor{author_.pair.public_key, author_.instance};
    held.hash_at = [this, transactions](std::uint64_t seq) -> Result<crypto::Hash> {
      for (std::size_t i = 1; i <= transactions; ++i) {
        if (ends_[i].seq == seq) return ends_[i].hash;
      }
      return Error(ErrorCode::not_found, "This position isn't held.");
    };
    return held;
  }
  Verifier receiver(std::size_t transactions) const { return {author_.log, ends_[transactions]}; }

  /// What the receiver makes of a piece with this short seal.
  Status receive(Verifier& to, std::size_t from, std::size_t end, BytesView encoded) const {
    const auto decoded = decode_short_seal(encoded, ends_[end].seq);
    if (!decoded) return decoded.error();
    const auto verified = to.verify(piece(from, end), *decoded, held(from), author_.space, nullptr);
    if (!verified) return verified.error();
    EXPECT_EQ(verified->after(), ends_[end]);
    EXPECT_EQ(verified->device_key(), author_.pair.public_key);
    return {};
  }
  bool is_signed(const wire::Seal& seal, std::size_t end) const {
    for (const SignedHead& head : seal.header.heads) {
      if (head.seq == ends_[end].seq) return true;
    }
    return false;
  }

  TestAuthor author_;
  Writer writer_ = author_.writer();
  Sealer sealer_;
  std::vector<VerifiedPiece> pieces_;
  std::vector<Head> ends_;  ///< of transactions, after the empty log
};

void expect_error(const Status& status, ErrorCode code, std::string_view message) {
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), code);
  EXPECT_EQ(status.error().message(), message);
}
template <class T>
void expect_error(const Result<T>& result, ErrorCode code, std::string_view message) {
  expect_error(result ? Status() : Status(result.error()), code, message);
}

TEST_F(ShortSealTest, BecomesTheWholeSealAgainWithEveryPieceOfALog) {
  const wire::Seal whole = seal();
  ASSERT_GE(whole.header.heads.size(), 5u);
  int pieces = 0, before = 0, beyond = 0;
  for (std::size_t from = 0; from + 1 < ends_.size(); ++from) {
    for (std::size_t end = from + 1; end < ends_.size(); ++end) {
      if (!is_signed(whole, end)) continue;
      for (const bool with_author : {false, true}) {
        if (from == 0 && !with_author) continue;
        const Bytes encoded = encode_short(whole, ends_[end].seq, with_author);
        Verifier receiver = this->receiver(from);
        const Status received = receive(receiver, from, end, encoded);
        ASSERT_TRUE(received) << received.error().message() << " after " << from << " to " << end;
        EXPECT_EQ(receiver.head(), ends_[end]);
        ASSERT_EQ(receiver.seals().size(), 1u);
        EXPECT_EQ(receiver.seals()[0], wire::encode(whole));
        ++pieces;
        before += whole.header.heads.front().seq < ends_[from].seq;
        beyond += whole.header.heads.back().seq > ends_[end].seq;
      }
    }
  }
  EXPECT_GT(pieces, 60);
  EXPECT_GT(before, 30);
  EXPECT_GT(beyond, 30);
}

// Whoever holds the heads beyond the piece already needs no further seal for the next ones.
TEST_F(ShortSealTest, SignsTheNextPiecesToo) {
  const wire::Seal whole = seal();
  std::vector<std::size_t> ends;
  for (std::size_t end = 1; end < ends_.size(); ++end) {
    if (is_signed(whole, end)) ends.push_back(end);
  }
  Verifier receiver = this->receiver(0);
  ASSERT_TRUE(receive(receiver, 0, ends[0], encode_short(whole, ends_[ends[0]].seq, true)));
  for (std::size_t i = 1; i < ends.size(); ++i) {
    EXPECT_EQ(receiver.next_signed_head()->seq, ends_[ends[i]].seq);
    ASSERT_TRUE(receiver.verify(piece(ends[i - 1], ends[i])));
  }
}

TEST_F(ShortSealTest, HoldsNoHashThatTheReceiverHasOrComputes) {
  const wire::Seal whole = seal();
  const std::size_t heads = whole.header.heads.size();
  const std::uint64_t last = whole.header.heads.back().seq;
  const std::size_t least = 1 + 1 + heads + crypto::Signature::kSize;  // a byte for each head's seq
  EXPECT_EQ(encode_short(whole, last, false).size(), least);
  EXPECT_EQ(encode_short(whole, last, true).size(), least + 32 + 16);
  EXPECT_EQ(encode_short(whole, last - 1, false).size(), least + 32);
  EXPECT_EQ(encode_short(whole, 0, false).size(), least + heads * 32);
  EXPECT_LT(encode_short(whole, last, false).size(), wire::encode(whole).size() / 2);
}

TEST_F(ShortSealTest, ComesBackAsItWas) {
  const wire::Seal whole = seal();
  const std::uint64_t end = whole.header.heads[2].seq;
  for (const bool with_author : {false, true}) {
    const auto decoded = decode_short_seal(encode_short(whole, end, with_author), end);
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->author.has_value(), with_author);
    if (with_author) {
      EXPECT_EQ(decoded->author->device_key, author_.pair.public_key);
      EXPECT_EQ(decoded->author->instance, author_.instance);
    }
    EXPECT_EQ(decoded->signature, whole.signature);
    ASSERT_EQ(decoded->heads.size(), whole.header.heads.size());
    for (std::size_t i = 0; i < decoded->heads.size(); ++i) {
      const SignedHead& head = whole.header.heads[i];
      EXPECT_EQ(decoded->heads[i].seq, head.seq);
      EXPECT_EQ(decoded->heads[i].hash, i > 2 ? std::optional(head.hash) : std::nullopt);
    }
  }
}

TEST_F(ShortSealTest, WithoutAnAuthorIsOfNoUseToWhoHoldsNothing) {
  Verifier receiver = this->receiver(0);
  const std::size_t end = ends_.size() - 1;
  expect_error(receive(receiver, 0, end, encode_short(seal(), ends_[end].seq, false)),
               ErrorCode::corrupt, "A seal doesn't name its author.");
  EXPECT_EQ(receiver.head(), ends_[0]);
}

TEST_F(ShortSealTest, OfAnotherAuthorIsRefusedThoughItsSignatureIsValid) {
  TestAuthor other;
  other.pair = crypto::signing_key_pair_from(filled_with<crypto::SymmetricKey>(9));
  const wire::Seal theirs =
      sign_seal(other.space, other.pair.secret_key, other.header({signed_head(ends_[3])}));
  Verifier receiver = this->receiver(0);
  expect_error(receive(receiver, 0, 3, encode_short(theirs, ends_[3].seq, true)),
               ErrorCode::corrupt, "A seal belongs to another log.");
  Verifier holds_some = this->receiver(1);
  expect_error(receive(holds_some, 1, 3, encode_short(theirs, ends_[3].seq, false)),
               ErrorCode::corrupt, "A seal's signature is not valid.");
}

TEST_F(ShortSealTest, FailsWhereAHeldHeadCanNotBeRead) {
  const wire::Seal whole = seal();
  const std::size_t end = ends_.size() - 1;
  const auto decoded =
      decode_short_seal(encode_short(whole, ends_[end].seq, false), ends_[end].seq);
  Verifier receiver = this->receiver(end - 1);
  HeldLog nothing = held(end - 1);
  nothing.hash_at = held(0).hash_at;
  expect_error(receiver.verify(piece(end - 1, end), *decoded, nothing, author_.space, nullptr),
               ErrorCode::not_found, "This position isn't held.");
  EXPECT_EQ(receiver.head(), ends_[end - 1]);
}

TEST_F(ShortSealTest, NeedsNoHeldHeadWhereThePieceStarts) {
  const wire::Seal whole =
      sign_seal(author_.space, author_.pair.secret_key,
                author_.header({signed_head(ends_[3]), signed_head(ends_[5])}));
  const auto decoded = decode_short_seal(encode_short(whole, ends_[5].seq, false), ends_[5].seq);
  HeldLog nothing = held(3);
  nothing.hash_at = held(0).hash_at;
  Verifier receiver = this->receiver(3);
  EXPECT_TRUE(receiver.verify(piece(3, 5), *decoded, nothing, author_.space, nullptr));
}

TEST_F(ShortSealTest, IsReadInItsOwnSpaceOnly) {
  const std::size_t end = ends_.size() - 1;
  const auto decoded =
      decode_short_seal(encode_short(seal(), ends_[end].seq, true), ends_[end].seq);
  Verifier receiver = this->receiver(0);
  expect_error(receiver.verify(piece(0, end), *decoded, held(0), filled_with<SpaceId>(9), nullptr),
               ErrorCode::corrupt, "A seal's signature is not valid.");
}

TEST_F(ShortSealTest, DoesNotHoldForAPieceThatIsChanged) {
  const std::size_t end = ends_.size() - 1;
  const auto decoded =
      decode_short_seal(encode_short(seal(), ends_[end].seq, true), ends_[end].seq);
  Piece changed = piece(0, end);
  changed.entries.back() = static_cast<char>(changed.entries.back() ^ 1);
  Verifier receiver = this->receiver(0);
  expect_error(receiver.verify(changed, *decoded, held(0), author_.space, nullptr),
               ErrorCode::corrupt, "A seal's signature is not valid.");
  EXPECT_EQ(receiver.head(), ends_[0]);
  EXPECT_TRUE(receiver.seals().empty());
}

TEST_F(ShortSealTest, DoesNotHoldForAPieceThatEndsElsewhere) {
  const wire::Seal whole = seal();
  std::size_t unsigned_end = 1;
  while (is_signed(whole, unsigned_end)) ++unsigned_end;
  Verifier receiver = this->receiver(0);
  expect_error(
      receive(receiver, 0, unsigned_end, encode_short(whole, ends_[unsigned_end].seq, true)),
      ErrorCode::corrupt, "A piece doesn't end at a signed head.");
  EXPECT_EQ(receiver.head(), ends_[0]);
}

TEST_F(ShortSealTest, OfAnotherHistoryIsAFork) {
  TestAuthor forgetful;
  forgetful.run.salt.data()[0] ^= 1;
  Writer writer = forgetful.writer();
  const VerifiedPiece other = forgetful.write(writer, {2});
  ASSERT_EQ(other.after().seq, ends_[1].seq);
  const wire::Seal theirs = sign_seal(author_.space, author_.pair.secret_key,
                                      author_.header({signed_head(other.after())}));
  const auto decoded =
      decode_short_seal(encode_short(theirs, other.after().seq, true), other.after().seq);
  Verifier receiver = this->receiver(0);
  ASSERT_TRUE(receiver.add(author_.verified_seal({signed_head(ends_[1])})));
  expect_error(receiver.verify(other.piece(), *decoded, held(0), author_.space, nullptr),
               ErrorCode::forked, "A log is forked: it has two histories.");
  const std::vector<Bytes> proof = receiver.seals();
  ASSERT_EQ(proof.size(), 2u);
  EXPECT_EQ(proof[1], wire::encode(theirs)) << "the seal that contradicts is not lost";
  EXPECT_TRUE(receiver.verify(piece(0, 1)));
}

TEST_F(ShortSealTest, CutOffAnywhereIsRefused) {
  const wire::Seal whole = seal();
  const std::uint64_t end = whole.header.heads[1].seq;
  for (const bool with_author : {false, true}) {
    const Bytes good = encode_short(whole, end, with_author);
    ASSERT_TRUE(decode_short_seal(good, end));
    for (std::size_t size = 0; size < good.size(); ++size) {
      expect_error(decode_short_seal(good.substr(0, size), end), ErrorCode::corrupt,
                   "A seal can't be decoded.");
    }
    expect_error(decode_short_seal(good + 'x', end), ErrorCode::corrupt,
                 "A seal can't be decoded.");
  }
}

// With heads before the piece, in it, at its end and beyond it.
TEST_F(ShortSealTest, ChangedInAnyByteDoesNotHold) {
  const wire::Seal whole = seal();
  std::vector<std::size_t> ends;
  for (std::size_t end = 1; end < ends_.size(); ++end) {
    if (is_signed(whole, end)) ends.push_back(end);
  }
  ASSERT_GE(ends.size(), 4u);
  const std::size_t from = ends[0] + 1;
  const std::size_t end = ends[2];
  for (const bool with_author : {false, true}) {
    const Bytes good = encode_short(whole, ends_[end].seq, with_author);
    Verifier unchanged = receiver(from);
    ASSERT_TRUE(receive(unchanged, from, end, good));
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (const int flip : {0x01, 0x02, 0x10, 0x80, 0xff}) {
        Bytes bad = good;
        bad[i] = static_cast<char>(bad[i] ^ flip);
        Verifier receiver = this->receiver(from);
        EXPECT_FALSE(receive(receiver, from, end, bad)) << "byte " << i << ", bits " << flip;
        EXPECT_EQ(receiver.head(), ends_[from]);
        EXPECT_TRUE(receiver.seals().empty());
      }
    }
  }
}

/// A short seal of heads `step` apart, all beyond the piece.
Bytes seal_of_heads(std::size_t heads, std::uint64_t step) {
  wire::Seal seal;
  for (std::size_t i = 1; i <= heads; ++i) seal.header.heads.push_back({i * step, {}});
  return encode_short(seal, 0, true);
}

TEST(ShortSeal, TakesAsManyHeadsAsAllowedAndNotOneMore) {
  const auto most = decode_short_seal(seal_of_heads(limits::kHeadsPerSeal, 1), 0);
  ASSERT_TRUE(most);
  EXPECT_EQ(most->heads.size(), limits::kHeadsPerSeal);
  expect_error(decode_short_seal(seal_of_heads(limits::kHeadsPerSeal + 1, 1), 0),
               ErrorCode::limit_exceeded, "A seal is larger than allowed.");
  expect_error(decode_short_seal(seal_of_heads(0, 1), 0), ErrorCode::corrupt,
               "A seal can't be decoded.");
}

TEST(ShortSeal, NeverTakesMoreThanAWholeSeal) {
  const std::uint64_t step = limits::kLastSeq / limits::kHeadsPerSeal;
  EXPECT_LE(seal_of_heads(limits::kHeadsPerSeal, step).size(), limits::kSealBytes);
}

TEST(ShortSeal, PositionsRiseUpToTheLast) {
  const auto last = decode_short_seal(seal_of_heads(1, limits::kLastSeq), 0);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->heads[0].seq, limits::kLastSeq);
  const char* const unreadable = "A seal can't be decoded.";
  expect_error(decode_short_seal(seal_of_heads(1, limits::kLastSeq + 1), 0), ErrorCode::corrupt,
               unreadable);
  expect_error(decode_short_seal(seal_of_heads(2, limits::kLastSeq / 2 + 1), 0), ErrorCode::corrupt,
               unreadable);
  expect_error(decode_short_seal(seal_of_heads(2, std::uint64_t{1} << 63), 0), ErrorCode::corrupt,
               unreadable);
  expect_error(decode_short_seal(seal_of_heads(1, 0), 0), ErrorCode::corrupt, unreadable);
}

TEST(ShortSeal, OfANewerVersionSaysSo) {
  Bytes bytes = seal_of_heads(1, 1);
  ASSERT_EQ(bytes[0], 1 << 1 | 1);
  bytes[0] = 2 << 1 | 1;
  expect_error(decode_short_seal(bytes, 0), ErrorCode::unsupported_version,
               "A seal was made by a newer version of Relais: update this device.");
  bytes[0] = 0 << 1 | 1;
  expect_error(decode_short_seal(bytes, 0), ErrorCode::corrupt, "A seal can't be decoded.");
}

}  // namespace
}  // namespace relais::log
