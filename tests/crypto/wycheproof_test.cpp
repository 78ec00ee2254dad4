#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/crypto.h"
#include "crypto/noise_primitives.h"
#include "crypto/raw.h"
#include "crypto/vectors.h"

// The vectors of Project Wycheproof, run through the functions that Relais uses.
namespace relais::crypto {
namespace {

using nlohmann::json;
using test::hex;

struct Tally {
  int accepted = 0;
  int rejected = 0;
};

// Calls `judge(group, test)` for each test of a file; fails if the verdict differs from the file.
template <class Judge>
Tally judge_all(const json& file, Judge judge) {
  Tally tally;
  for (const json& group : file["testGroups"]) {
    for (const json& test : group["tests"]) {
      const bool accepted = judge(group, test);
      EXPECT_EQ(accepted, test["result"] == "valid") << "tcId " << test["tcId"];
      ++(accepted ? tally.accepted : tally.rejected);
    }
  }
  return tally;
}

TEST(Wycheproof, X25519AgreesAndRefusesEverySecretOfZeros) {
  RELAIS_VECTORS_OR_SKIP(file, "wycheproof/x25519_test.json");
  int matched = 0;
  int refused = 0;
  for (const json& group : file["testGroups"]) {
    for (const json& test : group["tests"]) {
      const auto shared =
          dh(DhSecretKey::from(hex(test["private"])), *DhPublicKey::from(hex(test["public"])));
      const Bytes expected = hex(test["shared"]);
      const bool zero = expected == Bytes(32, '\0');
      EXPECT_EQ(shared.has_value(), !zero) << "tcId " << test["tcId"];
      EXPECT_EQ(shared.value_or(SymmetricKey{}).view(), expected) << "tcId " << test["tcId"];
      EXPECT_TRUE(!zero || test["result"] == "acceptable");
      ++(shared ? matched : refused);
    }
  }
  EXPECT_EQ(matched, 487);
  EXPECT_EQ(refused, 31);
}

TEST(Wycheproof, Ed25519AcceptsTheGoodAndRejectsTheBad) {
  RELAIS_VECTORS_OR_SKIP(file, "wycheproof/ed25519_test.json");
  const Tally tally = judge_all(file, [](const json& group, const json& test) {
    const auto key = SigningPublicKey::from(hex(group["publicKey"]["pk"]));
    const auto signature = Signature::from(hex(test["sig"]));
    return key && signature && raw::ed25519_verify(*key, hex(test["msg"]), *signature);
  });
  EXPECT_EQ(tally.accepted, 88);
  EXPECT_EQ(tally.rejected, 63);
}

template <class Nonce, class Seal, class Open>
Tally judge_aead(const json& file, Seal seal, Open open) {
  return judge_all(file, [&](const json&, const json& test) {
    const auto nonce = Nonce::from(hex(test["iv"]));
    if (!nonce) return false;
    const SymmetricKey key = SymmetricKey::from(hex(test["key"]));
    const Bytes associated = hex(test["aad"]);
    const Bytes plain = hex(test["msg"]);
    const Bytes cipher = hex(test["ct"]) + hex(test["tag"]);
    Bytes opened(plain.size(), '\0');
    const bool authentic = open(u8(opened), key, *nonce, associated, cipher);
    if (authentic) {
      EXPECT_EQ(opened, plain);
      Bytes sealed(cipher.size(), '\0');
      seal(u8(sealed), key, *nonce, associated, plain);
      EXPECT_EQ(sealed, cipher);
    }
    return authentic;
  });
}

TEST(Wycheproof, XChaCha20Poly1305AcceptsTheGoodAndRejectsTheBad) {
  RELAIS_VECTORS_OR_SKIP(file, "wycheproof/xchacha20_poly1305_test.json");
  const Tally tally =
      judge_aead<raw::XNonce>(file, raw::xchacha20_poly1305_seal, raw::xchacha20_poly1305_open);
  EXPECT_EQ(tally.accepted, 246);
  EXPECT_EQ(tally.rejected, 69);  // nine of them by the nonce's length
}

TEST(Wycheproof, ChaCha20Poly1305AcceptsTheGoodAndRejectsTheBad) {
  RELAIS_VECTORS_OR_SKIP(file, "wycheproof/chacha20_poly1305_test.json");
  const Tally tally =
      judge_aead<raw::IetfNonce>(file, raw::chacha20_poly1305_seal, raw::chacha20_poly1305_open);
  EXPECT_EQ(tally.accepted, 256);
  EXPECT_EQ(tally.rejected, 69);  // nine of them by the nonce's length
}

TEST(Wycheproof, HmacSha256AcceptsTheGoodAndRejectsTheBad) {
  RELAIS_VECTORS_OR_SKIP(file, "wycheproof/hmac_sha256_test.json");
  const Tally tally = judge_all(file, [](const json& group, const json& test) {
    const Hash tag = hmac_sha256(hex(test["key"]), {hex(test["msg"])});
    return equal(tag.view().substr(0, group["tagSize"].get<std::size_t>() / 8), hex(test["tag"]));
  });
  EXPECT_EQ(tally.accepted, 66);
  EXPECT_EQ(tally.rejected, 108);
}

// RFC 5869 out of our HMAC; Noise's HKDF is the same with an empty `info`.
std::optional<Bytes> hkdf(BytesView salt, BytesView input, BytesView info, std::size_t size) {
  if (size > 255 * 32) return std::nullopt;
  const Hash key = hmac_sha256(salt, {input});
  Bytes out;
  Hash block;
  for (int i = 1; out.size() < size; ++i) {
    const char index = static_cast<char>(i);
    const BytesView previous = i == 1 ? BytesView{} : block.view();
    block = hmac_sha256(key.view(), {previous, info, BytesView(&index, 1)});
    out.append(block.view());
  }
  out.resize(size);
  return out;
}

TEST(Wycheproof, HkdfSha256OutOfOurHmacAgrees) {
  RELAIS_VECTORS_OR_SKIP(file, "wycheproof/hkdf_sha256_test.json");
  int noise = 0;
  const Tally tally = judge_all(file, [&](const json&, const json& test) {
    const Bytes salt = hex(test["salt"]);
    const Bytes input = hex(test["ikm"]);
    const std::size_t size = test["size"];
    const auto out = hkdf(salt, input, hex(test["info"]), size);
    if (out && test["info"] == "" && salt.size() <= 32 && size <= 96) {
      Bytes chaining_key = salt;
      chaining_key.resize(32, '\0');  // HMAC pads a short key with zeros
      const HkdfOutput ours = noise_hkdf(SymmetricKey::from(chaining_key), input, 3);
      const Bytes all =
          Bytes(ours.out[0].view()).append(ours.out[1].view()).append(ours.out[2].view());
      EXPECT_EQ(all.substr(0, size), *out);
      ++noise;
    }
    return out && *out == hex(test["okm"]);
  });
  EXPECT_EQ(tally.accepted, 83);
  EXPECT_EQ(tally.rejected, 3);
  EXPECT_EQ(noise, 28);
}

}  // namespace
}  // namespace relais::crypto
