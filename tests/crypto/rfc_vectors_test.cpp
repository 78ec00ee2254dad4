#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/crypto.h"
#include "crypto/noise_primitives.h"
#include "crypto/raw.h"
#include "crypto/vectors.h"

namespace relais::crypto {
namespace {

using nlohmann::json;
using test::hex;

template <class Nonce, class Seal, class Open>
void check_aead(const json& vector, Seal seal, Open open) {
  const SymmetricKey key = SymmetricKey::from(hex(vector["key"]));
  const auto nonce = Nonce::from(hex(vector["nonce"]));
  const Bytes associated = hex(vector["aad"]);
  const Bytes cipher = hex(vector["ciphertext_and_tag"]);
  Bytes buffer = hex(vector["plaintext"]);
  const std::size_t size = buffer.size();
  buffer.resize(size + kTagBytes);
  seal(u8(buffer), key, *nonce, associated, BytesView(buffer).substr(0, size));  // in place
  EXPECT_EQ(buffer, cipher);
  ASSERT_TRUE(open(u8(buffer), key, *nonce, associated, buffer));
  EXPECT_EQ(buffer.substr(0, size), hex(vector["plaintext"]));
}

TEST(Rfc8439, TheAeadExampleOfSection2_8_2) {
  RELAIS_VECTORS_OR_SKIP(file, "rfc/short_vectors.json");
  check_aead<raw::IetfNonce>(file["rfc8439_sec_2_8_2"], raw::chacha20_poly1305_seal,
                             raw::chacha20_poly1305_open);
}

TEST(XChaChaDraft, TheExampleOfAppendixA_3_1) {
  RELAIS_VECTORS_OR_SKIP(file, "rfc/short_vectors.json");
  check_aead<raw::XNonce>(file["draft_irtf_cfrg_xchacha_03_A_3_1"], raw::xchacha20_poly1305_seal,
                          raw::xchacha20_poly1305_open);
}

TEST(Rfc7693, Blake2bOfAbc) {
  RELAIS_VECTORS_OR_SKIP(file, "rfc/short_vectors.json");
  Bytes out(64, '\0');
  raw::blake2b(u8(out), out.size(), {}, {}, {"a", "bc"});
  EXPECT_EQ(out, hex(file["rfc7693_appendix_A_blake2b_512_abc"]));
}

TEST(Rfc5869, HkdfSha256OutOfOurHmac) {
  RELAIS_VECTORS_OR_SKIP(file, "rfc/short_vectors.json");
  int count = 0;
  for (const json& vector : file["rfc5869_sha256_tc1_tc3"]) {
    const Hash key = hmac_sha256(hex(vector["salt"]), {hex(vector["ikm"])});
    const Bytes info = hex(vector["info"]);
    const Hash first = hmac_sha256(key.view(), {info, "\x01"});
    const Hash second = hmac_sha256(key.view(), {first.view(), info, "\x02"});
    const Bytes okm = Bytes(first.view()).append(second.view());
    EXPECT_EQ(okm.substr(0, vector["length"].get<std::size_t>()), hex(vector["okm"]));
    ++count;
  }
  EXPECT_EQ(count, 2);
}

TEST(NoiseHkdf, ThreeOutputsAgreeWithAnIndependentImplementation) {
  RELAIS_VECTORS_OR_SKIP(file, "rfc/short_vectors.json");
  int count = 0;
  for (const json& vector : file["noise_hmac_hkdf_selfgenerated"]) {
    if (vector["hash"] != "SHA256") continue;
    const Bytes key = hex(vector["key"]);
    EXPECT_EQ(hmac_sha256(key, {hex(vector["data"])}).view(), hex(vector["hmac"]));
    if (key.size() != SymmetricKey::kSize) continue;  // a chaining key has the hash's length
    const HkdfOutput three = noise_hkdf(SymmetricKey::from(key), hex(vector["data"]), 3);
    const HkdfOutput two = noise_hkdf(SymmetricKey::from(key), hex(vector["data"]), 2);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(three.out[i].view(), hex(vector["noise_hkdf3"][i]));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(two.out[i].view(), three.out[i].view());
    EXPECT_EQ(two.out[2].view(), Bytes(32, '\0'));
    ++count;
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace relais::crypto
