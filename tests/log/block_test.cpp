#include "log/block.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "log/author.h"
#include "log/dictionary.h"
#include "log/packing.h"
#include "support/chance.h"

namespace relais::log {
namespace {

// Incompressible bytes.
Bytes noise(std::size_t size) {
  Bytes out;
  crypto::Hash last;
  while (out.size() < size) {
    last = crypto::hash("noise", {last.view()});
    out.append(last.view());
  }
  out.resize(size);
  return out;
}

Bytes repeating(std::size_t size) {
  Bytes out;
  while (out.size() < size) out.append("one line that comes again and again; ");
  out.resize(size);
  return out;
}

class Block : public ::testing::Test {
 protected:
  Bytes close(BytesView change, std::uint64_t seq = 7) {
    Bytes block = "what was there before";
    author_.codec.close(block, author_.run, key_, seq, "associated", change);
    return block;
  }
  Status open(Bytes& out, BytesView block, std::uint64_t seq = 7) {
    return author_.codec.open(out, author_.run, key_, seq, "associated", block);
  }
  void expect_round_trip(const Bytes& change) {
    const Bytes block = close(change);
    EXPECT_LE(block.size(), change.size() + kBlockOverhead);
    EXPECT_LE(block.size(), limits::kBlockBytes);
    Bytes out;
    ASSERT_TRUE(open(out, block)) << change.size();
    EXPECT_EQ(out, change) << change.size();
  }

  TestAuthor author_;
  crypto::SymmetricKey key_ = author_.key();
};

TEST_F(Block, ComesBackAsItWasAtEverySize) {
  const std::size_t k128 = 128 * 1024;
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{2}, std::size_t{100}, std::size_t{600}, std::size_t{5000},
        k128 - 1, k128, k128 + 1, 2 * k128 - 1, limits::kChangeBytes}) {
    expect_round_trip(noise(size));
    expect_round_trip(repeating(size));
    expect_round_trip(Bytes(size, 'a'));
    expect_round_trip(repeating(size / 2) + noise(size - size / 2));
  }
}

TEST_F(Block, ComesBackWithoutADictionaryToo) {
  author_.run.dictionary = 0;
  expect_round_trip(repeating(1000));
  expect_round_trip(noise(1000));
}

TEST_F(Block, IsShorterThanWhatRepeats) {
  EXPECT_LT(close(repeating(500)).size(), 120u);
  EXPECT_LT(close(repeating(1900)).size(), 120u);
}

TEST_F(Block, IsLeftAsItIsWhereItWouldInflateTooFar) {
  Packer packer;
  const auto inflation = [&](const Bytes& change) {
    return change.size() / packer.pack(change, kCurrentDictionary).size();
  };
  EXPECT_GT(inflation(repeating(1500)), 40u);
  EXPECT_EQ(inflation(repeating(limits::kChangeBytes)), 0u);
  expect_round_trip(repeating(limits::kChangeBytes));
  // At the limit itself it is packed.
  std::size_t size = 1500;
  while (inflation(repeating(size)) != 0) ++size;
  const Bytes last = repeating(size - 1);
  const std::size_t packed = packer.pack(last, kCurrentDictionary).size();
  EXPECT_LE(last.size(), packed * limits::kInflation);
  EXPECT_GT(size, packed * limits::kInflation);
  expect_round_trip(last);
}

TEST_F(Block, NeverShowsWhatIsInIt) {
  const Bytes canary = "CANARY-7f3a patient's own words";
  for (const Bytes& change : {canary, canary + noise(300), repeating(500) + canary}) {
    const Bytes block = close(change);
    EXPECT_EQ(block.find("CANARY"), Bytes::npos);
    EXPECT_EQ(block.find("words"), Bytes::npos);
  }
}

TEST_F(Block, OpensOnlyWithItsOwnKeyPlaceAndAssociatedData) {
  const Bytes change = repeating(200);
  const Bytes block = close(change);
  Bytes out = "what was there before";
  EXPECT_EQ(code_of(open(out, block, 8)), ErrorCode::corrupt);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(code_of(author_.codec.open(out, author_.run, key_, 7, "Associated", block)),
            ErrorCode::corrupt);
  const auto other =
      block_key(filled_with<crypto::SymmetricKey>(9), author_.space, author_.log, author_.run);
  EXPECT_EQ(code_of(author_.codec.open(out, author_.run, other, 7, "associated", block)),
            ErrorCode::corrupt);
}

