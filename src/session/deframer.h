#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace relais::session {

/// Splits a byte stream into units (handshake messages, frames), each preceded by its length in
/// two bytes. A unit that lies whole in one portion is not copied.
///
///     while ((found = deframer.next(portion, limit, unit)) == Deframer::Found::unit) use(unit);
class Deframer {
 public:
  enum class Found : std::uint8_t { unit, need_more, too_long };

  /// Consumes from the front of `portion`. `unit` is valid until the next call or until `portion`
  /// is freed. `too_long`: the length field exceeds `limit`; nothing of the unit has been
  /// buffered.
  Found next(BytesView& portion, std::size_t limit, BytesView& unit);
  void clear();
  /// Bytes buffered of an incomplete unit: at most `limit` and the length field.
  std::size_t buffered() const { return used_ ? 0 : buffer_.size(); }

 private:
  bool fill(BytesView& portion, std::size_t size);

  Bytes buffer_;       // the beginning of a unit, length included
  bool used_ = false;  // `buffer_` holds the unit that was returned last
};

}  // namespace relais::session
