#include "wire/seal.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "wire/sample.h"

namespace relais::wire {
namespace {

SealHeader header_with(std::size_t heads) {
  SealHeader header;
  header.space = counting_from<SpaceId>(1);
  header.compartment = counting_from<CompartmentId>(2);
  header.device_key = counting_from<crypto::SigningPublicKey>(3);
  header.instance = counting_from<decltype(header.instance)>(4);
  for (std::size_t i = 0; i < heads; ++i) {
    header.heads.push_back({100 * (i + 1), counting_from<crypto::Hash>(static_cast<uint8_t>(i))});
  }
  return header;
}

ErrorCode header_error(const Bytes& bytes) {
  const auto decoded = decode_seal_header(bytes);
  EXPECT_FALSE(decoded);
  return decoded ? ErrorCode::not_found : decoded.error().code();
}

TEST(SealHeader, ComesBackAsItWas) {
  const SealHeader header = header_with(3);
  const auto decoded = decode_seal_header(encode(header));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->space, header.space);
  EXPECT_EQ(decoded->compartment, header.compartment);
  EXPECT_EQ(decoded->device_key, header.device_key);
  EXPECT_EQ(decoded->instance, header.instance);
  ASSERT_EQ(decoded->heads.size(), 3u);
  EXPECT_EQ(decoded->heads[2].seq, 300u);
  EXPECT_EQ(decoded->heads[2].hash, header.heads[2].hash);
}

TEST(SealHeader, TakesAsManyHeadsAsAllowedAndNotOneMore) {
  const Bytes most = encode(header_with(limits::kHeadsPerSeal));
  EXPECT_LE(most.size() + 128, limits::kSealBytes);  // the limit on bytes never bites first
  EXPECT_TRUE(decode_seal_header(most));
  EXPECT_EQ(header_error(encode(header_with(limits::kHeadsPerSeal + 1))),
            ErrorCode::limit_exceeded);
}

TEST(SealHeader, WithoutHeadsIsRefused) {
  EXPECT_EQ(header_error(encode(header_with(0))), ErrorCode::corrupt);
}

TEST(SealHeader, HeadsThatDontRiseAreRefused) {
  SealHeader header = header_with(2);
  header.heads[1].seq = header.heads[0].seq;
  EXPECT_EQ(header_error(encode(header)), ErrorCode::corrupt);
  header.heads[1].seq = header.heads[0].seq - 1;
  EXPECT_EQ(header_error(encode(header)), ErrorCode::corrupt);
}

TEST(SealHeader, PositionsRunFromOneToTheLast) {
  SealHeader header = header_with(1);
  header.heads[0].seq = 0;
  EXPECT_EQ(header_error(encode(header)), ErrorCode::corrupt);
  header.heads[0].seq = limits::kLastSeq;
  EXPECT_TRUE(decode_seal_header(encode(header)));
  header.heads[0].seq = limits::kLastSeq + 1;
  EXPECT_EQ(header_error(encode(header)), ErrorCode::corrupt);
}

TEST(SealHeader, OfANewerVersionSaysSo) {
  Bytes bytes = encode(header_with(1));
  ASSERT_EQ(bytes.substr(0, 2), Bytes("\x08\x01", 2));
  bytes[1] = 2;
  const auto decoded = decode_seal_header(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), ErrorCode::unsupported_version);
  EXPECT_EQ(decoded.error().message(), "a seal is of a newer version of Relais");
  bytes[1] = 0;
  EXPECT_EQ(header_error(bytes), ErrorCode::corrupt);
}

TEST(SealHeader, FieldsOfAnotherLengthAreRefused) {
  const Bytes good = encode(header_with(1));
  // version, then the space: tag, length, 32 bytes.
  Bytes shorter = good;
  shorter[3] = 31;
  shorter.erase(4, 1);
  EXPECT_EQ(header_error(shorter), ErrorCode::corrupt);
  Bytes longer = good;
  longer[3] = 33;
  longer.insert(4, 1, 'x');
  EXPECT_EQ(header_error(longer), ErrorCode::corrupt);
}

TEST(SealHeader, FieldsOfALaterVersionAreReadOver) {
  const Bytes later = encode(header_with(1)) + Bytes("\x7a\x03new", 5);  // field 15
  EXPECT_TRUE(decode_seal_header(later));
}

TEST(SealHeader, DamageNeverCrashesAndCutsAreRefused) {
  const Bytes good = encode(header_with(2));
  each_damaged(good, [](const Bytes& bytes) {
    const auto decoded = decode_seal_header(bytes);
    EXPECT_TRUE(!decoded || !decoded->heads.empty());
  });
  for (std::size_t size = 0; size + 70 < good.size(); ++size) {
    EXPECT_FALSE(decode_seal_header(good.substr(0, size))) << size;
  }
}

TEST(SealHeader, DeeplyNestedGroupsAreRefused) {
  // Groups of field 15, in unknown fields: an old parser's stack is not for a peer to fill.
  const Bytes deep = encode(header_with(1)) + Bytes(1000, '\x7b') + Bytes(1000, '\x7c');
  EXPECT_EQ(header_error(deep), ErrorCode::corrupt);
}

TEST(Seal, KeepsTheHeadersBytesAsTheyWereSigned) {
  Seal seal;
  seal.header = encode(header_with(2));
  seal.signature = counting_from<crypto::Signature>(9);
  const auto decoded = decode_seal(encode(seal));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->header, seal.header);
  EXPECT_EQ(decoded->signature, seal.signature);
}

TEST(Seal, IsReadUpToItsLimitAndNotBeyond) {
  Seal seal;
  seal.header = Bytes(limits::kSealBytes - 3 - 66, 'h');
  ASSERT_EQ(encode(seal).size(), limits::kSealBytes);
  EXPECT_TRUE(decode_seal(encode(seal)));
  seal.header.push_back('h');
  const auto decoded = decode_seal(encode(seal));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code(), ErrorCode::limit_exceeded);
}

TEST(Seal, WithoutASignatureIsRefused) {
  EXPECT_FALSE(decode_seal(Bytes("\x0a\x01h", 3)));
  EXPECT_FALSE(decode_seal(""));
}

}  // namespace
}  // namespace relais::wire
