#pragma once

#include "base/coding.h"
#include "log/log.h"

namespace relais::log {

/// One entry of a piece: varint (block size << 2 | transaction end << 1 | run header present), the
/// run header (sized) unless it is empty, the block. docs/spec/log.md, "Piece".
void put_entry(Bytes& out, const Entry& entry, BytesView run_header);

/// One entry as it stands in a piece; views into it.
struct RawEntry {
  bool transaction_end = false;
  bool has_run = false;
  BytesView run;
  BytesView block;
};
/// Fails: corrupt; limit_exceeded.
Result<RawEntry> read_entry(Reader& reader);

}  // namespace relais::log
