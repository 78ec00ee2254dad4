#include "store/tables/document_record.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"

namespace relais::store {
namespace {

// Flags in the first byte of a record. Without kCounted the authors follow from the tail, and there
// is no checkpoint.
constexpr std::uint8_t kConflicts = 1;
constexpr std::uint8_t kWaiting = 2;
constexpr std::uint8_t kCounted = 4;
constexpr std::uint8_t kDamaged = 16;
constexpr std::uint8_t kHasNonWrites = 32;
constexpr std::uint8_t kIgnoresEntries = 64;

std::uint8_t flags_of(const DocumentRecord& record) {
  const auto bit = [](bool set, std::uint8_t flag) { return set ? flag : std::uint8_t{0}; };
  return static_cast<std::uint8_t>(
      bit(record.conflicts, kConflicts) | bit(record.waiting, kWaiting) |
      bit(record.counted, kCounted) | bit(record.damaged, kDamaged) |
      bit(record.has_non_writes, kHasNonWrites) | bit(record.ignores_entries, kIgnoresEntries));
}

void read_flags(std::uint8_t flags, DocumentRecord& record) {
  record.conflicts = (flags & kConflicts) != 0;
  record.waiting = (flags & kWaiting) != 0;
  record.counted = (flags & kCounted) != 0;
  record.damaged = (flags & kDamaged) != 0;
  record.has_non_writes = (flags & kHasNonWrites) != 0;
  record.ignores_entries = (flags & kIgnoresEntries) != 0;
}

LogNo read_log(Reader& in) {
  const std::uint64_t log = in.varint();
  if (log > UINT32_MAX) in.fail();
  return static_cast<LogNo>(log);
}

/// A count of items of two bytes or more each.
std::uint64_t read_count(Reader& in) {
  const std::uint64_t count = in.varint();
  if (count > in.rest().size() / 2) in.fail();
  return in.ok() ? count : 0;
}

void read_tail(Reader& in, std::vector<LocalPosition>& tail) {
  const std::uint64_t count = read_count(in);
  tail.reserve(count);
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
    LocalPosition position;
    position.log = read_log(in);
    position.seq = in.varint();
    if (position.seq == 0 || (!tail.empty() && position <= tail.back())) in.fail();
    tail.push_back(position);
  }
}

void read_authors(Reader& in, std::vector<DocumentRecord::Author>& authors) {
  const std::uint64_t count = read_count(in);
  authors.reserve(count);
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
    DocumentRecord::Author author;
    author.log = read_log(in);
    author.seq = in.varint();
    author.bytes = in.varint();
    if (!authors.empty() && author.log <= authors.back().log) in.fail();
    authors.push_back(author);
  }
}

void read_counted(Reader& in, DocumentRecord& record) {
  read_authors(in, record.authors);
  record.tail_bytes = in.varint();
  const std::uint64_t generation = in.varint();
  if (generation > UINT32_MAX) in.fail();
  record.generation = static_cast<std::uint32_t>(generation);
  if (record.generation != 0) {
    record.checkpoint_bytes = in.varint();
    if (!in.at_end()) in.fail();
    return;
  }
  record.checkpoint = in.rest();
  record.checkpoint_bytes = record.checkpoint.size();
}

}  // namespace

std::uint64_t DocumentRecord::last(LogNo log) const {
  const auto at = std::lower_bound(authors.begin(), authors.end(), log,
                                   [](const Author& author, LogNo no) { return author.log < no; });
  return at != authors.end() && at->log == log ? at->seq : 0;
}

DocumentRecord::Author& DocumentRecord::author(LogNo log) {
  const auto at = std::lower_bound(authors.begin(), authors.end(), log,
                                   [](const Author& author, LogNo no) { return author.log < no; });
  if (at != authors.end() && at->log == log) return *at;
  return *authors.insert(at, Author{log, 0, 0});
}

void DocumentRecord::apply(const LocalPosition& position) {
  Author& its = author(position.log);
  its.seq = std::max(its.seq, position.seq);
  tail.insert(std::upper_bound(tail.begin(), tail.end(), position), position);
}

bool DocumentRecord::in_tail(const LocalPosition& position) const {
  return std::binary_search(tail.begin(), tail.end(), position);
}

Bytes encode(const DocumentRecord& record) {
  Bytes out;
  out.push_back(static_cast<char>(flags_of(record)));
  put_varint(out, record.tail.size());
  for (const LocalPosition& position : record.tail) {
    put_varint(out, position.log);
    put_varint(out, position.seq);
  }
  if (!record.counted) return out;
  put_varint(out, record.authors.size());
  for (const DocumentRecord::Author& author : record.authors) {
    put_varint(out, author.log);
    put_varint(out, author.seq);
    put_varint(out, author.bytes);
  }
  put_varint(out, record.tail_bytes);
  put_varint(out, record.generation);
  if (record.generation == 0) return out.append(record.checkpoint);
  put_varint(out, record.checkpoint_bytes);
  return out;
}

Result<DocumentRecord> decode_document_record(BytesView bytes) {
  Reader in(bytes);
  DocumentRecord record;
  const std::uint8_t flags = in.byte();
  read_flags(flags, record);
  read_tail(in, record.tail);
  if (record.counted) {
    read_counted(in, record);
  } else {
    for (const LocalPosition& position : record.tail) {
      record.author(position.log).seq = position.seq;  // the tail is sorted
    }
    if (!in.at_end()) in.fail();
  }
  if (!in.ok() || (flags & ~(2 * kIgnoresEntries - 1)) != 0) {
    return Error(ErrorCode::corrupt, "A document's record in the store is damaged.");
  }
  return record;
}

}  // namespace relais::store
