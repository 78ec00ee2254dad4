#include "wire/seal.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "wire/sample.h"

namespace relais::wire {
namespace {

Seal seal_with(std::size_t heads) {
  Seal seal;
  seal.header.compartment = counting_from<CompartmentId>(2);
  seal.header.device_key = counting_from<crypto::SigningPublicKey>(3);
  seal.header.instance = counting_from<decltype(seal.header.instance)>(4);
  for (std::size_t i = 0; i < heads; ++i) {
    seal.header.heads.push_back(
        {100 * (i + 1), counting_from<crypto::Hash>(static_cast<uint8_t>(i))});
  }
  seal.signature = counting_from<crypto::Signature>(9);
  return seal;
}

ErrorCode error_of(const Bytes& bytes) {
  const auto decoded = decode_seal(bytes);
  EXPECT_FALSE(decoded);
  return decoded ? ErrorCode::not_found : decoded.error().code();
}
ErrorCode error_of(const Seal& seal) { return error_of(encode(seal)); }

TEST(Seal, ComesBackAsItWas) {
  const Seal seal = seal_with(3);
  const auto decoded = decode_seal(encode(seal));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->header.compartment, seal.header.compartment);
  EXPECT_EQ(decoded->header.device_key, seal.header.device_key);
  EXPECT_EQ(decoded->header.instance, seal.header.instance);
  EXPECT_EQ(decoded->header.heads, seal.header.heads);
  EXPECT_EQ(decoded->signature, seal.signature);
  EXPECT_EQ(encode(*decoded), encode(seal));
}

TEST(Seal, SignsItsSpaceAndLeavesItOut) {
  const Seal seal = seal_with(2);
  const auto space = counting_from<SpaceId>(0x50);
  const Bytes encoded = encode(seal);
  EXPECT_EQ(encoded.find(space.view()), Bytes::npos);
  EXPECT_EQ(signed_bytes(space, seal.header),
            Bytes(space.view()) + encoded.substr(0, encoded.size() - crypto::Signature::kSize));
}

TEST(Seal, TakesAsManyHeadsAsAllowedAndNotOneMore) {
  const Bytes most = encode(seal_with(limits::kHeadsPerSeal));
  EXPECT_EQ(most.size(), limits::kSealBytes);
  EXPECT_TRUE(decode_seal(most));
  EXPECT_EQ(error_of(seal_with(limits::kHeadsPerSeal + 1)), ErrorCode::limit_exceeded);
  Bytes counts_more = encode(seal_with(2));
  counts_more[65] = static_cast<char>(limits::kHeadsPerSeal + 1);
  EXPECT_EQ(error_of(counts_more), ErrorCode::limit_exceeded);
}

TEST(Seal, WithoutHeadsIsRefused) { EXPECT_EQ(error_of(seal_with(0)), ErrorCode::corrupt); }

TEST(Seal, HeadsThatDontRiseAreRefused) {
  Seal seal = seal_with(2);
  seal.header.heads[1].seq = seal.header.heads[0].seq;
  EXPECT_EQ(error_of(seal), ErrorCode::corrupt);
  seal.header.heads[1].seq = seal.header.heads[0].seq - 1;
  EXPECT_EQ(error_of(seal), ErrorCode::corrupt);
}

TEST(Seal, PositionsRunFromOneToTheLast) {
  Seal seal = seal_with(1);
  seal.header.heads[0].seq = 0;
  EXPECT_EQ(error_of(seal), ErrorCode::corrupt);
  seal.header.heads[0].seq = limits::kLastSeq;
  const auto decoded = decode_seal(encode(seal));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->header.heads[0].seq, limits::kLastSeq);
}

TEST(Seal, OfANewerVersionSaysSo) {
  Bytes bytes = encode(seal_with(1));
  ASSERT_EQ(bytes[0], 1);
  bytes[0] = 2;
  const auto decoded = decode_seal(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), ErrorCode::unsupported_version);
  EXPECT_EQ(decoded.error().message(),
            "A seal was made by a newer version of Relais: update this device.");
  bytes[0] = 0;
  EXPECT_EQ(error_of(bytes), ErrorCode::corrupt);
}

TEST(Seal, OfAnotherLengthIsRefused) {
  const Bytes good = encode(seal_with(2));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_seal(good.substr(0, size))) << size;
  }
  EXPECT_EQ(error_of(good + 'x'), ErrorCode::corrupt);
}

TEST(Seal, DamageNeverCrashes) {
  each_damaged(encode(seal_with(2)), [](const Bytes& bytes) {
    const auto decoded = decode_seal(bytes);
    EXPECT_TRUE(!decoded || !decoded->header.heads.empty());
  });
}

}  // namespace
}  // namespace relais::wire
