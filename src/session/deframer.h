#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace relais::session {

/// Finds the pieces (handshake messages, frames) in what a link gives in arbitrary portions, each
/// after its length in two bytes. A piece that lies whole in a portion isn't copied.
///
///     while ((found = deframer.next(portion, limit, piece)) == Deframer::Found::piece) use(piece);
class Deframer {
 public:
  enum class Found : std::uint8_t { piece, need_more, too_long };

  /// Takes from the front of `portion`. `piece` is good until the next call or the portion's end.
  /// `too_long`: the length says more than `limit`, which is known before a byte of it is kept.
  Found next(BytesView& portion, std::size_t limit, BytesView& piece);
  void clear();
  /// Bytes kept for a piece that is not yet whole: at most two and the limit.
  std::size_t buffered() const { return used_ ? 0 : buffer_.size(); }

 private:
  bool fill(BytesView& portion, std::size_t size);

  Bytes buffer_;       // the start of a piece, with its length
  bool used_ = false;  // the buffer holds a piece that was given out
};

}  // namespace relais::session
