#include "support/golden.h"

#include <gtest/gtest.h>

#include "log/author.h"
#include "log/dictionary.h"
#include "log/short_seal.h"

namespace relais::log {
namespace {

using testing::Golden;

// Short enough to be stored raw: the output of a compressor may change.
VerifiedPiece short_piece(TestAuthor& author) {
  Writer writer = author.writer();
  for (int i = 1; i <= 3; ++i) writer.append(author.codec, "edit " + std::to_string(i), i != 2);
  return writer.take();
}

TEST(GoldenLog, IdsAreMadeAsInVersion1) {
  Golden golden("log_ids.txt");
  const TestAuthor author;
  golden.expect("device_id", Bytes(device_id(author.pair.public_key).view()));
  golden.expect("author_id", Bytes(author.log.author.view()));
  golden.expect("compartment_id", Bytes(compartment_id(author.space, "zone 1", "medical").view()));
  golden.expect("control_compartment", Bytes(control_compartment(author.space).view()));
  golden.expect("genesis", Bytes(genesis(author.space, author.log).hash.view()));
  golden.expect("block_key", Bytes(author.key().view()));
}

TEST(GoldenLog, RunHeadersAreMadeAndReadAsInVersion1) {
  Golden golden("run_header.txt");
  const RunHeader sealed = TestAuthor().run;
  const RunHeader plain{RunHeader::Format::plain, {}, {}, 0};
  EXPECT_EQ(decode_run_header(golden.expect("sealed", encode(sealed))).value(), sealed);
  EXPECT_EQ(decode_run_header(golden.expect("plain", encode(plain))).value(), plain);
  golden.expect("sealed_hash", Bytes(hash_run_header(encode(sealed)).view()));
}

TEST(GoldenLog, PiecesAndSealsAreMadeAndReadAsInVersion1) {
  Golden golden("piece.txt");
  TestAuthor author;
  const VerifiedPiece made = short_piece(author);
  const Bytes entries = golden.expect("entries", made.piece().entries);
  golden.expect("head", Bytes(made.after().hash.view()));
  const Bytes seal = golden.expect("seal", author.seal({signed_head(made.after())}));

  Verifier verifier(author.log, genesis(author.space, author.log));
  const auto verified_seal = verify_seal(seal, author.space);
  ASSERT_TRUE(verified_seal);
  ASSERT_TRUE(verifier.add(*verified_seal));
  const auto piece = verifier.verify({author.log, 1, entries});
  ASSERT_TRUE(piece);
  Bytes change;
  for (std::size_t i = 0; i < piece->size(); ++i) {
    const auto item = piece->item(i);
    ASSERT_TRUE(author.codec.open(change, author.run, author.key(), item.seq,
                                  Associated({i, item.before}, item.run_hash, item.transaction_end),
                                  item.block));
    EXPECT_EQ(change, "edit " + std::to_string(i + 1));
  }
}

TEST(GoldenLog, ShortSealsAreMadeAndReadAsInVersion1) {
  Golden golden("short_seal.txt");
  const TestAuthor author;
  const SignedHead heads[] = {{3, filled_with<crypto::Hash>(7)},
                              {300, filled_with<crypto::Hash>(8)},
                              {70'000, filled_with<crypto::Hash>(9)}};
  const wire::Seal seal = sign_seal(author.space, author.pair.secret_key,
                                    author.header({std::begin(heads), std::end(heads)}));
  for (const bool with_author : {false, true}) {
    const char* name = with_author ? "with_author" : "without_author";
    const auto decoded =
        decode_short_seal(golden.expect(name, encode_short(seal, 300, with_author)), 300);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->author.has_value(), with_author);
    ASSERT_EQ(decoded->heads.size(), 3u);
    EXPECT_EQ(decoded->heads[1].seq, 300u);
    EXPECT_FALSE(decoded->heads[1].hash);
    EXPECT_EQ(decoded->heads[2].hash, heads[2].hash);
    EXPECT_EQ(decoded->signature, seal.signature);
  }
}

TEST(GoldenLog, CompressedBlocksAreReadAsInVersion1) {
  Golden golden("block.txt");
  TestAuthor author;
  const Bytes change = golden.expect("change", [] {
    Bytes text;
    for (int i = 0; i < 40; ++i) text += "visit " + std::to_string(i * i) + ": blood pressure; ";
    return text;
  }());
  const Associated associated(genesis(author.space, author.log),
                              hash_run_header(encode(author.run)), true);
  Bytes block;
  author.codec.close(block, author.run, author.key(), 1, associated, change);
  golden.add("block", block);
  EXPECT_LT(golden.bytes("block").size(), change.size());
  Bytes out;
  ASSERT_TRUE(
      author.codec.open(out, author.run, author.key(), 1, associated, golden.bytes("block")));
  EXPECT_EQ(out, change);
}

// Another version of zstd may make other bytes, and says so.
TEST(GoldenLog, ChangesArePackedAsTheirPackerPromises) {
  constexpr std::uint32_t kZstd154Level3 = 10504 << 8 | 3;
  if (current_packer() != kZstd154Level3) GTEST_SKIP() << "The lines were made with zstd 1.5.4.";
  Golden golden("packed.txt");
  Packer packer;
  golden.expect("form_0", Bytes(packer.pack("edit 1", kCurrentDictionary)));
  golden.expect("form_1",
                Bytes(packer.pack(Golden("block.txt").bytes("change"), kCurrentDictionary)));
}

TEST(GoldenLog, TheDictionaryIsStillThatOfVersion1) {
  Golden golden("dictionary.txt");
  golden.expect("hash", Bytes(crypto::hash("dictionary", {dictionary(1)}).view()));
  EXPECT_TRUE(dictionary(0).empty());
  EXPECT_TRUE(dictionary(2).empty());
}

}  // namespace
}  // namespace relais::log
