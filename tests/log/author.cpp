#include "log/author.h"

#include "log/entry.h"

namespace relais::log {

std::vector<LooseEntry> loosen(const VerifiedPiece& piece) {
  std::vector<LooseEntry> entries;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto item = piece.item(i);
    entries.push_back(
        {item.transaction_end, Bytes(i == 0 ? item.run_header : BytesView()), Bytes(item.block)});
  }
  return entries;
}

Piece tighten(const VerifiedPiece& piece, const std::vector<LooseEntry>& entries) {
  Piece out{piece.log(), piece.piece().first_seq, {}};
  for (const LooseEntry& entry : entries) {
    put_entry(out.entries, {entry.transaction_end, entry.block}, entry.run_header);
  }
  return out;
}

}  // namespace relais::log
