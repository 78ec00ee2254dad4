#include "log/joint.h"

#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "tests/log/author.h"

namespace relais::log {
namespace {

class Joint : public ::testing::Test {
 protected:
  Joint() { author.run.packer = current_packer(); }
  void write(const std::vector<int>& transactions) {
    Writer writer = author.writer();
    piece.emplace(author.write(writer, transactions));
  }
  const Bytes& entries() { return piece->piece().entries; }
  Head start() { return genesis(author.space, author.log); }
  /// Of the author's only run, which is also that of the block before a piece.
  FindRun runs() {
    return [this](BytesView encoded) -> Result<OpenRun> {
      if (missing) return Error(ErrorCode::not_found, "The key isn't held.");
      RELAIS_ASSIGN(RunHeader header,
                    encoded.empty() ? Result<RunHeader>(author.run) : decode_run_header(encoded));
      return OpenRun{header, hash_run_header(encode(header)),
                     block_key(author.epoch_key, author.space, author.log, header)};
    };
  }
  std::optional<Bytes> joined() {
    return join(author.codec, entries(), start(), current_packer(), runs());
  }
  std::optional<Bytes> restored(BytesView joint) {
    return split(author.codec, joint, start(), runs());
  }
  /// Whether a receiver takes the entries for the author's.
  bool verifies(const Bytes& restored) {
    Verifier verifier(author.log, start());
    EXPECT_TRUE(verifier.add(author.verified_seal({signed_head(piece->after())})));
    return verifier.verify({author.log, 1, restored}).has_value();
  }
  /// A joint form of changes, as anybody with the key can make one.
  Bytes joint_of(BytesView changes) {
    return Bytes(1, 1).append(author.codec.packer().pack(changes, 1));
  }

  TestAuthor author;
  std::optional<VerifiedPiece> piece;
  bool missing = false;
};

TEST_F(Joint, RestoresTheEntriesByteForByteFromLess) {
  write({1, 3, 40});
  const auto joint = joined();
  ASSERT_TRUE(joint);
  EXPECT_LT(joint->size(), entries().size() / 3);
  EXPECT_EQ(restored(*joint), entries());
  EXPECT_TRUE(verifies(*restored(*joint)));
}

TEST_F(Joint, LeavesOutARunHeaderThatTheBlockBeforeHas) {
  write({2});
  const Bytes bare = without_run_header(entries());
  const auto joint = join(author.codec, bare, start(), current_packer(), runs());
  ASSERT_TRUE(joint);
  EXPECT_LT(joint->size(), joined()->size());
  EXPECT_EQ(restored(*joint), bare);
}

TEST_F(Joint, FollowsSeveralRuns) {
  Writer first = author.writer();
  PieceWriter both(author.log, 1);
  const Bytes one = encode(author.run);
  first.append(author.codec, "a change of one run", true);
  const VerifiedPiece before = first.take();
  both.add({true, before.item(0).block}, one);
  author.run.salt.data()[0] ^= 1;
  Writer second(author.identity(), author.log, before.after(), author.run, author.epoch_key);
  second.append(author.codec, "a change of another run", true);
  const VerifiedPiece after = second.take();
  both.add({true, after.item(0).block}, encode(author.run));
  const Bytes wanted = std::move(both).finish().entries;
  const auto joint = join(author.codec, wanted, start(), current_packer(), runs());
  ASSERT_TRUE(joint);
  EXPECT_EQ(restored(*joint), wanted);
}

TEST_F(Joint, TellsOfEachBlockThatItRestores) {
  write({2, 1});
  std::vector<Bytes> told;
  const auto tell = [&](const Associated& associated, BytesView block, BytesView change) {
    const VerifiedPiece::Item item = piece->item(told.size());
    EXPECT_EQ(block, item.block);
    EXPECT_EQ(associated.view(),
              Associated({told.size(), item.before}, item.run_hash, item.transaction_end).view());
    told.emplace_back(change);
  };
  ASSERT_TRUE(split(author.codec, *joined(), start(), runs(), tell));
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[2], "change 3 of a made-up document");
}

TEST_F(Joint, IsNotMadeForAPeerThatPacksInAnotherWay) {
  write({40});
  EXPECT_FALSE(join(author.codec, entries(), start(), current_packer() + 1, runs()));
  author.run.packer = current_packer() + 1;
  write({40});
  EXPECT_FALSE(joined());
}

TEST_F(Joint, IsNotMadeWithoutTheKeyNorOfARunThatIsNotEncrypted) {
  write({40});
  missing = true;
  EXPECT_FALSE(joined());
  missing = false;
  author.run = {RunHeader::Format::plain, {}, {}, 0};
  write({40});
  EXPECT_FALSE(joined());
}

TEST_F(Joint, IsNotMadeOfMoreThanItsLimit) {
  const auto written = [this](std::size_t bytes) {
    Writer writer = author.writer();
    Bytes change(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) change[i] = static_cast<char>('a' + i * i % 23);
    for (int i = 0; i < 2; ++i) writer.append(author.codec, change, true);
    piece.emplace(writer.take());
    return joined();
  };
  const auto joint = written(limits::kJointBytes / 2 - 100);
  ASSERT_TRUE(joint);
  EXPECT_EQ(restored(*joint), entries());
  EXPECT_FALSE(written(limits::kJointBytes / 2 + 1));
}

TEST_F(Joint, WithAnyByteAlteredRestoresNothingThatVerifies) {
  write({3, 2});
  const Bytes joint = *joined();
  for (std::size_t i = 0; i < joint.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      Bytes altered = joint;
      altered[i] = static_cast<char>(altered[i] ^ 1 << bit);
      const auto other = restored(altered);
      EXPECT_FALSE(other && *other != entries() && verifies(*other)) << i;
    }
    const auto cut = restored(joint.substr(0, i));
    EXPECT_FALSE(cut && verifies(*cut)) << i;
  }
}

