#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/crypto.h"

/// What lies inside each ciphertext: content, one type byte, zeros up to a padded size. It is
/// TLS 1.3's inner plaintext (RFC 8446, section 5.2): the length of the content needs no field of
/// its own, and a full frame wastes nothing. See docs/spec/session.md, "Inside a ciphertext".
namespace relais::session {

inline constexpr std::size_t kLengthBytes = 2;  ///< before each message and frame, big-endian
/// A full frame as we send it, inside; we take up to limits::kFrameBytes. On a slow line that is
/// cut every few seconds a frame must get through between two cuts, so it isn't as long as it could
/// be.
inline constexpr std::size_t kFullPlainBytes = 16 * 1024;
inline constexpr std::size_t kFullContentBytes = kFullPlainBytes - 1;
inline constexpr std::size_t kSmallestPlainBytes = 32;

enum class InnerType : std::uint8_t {
  data = 1,   ///< a piece of the stream of messages; a handshake's payload; empty: keep-alive
  end = 2,    ///< nothing follows
  rekey = 3,  ///< the next frame comes under the next key
};

/// PADMÉ (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
/// PURBs", PETS 2019, section 4): shows O(log log) bits of a length and adds at most 12 %, here
/// from 32 bytes up.
std::size_t padded_size(std::size_t size);

/// Appends the type byte and the padding to the content that begins at `start` of `out`. The
/// whole is never longer than `limit`.
void close_inner(Bytes& out, std::size_t start, InnerType type, std::size_t limit);

struct Inner {
  BytesView content;
  InnerType type;
};
/// Nothing if the type is none of the above or `plain` holds zeros alone.
std::optional<Inner> open_inner(BytesView plain);

/// Writes the length of what stands behind the two bytes at `start` of `out` into them.
void set_length(Bytes& out, std::size_t start);

}  // namespace relais::session
