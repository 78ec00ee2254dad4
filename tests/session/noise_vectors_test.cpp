#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "crypto/vectors.h"
#include "session/noise_handshake.h"

// The public test vectors of the Noise Protocol Framework, run through the code that sessions use.
namespace relais::session::noise {
namespace {

using nlohmann::json;
using test::hex;

// Returns the ephemeral key of the vector for the one draw of a handshake.
class FixedRandom : public Random {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void fill(std::uint8_t* out, std::size_t size) override {
    RELAIS_CHECK(size == bytes_.size());
    std::copy(u8(bytes_), u8(bytes_) + size, out);
  }

 private:
  Bytes bytes_;
};

struct Player {
  HandshakeState handshake;
  FixedRandom random;
  std::optional<HandshakeState::Transport> transport;
};

Player make_player(const json& vector, Role role) {
  const std::string prefix = role == Role::initiator ? "init_" : "resp_";
  Party party;
  party.role = role;
  party.prologue = hex(vector[prefix + "prologue"]);
  if (vector.contains(prefix + "static")) {
    party.static_key =
        crypto::dh_key_pair_from(crypto::DhSecretKey::from(hex(vector[prefix + "static"])));
  }
  if (vector.contains(prefix + "remote_static")) {
    party.remote_static = crypto::DhPublicKey::from(hex(vector[prefix + "remote_static"]));
  }
  for (const json& psk : vector.value(prefix + "psks", json::array())) {
    party.psks.push_back(crypto::SymmetricKey::from(hex(psk)));
  }
  Bytes ephemeral(32, '\0');
  if (vector.contains(prefix + "ephemeral")) ephemeral = hex(vector[prefix + "ephemeral"]);
  return {HandshakeState(vector["protocol_name"].get<std::string>(), std::move(party)),
          FixedRandom(ephemeral), std::nullopt};
}

Bytes send(Player& player, BytesView payload) {
  Bytes out;
  if (!player.transport) {
    EXPECT_TRUE(player.handshake.write(player.random, payload, out));
  } else {
    EXPECT_TRUE(player.transport->send.encrypt(out, {}, payload));
  }
  return out;
}

bool receive(Player& player, BytesView message, Bytes& payload) {
  if (!player.transport) return player.handshake.read(message, payload);
  return player.transport->receive.decrypt(payload, {}, message);
}

void split_if_finished(Player& player) {
  if (!player.transport && player.handshake.finished()) player.transport = player.handshake.split();
}

void check(const json& vector) {
  SCOPED_TRACE(vector["protocol_name"]);
  Player initiator = make_player(vector, Role::initiator);
  Player responder = make_player(vector, Role::responder);
  const std::size_t handshake =
      find_pattern(vector["protocol_name"].get<std::string>())->message_count;
  bool initiates = true;
  for (const json& message : vector["messages"]) {
    Player& sender = initiates ? initiator : responder;
    Player& receiver = initiates ? responder : initiator;
    const Bytes sent = send(sender, hex(message["payload"]));
    ASSERT_EQ(to_hex(sent), message["ciphertext"].get<std::string>());
    Bytes received;
    ASSERT_TRUE(receive(receiver, sent, received));
    ASSERT_EQ(to_hex(received), message["payload"].get<std::string>());
    split_if_finished(initiator);
    split_if_finished(responder);
    if (handshake > 1) initiates = !initiates;  // a one-way pattern has only one sender
  }
  ASSERT_TRUE(initiator.transport && responder.transport);
  EXPECT_EQ(initiator.handshake.hash(), responder.handshake.hash());
  if (vector.contains("handshake_hash")) {
    EXPECT_EQ(to_hex(initiator.handshake.hash().view()),
              vector["handshake_hash"].get<std::string>());
  }
}

TEST(Noise, EveryPatternOfCacophonyGivesItsMessagesAndHash) {
  RELAIS_VECTORS_OR_SKIP(file, "noise/cacophony_25519_ChaChaPoly_SHA256.json");
  std::set<std::string> names;
  for (const json& vector : file["vectors"]) {
    EXPECT_TRUE(vector.contains("handshake_hash"));
    check(vector);
    names.insert(vector["protocol_name"]);
  }
  EXPECT_EQ(names.size(), 24u);
}

TEST(Noise, EveryPatternOfSnowWithTwoPsksGivesItsMessages) {
  RELAIS_VECTORS_OR_SKIP(file, "noise/snow_multipsk_25519_ChaChaPoly_SHA256.json");
  std::set<std::string> names;
  for (const json& vector : file["vectors"]) {
    check(vector);
    names.insert(vector["protocol_name"]);
  }
  EXPECT_EQ(names.size(), 15u);
  EXPECT_EQ(names.count("Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256"), 1u);
}

// Applies a negative vector to the message `at`. False: unknown mutation.
bool mutate(const json& negative, const std::vector<Bytes>& before, std::size_t at,
            Bytes& message) {
  if (!negative.contains("message") || negative["message"] != at) return true;
  const std::string mutation = negative["mutation"];
  const auto says = [&](std::string_view part) { return mutation.find(part) != std::string::npos; };
  if (negative.contains("offset")) {
    message[negative["offset"].get<std::size_t>()] ^= 1;
  } else if (says("truncate last byte")) {
    message.pop_back();
  } else if (says("empty")) {
    message.clear();
  } else if (says("append 0x00")) {
    message.push_back('\0');
  } else if (says("low-order point ")) {
    message.replace(0, 32, hex(mutation.substr(mutation.size() - 64)));
  } else if (says("replaced by message 0")) {
    message = before[0];
  } else {
    return false;
  }
  return true;
}

// The index of the message at which one side failed; nothing if both finished.
std::optional<std::size_t> fails_at(const json& vector, const json& negative) {
  json theirs = vector;
  if (negative["mutation"] == "responder uses psk ff*32") {
    for (json& psk : theirs["resp_psks"]) psk = std::string(64, 'f');
  }
  Player players[] = {make_player(vector, Role::initiator), make_player(theirs, Role::responder)};
  std::vector<Bytes> sent;
  for (std::size_t i = 0; i < 3; ++i) {
    Player& sender = players[i % 2];
    Player& receiver = players[1 - i % 2];
    Bytes message;
    const Bytes payload = hex(vector["messages"][i]["payload"]);
    if (!sender.handshake.write(sender.random, payload, message)) return i - 1;
    sent.push_back(message);
    EXPECT_TRUE(mutate(negative, sent, i, message)) << negative["mutation"];
    Bytes received;
    if (!receiver.handshake.read(message, received)) return i;
  }
  return std::nullopt;
}

TEST(Noise, EveryNegativeVectorFailsWhereItMust) {
  RELAIS_VECTORS_OR_SKIP(file, "noise/negative_xxpsk0psk3_sha256.json");
  RELAIS_VECTORS_OR_SKIP(snow, "noise/snow_multipsk_25519_ChaChaPoly_SHA256.json");
  int count = 0;
  for (const json& negative : file["vectors"]) {
    for (const json& vector : snow["vectors"]) {
      if (vector["protocol_name"] != negative["protocol_name"]) continue;
      const auto failed = fails_at(vector, negative);
      ASSERT_TRUE(failed.has_value()) << negative["mutation"];
      EXPECT_LE(*failed, negative["fails_at_message"].get<std::size_t>()) << negative["mutation"];
      ++count;
    }
  }
  EXPECT_EQ(count, 23);
}

TEST(Noise, AnUnalteredHandshakePassesWhatTheNegativeVectorsRun) {
  RELAIS_VECTORS_OR_SKIP(snow, "noise/snow_multipsk_25519_ChaChaPoly_SHA256.json");
  const json nothing = {{"mutation", ""}};
  for (const json& vector : snow["vectors"]) {
    if (vector["protocol_name"] != "Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256") continue;
    EXPECT_EQ(fails_at(vector, nothing), std::nullopt);
    return;
  }
  FAIL() << "The vector is missing.";
}

TEST(Noise, RekeyGivesTheChainOfKeysOfAnIndependentImplementation) {
  RELAIS_VECTORS_OR_SKIP(file, "rfc/short_vectors.json");
  int count = 0;
  for (const json& chain : file["noise_rekey_chachapoly_selfgenerated"]) {
    CipherState cipher(crypto::SymmetricKey::from(hex(chain[0])));
    for (std::size_t i = 1; i < chain.size(); ++i) {
      cipher.rekey();
      CipherState expected(crypto::SymmetricKey::from(hex(chain[i])));
      Bytes a, b;
      expected.set_nonce(cipher.nonce());
      ASSERT_TRUE(cipher.encrypt(a, {}, "text") && expected.encrypt(b, {}, "text"));
      EXPECT_EQ(a, b);
      ++count;
    }
  }
  EXPECT_EQ(count, 9);
}

TEST(Noise, TheLastNonceIsRefused) {
  CipherState cipher(crypto::SymmetricKey::from(Bytes(32, 'k')));
  Bytes out;
  cipher.set_nonce(~std::uint64_t{0} - 1);
  EXPECT_TRUE(cipher.encrypt(out, {}, "text"));
  EXPECT_FALSE(cipher.encrypt(out, {}, "text"));
  std::uint8_t room[32];
  EXPECT_FALSE(cipher.seal_to(room, "text"));
  EXPECT_FALSE(cipher.open_to(room, out));
  EXPECT_FALSE(cipher.decrypt(out, {}, Bytes(out)));
}

TEST(Noise, ARekeyKeepsTheNonce) {
  CipherState cipher(crypto::SymmetricKey::from(Bytes(32, 'k')));
  cipher.set_nonce(5);
  cipher.rekey();
  EXPECT_EQ(cipher.nonce(), 5u);
}

TEST(Noise, AMessageOutOfTurnKillsTheHandshake) {
  Party party;
  party.role = Role::responder;
  HandshakeState handshake("Noise_NN_25519_ChaChaPoly_SHA256", party);
  test::SeededRandom random(1);
  Bytes out;
  EXPECT_FALSE(handshake.write(random, {}, out));
  EXPECT_FALSE(handshake.read(Bytes(32, 'x'), out));
  EXPECT_FALSE(handshake.finished());
}

TEST(NoisePattern, NamesThatAreNotInTheTableHaveNone) {
  EXPECT_TRUE(find_pattern("Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256").has_value());
  for (const char* name :
       {"", "Noise_", "Noise__25519_ChaChaPoly_SHA256", "Noise_ZZ_25519_ChaChaPoly_SHA256",
        "Noise_XX_25519_AESGCM_SHA256", "Noise_XX_448_ChaChaPoly_SHA256",
        "Noise_XXpsk4_25519_ChaChaPoly_SHA256", "Noise_XXpsk_25519_ChaChaPoly_SHA256",
        "Noise_XXpsk00_25519_ChaChaPoly_SHA256", "Noise_XXfallback_25519_ChaChaPoly_SHA256",
        "Noise_NNpsk3_25519_ChaChaPoly_SHA256", "Noise_XXpsk0+psk1+psk2_25519_ChaChaPoly_SHA256"}) {
    EXPECT_FALSE(find_pattern(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace relais::session::noise