TEST_F(Block, KeysDifferByEpochSpaceLogAndSalt) {
  const auto key = [&](auto&& change) {
    TestAuthor author;
    change(author);
    return Bytes(author.key().view());
  };
  const Bytes own(key_.view());
  EXPECT_EQ(own, key([](TestAuthor&) {}));
  EXPECT_NE(own, key([](TestAuthor& a) { a.epoch_key.data()[0] ^= 1; }));
  EXPECT_NE(own, key([](TestAuthor& a) { a.space.data()[0] ^= 1; }));
  EXPECT_NE(own, key([](TestAuthor& a) { a.log.compartment.data()[0] ^= 1; }));
  EXPECT_NE(own, key([](TestAuthor& a) { a.log.author.data()[0] ^= 1; }));
  EXPECT_NE(own, key([](TestAuthor& a) { a.run.salt.data()[0] ^= 1; }));
}

TEST_F(Block, ChangedAnywhereIsRefused) {
  const Bytes block = close(repeating(200));
  Bytes out;
  for (std::size_t i = 0; i < block.size(); ++i) {
    Bytes changed = block;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    EXPECT_FALSE(open(out, changed)) << i;
    EXPECT_FALSE(open(out, block.substr(0, i))) << i;
  }
}

TEST_F(Block, IsTakenUpToItsLimitAndNotBeyond) {
  Bytes out;
  EXPECT_EQ(code_of(open(out, Bytes(limits::kBlockBytes, 'x'))), ErrorCode::corrupt);
  const Status longer = open(out, Bytes(limits::kBlockBytes + 1, 'x'));
  EXPECT_EQ(code_of(longer), ErrorCode::limit_exceeded);
  EXPECT_EQ(longer.error().message(), "A block is larger than allowed.");
}

TEST_F(Block, OfADictionaryNotHereSaysSo) {
  const Bytes block = close("a change");
  author_.run.dictionary = 2;  // the key doesn't depend on it; what binds it is the run's hash
  Bytes out;
  const Status status = open(out, block);
  EXPECT_EQ(code_of(status), ErrorCode::unsupported_version);
  EXPECT_EQ(status.error().message(),
            "A block was compressed by a newer version of Relais: update this device.");
}

TEST_F(Block, OfAPlainRunIsNoneToOpen) {
  const Bytes block = close("a change");
  author_.run.format = RunHeader::Format::plain;
  Bytes out;
  EXPECT_EQ(code_of(open(out, block)), ErrorCode::corrupt);
}

// Encrypted with the right key, but packed maliciously.
class MaliciousPacking : public ::testing::Test {
 protected:
  ErrorCode unpack(const Bytes& packed, std::uint8_t dictionary = kCurrentDictionary) {
    Bytes out = "what was there before";
    const Status status = packer_.unpack(out, packed, dictionary);
    EXPECT_LE(out.size(), limits::kChangeBytes);
    return code_of(status);
  }
  static Bytes frame_of_zeros(std::size_t size) {
    // RFC 8878: descriptor 0, window 2 MiB; blocks of one repeated byte, 128 KiB each.
    Bytes frame("\2\0\x58", 3);
    while (true) {
      const std::size_t now = std::min<std::size_t>(size, 128 * 1024);
      size -= now;
      const std::size_t header = (size == 0 ? 1 : 0) | 1 << 1 | now << 3;
      for (int shift = 0; shift < 24; shift += 8)
        frame.push_back(static_cast<char>(header >> shift));
      frame.push_back('\0');
      if (size == 0) return frame;
    }
  }
  Packer packer_;
};

TEST_F(MaliciousPacking, AChangeInflatesToSoManyTimesItsBlockAndNotBeyond) {
  const std::size_t packed = frame_of_zeros(1).size();
  EXPECT_EQ(unpack(frame_of_zeros(packed * limits::kInflation)), ErrorCode::not_found);
  EXPECT_EQ(unpack(frame_of_zeros(packed * limits::kInflation + 1)), ErrorCode::limit_exceeded);
  EXPECT_EQ(unpack(frame_of_zeros(std::size_t{1} << 34)), ErrorCode::limit_exceeded);
}

