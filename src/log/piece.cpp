#include "log/piece.h"

#include "base/check.h"
#include "base/limits.h"
#include "log/entry.h"

namespace relais::log {

void put_entry(Bytes& out, const Entry& entry, BytesView run_header) {
  const std::uint64_t flags = (entry.transaction_end ? 2 : 0) | (run_header.empty() ? 0 : 1);
  put_varint(out, std::uint64_t{entry.block.size()} << 2 | flags);
  if (!run_header.empty()) put_sized(out, run_header);
  out.append(entry.block);
}

Result<RawEntry> read_entry(Reader& reader) {
  const std::uint64_t tag = reader.varint();
  if (tag >> 2 > limits::kBlockBytes) {
    return Error(ErrorCode::limit_exceeded, "A block is larger than allowed.");
  }
  RawEntry entry;
  entry.transaction_end = (tag & 2) != 0;
  entry.has_run = (tag & 1) != 0;
  if (entry.has_run) {
    const std::uint64_t size = reader.varint();
    if (size > limits::kRunHeaderBytes) {
      return Error(ErrorCode::limit_exceeded, "A run header is larger than allowed.");
    }
    entry.run = reader.take(static_cast<std::size_t>(size));
  }
  entry.block = reader.take(static_cast<std::size_t>(tag >> 2));
  if (!reader.ok() || entry.block.empty()) {
    return Error(ErrorCode::corrupt, "A piece of a log can't be decoded.");
  }
  return entry;
}

std::size_t block_count(BytesView entries) {
  std::size_t count = 0;
  for (Reader reader(entries); !reader.at_end(); ++count) {
    const std::uint64_t tag = reader.varint();
    if ((tag & 1) != 0) reader.sized(limits::kLargestPieceBytes);
    reader.take(static_cast<std::size_t>(tag >> 2));
    if (!reader.ok()) return 0;
  }
  return count;
}

namespace {

/// The first entry's tag, its run header, and what follows both.
struct Beginning {
  std::uint64_t tag = 0;
  BytesView run_header;
  BytesView rest;
};

std::optional<Beginning> beginning(BytesView entries) {
  Reader reader(entries);
  Beginning begins;
  begins.tag = reader.varint();
  if ((begins.tag & 1) != 0) begins.run_header = reader.sized(limits::kRunHeaderBytes);
  if (!reader.ok()) return std::nullopt;
  begins.rest = reader.rest();
  return begins;
}

}  // namespace

bool begins_run(BytesView entries) {
  const auto begins = beginning(entries);
  return begins && (begins->tag & 1) != 0;
}

BytesView first_run_header(BytesView entries) {
  const auto begins = beginning(entries);
  return begins ? begins->run_header : BytesView();
}

Bytes with_run_header(BytesView entries, BytesView run_header) {
  const auto begins = beginning(entries);
  if (!begins || (begins->tag & 1) != 0) return Bytes(entries);
  Bytes out;
  put_varint(out, begins->tag | 1);
  put_sized(out, run_header);
  return out.append(begins->rest);
}

Bytes without_run_header(BytesView entries) {
  const auto begins = beginning(entries);
  if (!begins || (begins->tag & 1) == 0) return Bytes(entries);
  Bytes out;
  put_varint(out, begins->tag & ~std::uint64_t{1});
  return out.append(begins->rest);
}

PieceWriter::PieceWriter(LogId log, std::uint64_t first_seq) : piece_{log, first_seq, {}} {}

void PieceWriter::add(const Entry& entry, BytesView run_header) {
  const bool changes = piece_.entries.empty() || run_header != run_header_;
  put_entry(piece_.entries, entry, changes ? run_header : BytesView());
  if (changes) run_header_.assign(run_header);
}

void PieceWriter::cut(const Mark& mark) {
  RELAIS_CHECK(mark.size <= size());
  piece_.entries.resize(mark.size);
  run_header_ = mark.run_header;
}

Piece PieceWriter::finish() && { return std::move(piece_); }

std::size_t VerifiedPiece::size() const { return spans_.size(); }

VerifiedPiece::Item VerifiedPiece::item(std::size_t index) const {
  RELAIS_CHECK(index < spans_.size());
  const BlockSpan& span = spans_[index];
  const Run& run = runs_[span.run];
  return {.seq = piece_.first_seq + index,
          .transaction_end = span.transaction_end,
          .before = span.before,
          .run_hash = run.hash,
          .run_header = BytesView(piece_.entries).substr(run.offset, run.size),
          .block = block(span)};
}

void VerifiedPiece::start(const LogId& log, const Head& before) {
  piece_ = {log, before.seq + 1, {}};
  runs_.clear();
  spans_.clear();
  before_ = before;
  after_ = before;
}

BytesView VerifiedPiece::block(const BlockSpan& span) const {
  return BytesView(piece_.entries).substr(span.offset, span.size);
}

void VerifiedPiece::step_over(const BlockSpan& span) {
  const Associated associated(after_, runs_[span.run].hash, span.transaction_end);
  after_ = step(associated, after_.seq + 1, block(span));
}

}  // namespace relais::log
