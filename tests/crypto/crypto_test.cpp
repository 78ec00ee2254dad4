#include "crypto/crypto.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/noise_primitives.h"
#include "crypto/raw.h"
#include "crypto/system_random.h"
#include "crypto/vectors.h"

namespace relais::crypto {
namespace {

using test::SeededRandom;

class Crypto : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(initialise()); }

  SeededRandom random_{7};
};

TEST_F(Crypto, MayBeInitialisedTwice) { EXPECT_TRUE(initialise()); }

TEST_F(Crypto, AHashDependsOnItsLabelAndJoinsItsParts) {
  EXPECT_EQ(hash("log", {"ab", "c"}), hash("log", {"a", "bc"}));
  EXPECT_NE(hash("log", {"abc"}), hash("step", {"abc"}));
  EXPECT_NE(hash("log", {"abc"}), hash("log", {"abd"}));
  EXPECT_EQ(hash("log", {}), hash("log", {""}));
}

TEST_F(Crypto, AHashIsBlake2bPersonalisedByItsLabel) {
  Hash expected;
  raw::blake2b(expected.data(), 32, {}, BytesView("log\0\0\0\0\0\0\0\0\0\0\0\0\0", 16), {"abc"});
  EXPECT_EQ(hash("log", {"abc"}), expected);
}

TEST_F(Crypto, AHasherGivesTheHashOfItsPieces) {
  Hasher hasher("log");
  for (int i = 0; i < 300; ++i) hasher.add("0123456789");
  Bytes all;
  for (int i = 0; i < 300; ++i) all += "0123456789";
  EXPECT_EQ(hasher.finish(), hash("log", {all}));
}

TEST_F(Crypto, LabelsOfOneToSixteenBytesAreTaken) {
  EXPECT_NE(hash("0123456789abcdef", {}), hash("0123456789abcde", {}));
  EXPECT_DEATH(hash("", {}), "check failed");
  EXPECT_DEATH(hash("0123456789abcdefg", {}), "check failed");
}

TEST_F(Crypto, KeysAreSeparatedByKeyLabelAndInput) {
  const auto key = random_.draw<SymmetricKey>();
  const auto other = random_.draw<SymmetricKey>();
  const std::set<Bytes> derived = {
      Bytes(derive(key, "block", {"x"}).view()), Bytes(derive(key, "seal", {"x"}).view()),
      Bytes(derive(key, "block", {"y"}).view()), Bytes(derive(other, "block", {"x"}).view())};
  EXPECT_EQ(derived.size(), 4u);
  EXPECT_EQ(mac(key, "block", {"x"}).view(), derive(key, "block", {"x"}).view());
  EXPECT_NE(mac(key, "block", {"x"}), hash("block", {"x"}));
}

TEST_F(Crypto, EqualComparesBytesAndLengths) {
  EXPECT_TRUE(equal("", ""));
  EXPECT_TRUE(equal("abc", "abc"));
  EXPECT_FALSE(equal("abc", "abd"));
  EXPECT_FALSE(equal("abc", "abcd"));
}

TEST_F(Crypto, ASignatureHoldsForItsKeyLabelAndMessageOnly) {
  const SigningKeyPair pair = make_signing_key_pair(random_);
  Signature signature = sign(pair.secret_key, "seal", "message");
  EXPECT_TRUE(verify(pair.public_key, "seal", "message", signature));
  EXPECT_FALSE(verify(pair.public_key, "seal", "massage", signature));
  EXPECT_FALSE(verify(pair.public_key, "sealm", "essage", signature));
  EXPECT_FALSE(verify(make_signing_key_pair(random_).public_key, "seal", "message", signature));
  for (std::size_t i = 0; i < Signature::kSize; ++i) {
    signature.bytes[i] ^= 1;
    EXPECT_FALSE(verify(pair.public_key, "seal", "message", signature)) << i;
    signature.bytes[i] ^= 1;
  }
}

TEST_F(Crypto, ASignatureCoversLabelZeroByteAndMessage) {
  const SigningKeyPair pair = make_signing_key_pair(random_);
  EXPECT_EQ(sign(pair.secret_key, "seal", "message"),
            raw::ed25519_sign(pair.secret_key, BytesView("seal\0message", 12)));
}

TEST_F(Crypto, OneSeedMakesOneSigningKey) {
  const auto seed = random_.draw<SymmetricKey>();
  EXPECT_EQ(signing_key_pair_from(seed).public_key, signing_key_pair_from(seed).public_key);
  EXPECT_NE(make_signing_key_pair(random_).public_key, make_signing_key_pair(random_).public_key);
}

TEST_F(Crypto, SigningKeysThatAreNoGoodPointsAreInvalid) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(is_valid(make_signing_key_pair(random_).public_key));
  SigningPublicKey identity;
  identity.bytes[0] = 1;
  EXPECT_FALSE(is_valid(identity));
  EXPECT_FALSE(is_valid(SigningPublicKey{}));  // order 4
  SigningPublicKey not_canonical;
  not_canonical.bytes.fill(0xff);
  EXPECT_FALSE(is_valid(not_canonical));
}

TEST_F(Crypto, TwoSidesOfADhAgree) {
  const DhKeyPair a = make_dh_key_pair(random_);
  const DhKeyPair b = make_dh_key_pair(random_);
  EXPECT_EQ(dh(a.secret_key, b.public_key)->view(), dh(b.secret_key, a.public_key)->view());
  EXPECT_EQ(dh_key_pair_from(a.secret_key).public_key, a.public_key);
  EXPECT_FALSE(dh(a.secret_key, DhPublicKey{}).has_value());
}

