#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/crypto.h"

/// Plaintext of each ciphertext: content, one type byte, zeros up to a padded size. It is TLS 1.3's
/// TLSInnerPlaintext (RFC 8446, section 5.2): the content needs no length field, and a full frame
/// wastes nothing. See docs/spec/session.md, "Frames".
namespace relais::session {

inline constexpr std::size_t kLengthBytes = 2;  ///< before each message and frame, big-endian
/// Plaintext of a full frame as sent; frames of up to limits::kFrameBytes are accepted. Kept small
/// so that on a slow link that is cut every few seconds a frame gets through between two cuts.
inline constexpr std::size_t kFullPlainBytes = 16 * 1024;
inline constexpr std::size_t kFullContentBytes = kFullPlainBytes - 1;
inline constexpr std::size_t kSmallestPlainBytes = 32;

enum class InnerType : std::uint8_t {
  data = 1,   ///< part of the message stream, or a handshake payload; empty: keep-alive
  end = 2,    ///< nothing follows
  rekey = 3,  ///< the next frame is encrypted under the next key
};

/// PADMÉ (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
/// PURBs", PETS 2019, section 4): leaks O(log log) bits of the length and adds at most 12 %, here
/// from 32 bytes up.
std::size_t padded_size(std::size_t size);

/// Appends the type byte and the padding to the content that begins at `start` of `out`; content,
/// type and padding are at most `limit` bytes.
void close_inner(Bytes& out, std::size_t start, InnerType type, std::size_t limit);

struct Inner {
  BytesView content;
  InnerType type;
};
/// Nothing if the type is unknown or `plain` is all zeros.
std::optional<Inner> open_inner(BytesView plain);

/// Writes the length of what follows the two bytes at `start` of `out` into them.
void set_length(Bytes& out, std::size_t start);

}  // namespace relais::session