TEST_F(Joint, OfAHostileSenderRestoresNothing) {
  write({1});
  const Bytes run = encode(author.run);
  Bytes changes;
  put_entry(changes, {true, "a change"}, run);
  EXPECT_TRUE(restored(joint_of(changes)));
  missing = true;
  EXPECT_FALSE(restored(joint_of(changes))) << "the key isn't held";
  missing = false;
  const auto of_run = [&](const RunHeader& header) {
    Bytes entry;
    put_entry(entry, {true, "a change"}, encode(header));
    return restored(joint_of(entry));
  };
  RunHeader other = author.run;
  other.dictionary = kCurrentDictionary + 1;
  EXPECT_FALSE(of_run(other)) << "a dictionary of a newer version";
  other = author.run;
  other.packer += 1;
  EXPECT_FALSE(of_run(other)) << "another packer";
  EXPECT_FALSE(of_run({RunHeader::Format::plain, {}, {}, 0})) << "not encrypted";
  EXPECT_FALSE(restored(Bytes(1, 2) + joint_of(changes).substr(1))) << "an unknown dictionary";
  EXPECT_FALSE(restored(joint_of(changes + "x"))) << "more than the entries";
  EXPECT_FALSE(restored(""));
  Bytes many;
  while (many.size() <= limits::kJointBytes) put_entry(many, {true, Bytes(500, 'x')}, "");
  EXPECT_FALSE(restored(joint_of(many))) << "more than the limit";
}

TEST_F(Joint, IsNeitherMadeNorRestoredOfMoreChangesThanItsLimit) {
  const auto tiny = [&](std::size_t count) {
    Bytes changes;
    for (std::size_t i = 0; i < count; ++i) {
      put_entry(changes, {true, "x"}, i == 0 ? encode(author.run) : Bytes());
    }
    return restored(joint_of(changes));
  };
  const auto entries = tiny(limits::kJointChanges);
  ASSERT_TRUE(entries);
  EXPECT_LE(entries->size(), limits::kLargestPieceBytes);
  EXPECT_TRUE(join(author.codec, *entries, start(), current_packer(), runs()));
  EXPECT_FALSE(tiny(limits::kJointChanges + 1));
}

}  // namespace
}  // namespace relais::log