TEST_F(MaliciousPacking, AChangeInflatesToItsLimitAndNotBeyond) {
  // Empty blocks make the frame long enough.
  const auto long_frame = [](std::size_t size) {
    Bytes frame = frame_of_zeros(size);
    const Bytes empty(limits::kChangeBytes / limits::kInflation / 3 * 3, '\0');
    return frame.substr(0, 3) + empty + frame.substr(3);
  };
  EXPECT_EQ(unpack(long_frame(limits::kChangeBytes)), ErrorCode::not_found);
  EXPECT_EQ(unpack(long_frame(limits::kChangeBytes + 1)), ErrorCode::limit_exceeded);
}

TEST_F(MaliciousPacking, ARawChangeIsTakenToItsLimitAndNotBeyond) {
  EXPECT_EQ(unpack(Bytes(1, '\0') + Bytes(limits::kChangeBytes, 'x')), ErrorCode::not_found);
  EXPECT_EQ(unpack(Bytes(1, '\0') + Bytes(limits::kChangeBytes + 1, 'x')),
            ErrorCode::limit_exceeded);
}

TEST_F(MaliciousPacking, TwoFramesOrAClaimedSizeAreNoBomb) {
  const Bytes one = frame_of_zeros(600);
  EXPECT_EQ(unpack(one + *from_hex("28b52ffd") + one.substr(1)), ErrorCode::limit_exceeded);
  // A single segment that claims 2^40 bytes.
  EXPECT_NE(unpack(Bytes("\2\xe0\0\0\0\0\0\1\0\0\3\0\0\0", 14)), ErrorCode::not_found);
}

TEST_F(MaliciousPacking, NothingAndNonsenseAreRefused) {
  EXPECT_EQ(unpack(""), ErrorCode::corrupt);
  EXPECT_EQ(unpack(Bytes(1, '\1')), ErrorCode::corrupt);
  EXPECT_EQ(unpack(Bytes(1, '\2')), ErrorCode::corrupt);
  EXPECT_EQ(unpack("\3x"), ErrorCode::unsupported_version);
  EXPECT_EQ(unpack(Bytes("\xffx")), ErrorCode::unsupported_version);
  EXPECT_EQ(unpack(Bytes(1, '\1') + noise(300)), ErrorCode::corrupt);
  EXPECT_EQ(unpack(Bytes(1, '\2') + noise(300)), ErrorCode::corrupt);
}

TEST_F(MaliciousPacking, ADamagedBlockIsReadAlikeWhateverWasReadBefore) {
  // The two decoders of zstd disagree about this one.
  const Bytes packed = from_hex("01a83a2273222d6300ff0005050506060606060006ffff01ff21c005").value();
  Packer fresh;
  Bytes out;
  const bool opens = fresh.unpack(out, packed, kCurrentDictionary).has_value();
  const Bytes good(packer_.pack(repeating(300), kCurrentDictionary));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(packer_.unpack(out, packed, kCurrentDictionary).has_value(), opens);
    EXPECT_TRUE(packer_.unpack(out, good, kCurrentDictionary));
  }
}

TEST_F(MaliciousPacking, DamageIsReadAlikeByAnOldPackerAndANewOne) {
  const Bytes samples[] = {Bytes(packer_.pack(repeating(90), 0)),
                           Bytes(packer_.pack(repeating(90), kCurrentDictionary)),
                           from_hex("013060006400005301003628020036280230600064000053").value()};
  testing::Chance chance(5);
  for (int i = 0; i < 4000; ++i) {
    Bytes packed = samples[chance.below(3)];
    for (std::uint64_t edits = 1 + chance.below(3); edits > 0; --edits) {
      packed[1 + chance.below(packed.size() - 1)] = static_cast<char>(chance.next());
    }
    const auto dictionary = static_cast<std::uint8_t>(chance.below(2));
    Bytes old_way;
    Bytes new_way;
    Packer fresh;
    const bool opens = packer_.unpack(old_way, packed, dictionary).has_value();
    ASSERT_EQ(fresh.unpack(new_way, packed, dictionary).has_value(), opens) << to_hex(packed);
    ASSERT_EQ(old_way, new_way);
  }
}

TEST_F(MaliciousPacking, DamageNeverCrashes) {
  for (const Bytes& change : {repeating(300), repeating(140'000) + noise(200)}) {
    const Bytes packed(packer_.pack(change, kCurrentDictionary));
    for (std::size_t i = 0; i < packed.size(); i += 1 + packed.size() / 500) {
      Bytes damaged = packed;
      damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
      unpack(damaged);
      unpack(packed.substr(0, i));
      unpack(damaged, 0);
    }
  }
}

}  // namespace
}  // namespace relais::log
