#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "access/certificate.h"
#include "access/invitation.h"
#include "access/joining.h"
#include "access/key_sharing.h"
#include "access/small_space.h"

/// Bytes and texts of version 1, in a file that is never edited: every later version must read an
/// old recovery phrase on paper and an old certificate in a log. The file was computed from
/// docs/spec/access.md with other implementations of the primitives.
namespace relais::access {
namespace {

/// The value behind `name` in the file.
std::string golden(const std::string& name) {
  std::ifstream file(RELAIS_SOURCE_DIR "/tests/golden/v1/access.txt");
  std::string found, value;
  while (file >> found >> value) {
    if (found == name) return value;
  }
  ADD_FAILURE() << "no " << name << " in the golden file";
  return "";
}

/// N bytes that count up from `first`.
template <class T>
T counting(int first) {
  T value;
  for (std::size_t i = 0; i < T::kSize; ++i) {
    value.data()[i] = static_cast<std::uint8_t>(first + static_cast<int>(i));
  }
  return value;
}

crypto::SigningKeyPair signing_pair(int seed) {
  return crypto::signing_key_pair_from(counting<crypto::SymmetricKey>(seed));
}
crypto::DhKeyPair dh_pair(int seed) {
  return crypto::dh_key_pair_from(counting<crypto::DhSecretKey>(seed));
}
DeviceKeys some_keys() { return {signing_pair(0x20), dh_pair(0x40), dh_pair(0x60)}; }

struct Golden : testing::Test {
  void SetUp() override { ASSERT_TRUE(crypto::initialise()); }
};

TEST_F(Golden, Certificate) {
  const DeviceKeys keys = some_keys();
  wire::CertificateBody body;
  body.space = counting<SpaceId>(0x80);
  body.signing_key = keys.signing.public_key;
  body.noise_key = keys.noise.public_key;
  body.receiving_key = keys.receiving.public_key;
  body.level = Level::member;
  body.issuer = signing_pair(0).public_key;
  body.issuer_author = counting<AuthorId>(0xA0);
  body.issuer_seq = 300;
  body.not_after_ms = 1'790'000'000'000;
  body.device_signature = sign_own_keys(keys, body.space);
  EXPECT_EQ(to_hex(body.device_signature.view()), golden("device_signature"));
  const Bytes encoded = wire::encode(sign_certificate(body, signing_pair(0).secret_key));
  const std::string expected = golden("certificate");
  EXPECT_EQ(to_hex(encoded), expected);

  const auto read = verify_certificate(from_hex(expected).value_or(""), body.space);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->signing_key, body.signing_key);
  EXPECT_EQ(read->issuer_seq, 300U);
  EXPECT_EQ(read->not_after_ms, 1'790'000'000'000);
}

TEST_F(Golden, JoinRequest) {
  const DeviceKeys keys = some_keys();
  const auto space = counting<SpaceId>(0x80);
  const std::string expected = golden("join_request");
  EXPECT_EQ(to_hex(encode_join_request(keys, space)), expected);
  EXPECT_TRUE(decode_join_request(from_hex(expected).value_or(""), space, keys.noise.public_key));
}

TEST_F(Golden, Invitation) {
  Invitation invitation;
  invitation.space = counting<SpaceId>(0x80);
  invitation.secret = counting<crypto::SymmetricKey>(0xC0);
  invitation.expires_ms = 1'790'000'000'000;
  const std::string expected = golden("invitation");
  EXPECT_EQ(to_text(invitation), expected);

  const auto read = parse_invitation(expected);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->space, invitation.space);
  EXPECT_EQ(read->secret.view(), invitation.secret.view());
  EXPECT_EQ(read->expires_ms, invitation.expires_ms);
  EXPECT_EQ(to_hex(invitation_psk(*read).view()), golden("invitation_psk"));
}

TEST_F(Golden, RecoveryPhrase) {
  const std::string expected = golden("recovery_phrase");
  EXPECT_EQ(recovery_phrase(signing_pair(0)), expected);
  const auto root = root_from_phrase(expected);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->public_key, signing_pair(0).public_key);
}

TEST_F(Golden, CommitmentToAnEpochsKey) {
  const auto hash = commitment(counting<crypto::SymmetricKey>(0xC0), counting<CompartmentId>(0xE0));
  EXPECT_EQ(to_hex(hash.view()), golden("epoch_commitment"));
  EXPECT_EQ(to_hex(epoch_id(hash).view()), golden("epoch_commitment").substr(0, 32));
}

TEST_F(Golden, CopyOfAnEpochsKey) {
  Device reader;
  reader.receiving_key = crypto::dh_key_pair_from(counting<crypto::DhSecretKey>(0x60)).public_key;
  const auto copy = seal_key(counting<crypto::SymmetricKey>(0xC0), reader);
  EXPECT_EQ(to_hex(copy.value().box), golden("epoch_copy"));
}

TEST_F(Golden, SpaceId) {
  wire::record::SpaceCreated created;
  created.root_key = signing_pair(0).public_key;
  created.nonce = counting<decltype(created.nonce)>(0x10);
  const auto first = from_hex(golden("first_record")).value_or("");
  EXPECT_EQ(wire::encode(created), first);
  EXPECT_EQ(to_hex(space_id(first).view()), golden("space_id"));
  const auto root_key = root_key_of(first, space_id(first));
  ASSERT_TRUE(root_key);
  EXPECT_EQ(*root_key, created.root_key);
}

}  // namespace
}  // namespace relais::access
