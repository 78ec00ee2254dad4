#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace relais::session {

/// Splits a byte stream into pieces (handshake messages, frames), each preceded by its length in
/// two bytes. A piece that lies whole in one portion is not copied.
///
///     while ((found = deframer.next(portion, limit, piece)) == Deframer::Found::piece) use(piece);
class Deframer {
 public:
  enum class Found : std::uint8_t { piece, need_more, too_long };

  /// Consumes from the front of `portion`. `piece` is valid until the next call or until `portion`
  /// is freed. `too_long`: the length field exceeds `limit`; nothing of the piece has been
  /// buffered.
  Found next(BytesView& portion, std::size_t limit, BytesView& piece);
  void clear();
  /// Bytes buffered of an incomplete piece: at most `limit` and the length field.
  std::size_t buffered() const { return used_ ? 0 : buffer_.size(); }

 private:
  bool fill(BytesView& portion, std::size_t size);

  Bytes buffer_;       // the beginning of a piece, length included
  bool used_ = false;  // `buffer_` holds the piece that was returned last
};

}  // namespace relais::session
