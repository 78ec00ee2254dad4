#include "replica/projection/folding.h"

#include <algorithm>

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::replica {

using store::LocalPosition;

bool needs_folding(const store::DocumentRecord& record) {
  if (!record.counted || record.tail.size() <= limits::kDocumentTail) return false;
  const std::uint64_t cost =
      record.tail_bytes + record.tail.size() * std::uint64_t{limits::kTailChangeCost};
  return cost > record.checkpoint_bytes / 4;
}

void fold_tail(IndexOverlay& index, BytesView key, store::DocumentRecord& record) {
  for (auto at = record.tail.begin(); at != record.tail.end();) {
    const store::LogNo log = at->log;
    Bytes seqs;
    std::uint64_t last = 0;
    for (; at != record.tail.end() && at->log == log; ++at) {
      put_varint(seqs, at->seq - last);
      last = at->seq;
    }
    index.put(store::index_key(store::index::kFolded, key, log, last), seqs);
  }
  record.tail.clear();
  record.tail_bytes = 0;
}

bool is_chunked(std::size_t bytes) { return bytes > limits::kInlineCheckpointBytes; }

Status put_checkpoint(IndexOverlay& index, BytesView key, store::DocumentRecord& record,
                      Bytes checkpoint) {
  const std::uint32_t before = record.generation;
  RELAIS_TRY(index.remove_all(store::index_prefix(store::index::kChunk, key)));
  record.checkpoint_bytes = checkpoint.size();
  if (!is_chunked(checkpoint.size())) {
    record.generation = 0;
    record.checkpoint = std::move(checkpoint);
    return {};
  }
  record.generation = before + 1;
  record.checkpoint.clear();
  BytesView rest = checkpoint;
  for (std::uint32_t number = 0; !rest.empty(); ++number) {
    const BytesView chunk = rest.substr(0, limits::kCheckpointChunkBytes);
    index.put(store::chunk_key(key, record.generation, number), chunk);
    rest.remove_prefix(chunk.size());
  }
  return {};
}

Status read_folded(BytesView suffix, BytesView value, std::vector<LocalPosition>& positions) {
  Reader at(suffix);
  const store::LogNo log = at.u32();
  const std::uint64_t last = at.u64();
  Reader in(value);
  std::uint64_t seq = 0;
  while (in.ok() && !in.at_end()) {
    const std::uint64_t step = in.varint();
    if (step == 0) in.fail();
    seq += step;
    positions.push_back({log, seq});
  }
  if (at.finished() && in.ok() && seq == last && seq != 0) return {};
  return Error(ErrorCode::corrupt, "The list of a document's changes is damaged.");
}

Result<bool> is_folded(const IndexOverlay& index, BytesView key, const LocalPosition& at) {
  const Bytes prefix = store::index_prefix(store::index::kFolded, key, at.log);
  const Bytes from = store::index_key(store::index::kFolded, key, at.log, at.seq);
  const std::size_t document = prefix.size() - sizeof(store::LogNo);
  bool found = false;
  const auto look = [&](BytesView row, BytesView value) -> Result<bool> {
    std::vector<LocalPosition> positions;
    RELAIS_TRY(read_folded(row.substr(document), value, positions));
    found = std::binary_search(positions.begin(), positions.end(), at);
    return false;
  };
  RELAIS_TRY(index.each(prefix, from, look));
  return found;
}

Result<std::uint64_t> first_folded(const IndexOverlay& index, BytesView key, store::LogNo log) {
  const Bytes prefix = store::index_prefix(store::index::kFolded, key, log);
  const std::size_t document = prefix.size() - sizeof(store::LogNo);
  std::uint64_t first = 0;
  const auto look = [&](BytesView row, BytesView value) -> Result<bool> {
    std::vector<LocalPosition> positions;
    RELAIS_TRY(read_folded(row.substr(document), value, positions));
    first = positions.front().seq;
    return false;
  };
  RELAIS_TRY(index.each(prefix, look));
  return first;
}

Result<std::uint64_t> last_folded_before(const IndexOverlay& index, BytesView key,
                                         const LocalPosition& at) {
  const Bytes prefix = store::index_prefix(store::index::kFolded, key, at.log);
  const std::size_t document = prefix.size() - sizeof(store::LogNo);
  std::uint64_t before = 0;
  const auto look = [&](BytesView row, BytesView value) -> Result<bool> {
    std::vector<LocalPosition> positions;
    RELAIS_TRY(read_folded(row.substr(document), value, positions));
    for (const LocalPosition& position : positions) {
      if (position.seq < at.seq) before = position.seq;
    }
    return positions.back().seq < at.seq;
  };
  RELAIS_TRY(index.each(prefix, look));
  return before;
}

}  // namespace relais::replica