TEST_F(Crypto, WhatIsSealedOpensWithTheSameKeyNonceAndDataOnly) {
  const auto key = random_.draw<SymmetricKey>();
  Bytes sealed = "before";
  seal(sealed, key, 0x0102030405060708, "associated", "plain");
  ASSERT_EQ(sealed.size(), 6 + 5 + kTagBytes);
  ASSERT_EQ(sealed.substr(0, 6), "before");
  sealed.erase(0, 6);
  Bytes out = "left over";
  EXPECT_TRUE(open(out, key, 0x0102030405060708, "associated", sealed));
  EXPECT_EQ(out, "plain");
  EXPECT_FALSE(open(out, key, 0x0102030405060709, "associated", sealed));
  EXPECT_EQ(out, "");
  EXPECT_FALSE(open(out, key, 0x0102030405060708, "", sealed));
  EXPECT_FALSE(open(out, random_.draw<SymmetricKey>(), 0x0102030405060708, "associated", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    EXPECT_FALSE(open(out, key, 0x0102030405060708, "associated", sealed.substr(0, i)));
  }
}

TEST_F(Crypto, TheSealsNonceEndsInTheCounterBigEndian) {
  const auto key = random_.draw<SymmetricKey>();
  Bytes ours;
  seal(ours, key, 0x0102030405060708, "a", "plain");
  raw::XNonce nonce;
  for (std::uint8_t i = 1; i <= 8; ++i) nonce.bytes[15 + i] = i;
  Bytes expected(5 + kTagBytes, '\0');
  raw::xchacha20_poly1305_seal(u8(expected), key, nonce, "a", "plain");
  EXPECT_EQ(ours, expected);
}

TEST_F(Crypto, NoisesNonceIsFourZerosAndTheCounterLittleEndian) {
  const auto key = random_.draw<SymmetricKey>();
  Bytes ours;
  chachapoly_seal(ours, key, 0x0102030405060708, "a", "plain");
  raw::IetfNonce nonce;
  for (std::uint8_t i = 0; i < 8; ++i) nonce.bytes[4 + i] = static_cast<std::uint8_t>(8 - i);
  Bytes expected(5 + kTagBytes, '\0');
  raw::chacha20_poly1305_seal(u8(expected), key, nonce, "a", "plain");
  EXPECT_EQ(ours, expected);
}

TEST_F(Crypto, AFailedNoiseOpenLeavesTheBufferAsItWas) {
  const auto key = random_.draw<SymmetricKey>();
  Bytes sealed;
  chachapoly_seal(sealed, key, 1, "a", "plain");
  Bytes out = "before";
  EXPECT_FALSE(chachapoly_open(out, key, 2, "a", sealed));
  EXPECT_FALSE(chachapoly_open(out, key, 1, "a", "too short"));
  EXPECT_EQ(out, "before");
  EXPECT_TRUE(chachapoly_open(out, key, 1, "a", sealed));
  EXPECT_EQ(out, "beforeplain");
}

TEST_F(Crypto, ASealedBoxOpensForItsReceiverOnly) {
  const DhKeyPair receiver = make_dh_key_pair(random_);
  Bytes sealed = seal_to(make_dh_key_pair(random_), receiver.public_key, "a key");
  EXPECT_EQ(open_sealed(receiver, sealed), "a key");
  EXPECT_EQ(open_sealed(make_dh_key_pair(random_), sealed), std::nullopt);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    EXPECT_EQ(open_sealed(receiver, BytesView(sealed).substr(0, i)), std::nullopt);
    sealed[i] ^= 1;
    EXPECT_EQ(open_sealed(receiver, sealed), std::nullopt);
    sealed[i] ^= 1;
  }
}

TEST_F(Crypto, ASealedBoxDependsOnTheGivenEphemeralKeyAlone) {
  const DhKeyPair receiver = make_dh_key_pair(random_);
  const DhKeyPair one = make_dh_key_pair(random_), two = make_dh_key_pair(random_);
  const Bytes sealed = seal_to(one, receiver.public_key, "a key");
  EXPECT_EQ(seal_to(one, receiver.public_key, "a key"), sealed);
  EXPECT_NE(seal_to(two, receiver.public_key, "a key"), sealed);
}

TEST_F(Crypto, NothingIsSealedToAKeyOfLowOrder) {
  EXPECT_EQ(seal_to(make_dh_key_pair(random_), DhPublicKey{}, "a key"), "");
}

TEST_F(Crypto, SystemRandomGivesDifferentBytesEachTime) {
  SystemRandom random;
  std::set<Bytes> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random.bytes(16));
  EXPECT_EQ(seen.size(), 100u);
}

TEST_F(Crypto, ASecretTakesExactlyItsSize) {
  EXPECT_EQ(SymmetricKey::from(Bytes(32, 'k')).view(), Bytes(32, 'k'));
  EXPECT_EQ(SymmetricKey::from(Bytes(31, 'k')).view(), Bytes(32, '\0'));
  EXPECT_EQ(SymmetricKey::from(Bytes(33, 'k')).view(), Bytes(32, '\0'));
}

TEST_F(Crypto, WipeLeavesZeros) {
  Bytes secret(100, 's');
  wipe(secret.data(), secret.size());
  EXPECT_EQ(secret, Bytes(100, '\0'));
}

}  // namespace
}  // namespace relais::crypto
