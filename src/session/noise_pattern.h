#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// Handshake patterns of the Noise Protocol Framework, revision 34, sections 7 and 9.
namespace relais::session::noise {

enum class Token : std::uint8_t { e, s, ee, es, se, ss, psk };

/// The tokens of one message, in order.
class Tokens {
 public:
  void append(Token token);
  void prepend(Token token);
  const Token* begin() const { return list_.data(); }
  const Token* end() const { return list_.data() + count_; }

 private:
  std::array<Token, 8> list_{};
  std::size_t count_ = 0;
};

struct Pattern {
  bool initiator_known = false;  ///< pre-message "-> s"
  bool responder_known = false;  ///< pre-message "<- s"
  std::array<Tokens, 3> messages;
  std::size_t message_count = 0;
  std::size_t psk_count = 0;
};

/// The pattern of a full protocol name such as "Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256". Nothing
/// for a pattern that is not in the table, a modifier other than psk, or other primitives.
std::optional<Pattern> find_pattern(std::string_view protocol_name);

}  // namespace relais::session::noise
