#include "store/tables/document_record.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"

namespace relais::store {
namespace {

// A record's first byte. Without kContext the context is what the tail says.
constexpr std::uint8_t kConflicts = 1;
constexpr std::uint8_t kWaiting = 2;
constexpr std::uint8_t kContext = 4;
constexpr std::uint8_t kDivided = 8;

void put_positions(Bytes& out, const std::vector<LocalPosition>& positions) {
  put_varint(out, positions.size());
  for (const LocalPosition& position : positions) {
    put_varint(out, position.log);
    put_varint(out, position.seq);
  }
}

std::vector<LocalPosition> read_positions(Reader& in) {
  std::vector<LocalPosition> positions;
  const std::uint64_t count = in.varint();
  if (count > in.rest().size()) in.fail();  // each takes two bytes or more
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
    LocalPosition position;
    position.log = static_cast<LogNo>(in.varint());
    position.seq = in.varint();
    positions.push_back(position);
  }
  return positions;
}

void advance(std::vector<LocalPosition>& context, const LocalPosition& position) {
  for (LocalPosition& entry : context) {
    if (entry.log != position.log) continue;
    entry.seq = std::max(entry.seq, position.seq);
    return;
  }
  context.push_back(position);
}

}  // namespace

std::uint64_t DocumentRecord::last(LogNo log) const {
  for (const LocalPosition& entry : context) {
    if (entry.log == log) return entry.seq;
  }
  return 0;
}

void DocumentRecord::apply(const LocalPosition& position) {
  advance(context, position);
  tail.push_back(position);
}

Bytes encode(const DocumentRecord& record) {
  const bool derivable = record.checkpoint.empty();
  Bytes out;
  out.push_back(static_cast<char>((record.conflicts ? kConflicts : 0) |
                                  (record.waiting ? kWaiting : 0) | (derivable ? 0 : kContext) |
                                  (record.divided ? kDivided : 0)));
  put_positions(out, record.tail);
  if (!derivable) put_positions(out, record.context);
  return out.append(record.checkpoint);
}

Result<DocumentRecord> decode_document_record(BytesView bytes) {
  Reader in(bytes);
  DocumentRecord record;
  const std::uint8_t flags = in.byte();
  record.conflicts = (flags & kConflicts) != 0;
  record.waiting = (flags & kWaiting) != 0;
  record.divided = (flags & kDivided) != 0;
  record.tail = read_positions(in);
  if ((flags & kContext) != 0) {
    record.context = read_positions(in);
  } else {
    for (const LocalPosition& position : record.tail) advance(record.context, position);
  }
  record.checkpoint = in.rest();
  const bool known = (flags & ~(kConflicts | kWaiting | kContext | kDivided)) == 0;
  const bool consistent = ((flags & kContext) != 0) == !record.checkpoint.empty();
  if (!in.ok() || !known || !consistent) {
    return Error(ErrorCode::corrupt, "A document's record in the store is damaged.");
  }
  return record;
}

}  // namespace relais::store
