#include "store/tables/log_table.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::store {
namespace {

Error damaged(const char* what) {
  return Error(ErrorCode::store_corrupt,
               std::string("The store's table of ") + what + " is damaged.");
}

/// Calls `visit(key without the table letter, value)` for each row of a meta table.
template <class Visit>
Status each_row(const Reads& store, char table, Visit&& visit) {
  const auto iterator = store.scan_prefix(Family::meta, meta_key(table));
  for (; iterator->valid(); iterator->next())
    RELAIS_TRY(visit(iterator->key().substr(1), iterator->value()));
  return iterator->status();
}

}  // namespace

Bytes encode(bool transaction_end, const crypto::Hash& before, BytesView block) {
  Bytes out;
  out.reserve(1 + before.size() + block.size());
  out.push_back(transaction_end ? 1 : 0);
  return out.append(before.view()).append(block);
}

Result<StoredBlock> decode_block(BytesView bytes) {
  Reader in(bytes);
  StoredBlock stored;
  const std::uint8_t end = in.byte();
  stored.before = in.id<crypto::Hash>();
  stored.block = in.rest();
  if (!in.ok() || end > 1) return Error(ErrorCode::corrupt, "A stored block is damaged.");
  stored.transaction_end = end == 1;
  return stored;
}

// The current generation is the last one that a peer or a note of growth belongs to.
Status LogTable::load_growth(const Reads& store) {
  std::uint64_t& generation = growth_.generation;
  RELAIS_TRY(each_row(store, meta::kPeer, [&](BytesView, BytesView value) -> Status {
    Reader in(value);
    generation = std::max(generation, in.u64());
    return in.ok() ? Status() : damaged("peers");
  }));
  const auto cursor =
      store.scan(Family::meta, growth_key(generation, 0), growth_key(~std::uint64_t{0}, 0));
  for (; cursor->valid(); cursor->next()) {
    const auto note = parse_growth(cursor->key(), cursor->value());
    if (!note) return damaged("notes of growth");
    if (note->generation > generation) growth_.grown.clear();
    generation = std::max(generation, note->generation);
    growth_.grown.insert(note->log);
  }
  return cursor->status();
}

Result<LogTable> LogTable::load(const Reads& store) {
  LogTable table;
  RELAIS_TRY(each_row(store, meta::kCompartment, [&](BytesView key, BytesView value) -> Status {
    Reader at(key);
    const auto id = CompartmentId::from(value);
    const bool next = at.u32() == table.names_->compartments() && at.finished();
    if (!id || !next) return damaged("compartments");
    table.names_->add(*id);
    return {};
  }));
  RELAIS_TRY(each_row(store, meta::kLog, [&](BytesView key, BytesView value) -> Status {
    Reader at(key);
    Reader in(value);
    LogRow row;
    row.no = at.u32();
    row.id.compartment = in.id<CompartmentId>();
    row.id.author = in.id<AuthorId>();
    row.device_key = in.id<crypto::SigningPublicKey>();
    row.head.seq = in.varint();
    row.head.hash = in.id<crypto::Hash>();
    row.opened = in.varint();
    row.settled = in.varint();
    const bool whole = in.finished() && at.finished();
    if (!whole || row.no != table.names_->logs() || row.head.seq > limits::kLastSeq) {
      return damaged("logs");
    }
    table.names_->add(row);
    table.rows_[row.id] = row;
    return {};
  }));
  RELAIS_TRY(each_row(store, meta::kRun, [&](BytesView key, BytesView value) -> Status {
    table.names_->add_run(Reader(key).u32(), seq_of(key), value);
    return {};
  }));
  RELAIS_TRY(table.load_growth(store));
  RELAIS_TRY(each_row(store, meta::kFork, [&](BytesView key, BytesView value) -> Status {
    Reader at(key);
    Reader in(value);
    ForkProof& proof = table.forks_[at.u32()];
    proof.one = in.sized(limits::kSealBytes);
    proof.other = in.sized(limits::kSealBytes);
    return in.finished() && at.finished() ? Status() : damaged("forked logs");
  }));
  return table;
}

const LogRow* LogTable::find(const log::LogId& id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? nullptr : &found->second;
}

const LogRow* LogTable::find(LogNo no) const {
  const auto name = names_->find(no);
  return name ? find(name->id) : nullptr;
}

}  // namespace relais::store
