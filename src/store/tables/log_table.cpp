#include "store/tables/log_table.h"

#include <algorithm>

#include "base/coding.h"
#include "base/try.h"

namespace relais::store {
namespace {

Error damaged(const char* what) {
  return Error(ErrorCode::store_corrupt,
               std::string("The store's table of ") + what + " is damaged.");
}

/// Calls `visit(key without the table's letter, value)` for each row of a meta table.
template <class Visit>
Status each_row(const Reads& store, char table, Visit&& visit) {
  const auto cursor = store.scan_prefix(Family::meta, meta_key(table));
  for (; cursor->valid(); cursor->next())
    RELAIS_TRY(visit(cursor->key().substr(1), cursor->value()));
  return cursor->status();
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

Bytes LogTable::encode_row(const LogRow& row) {
  Bytes out;
  out.append(row.id.compartment.view()).append(row.id.author.view()).append(row.device_key.view());
  put_varint(out, row.head.seq);
  out.append(row.head.hash.view());
  put_varint(out, row.opened);
  put_varint(out, row.full_seal);
  return out;
}

Result<LogTable> LogTable::load(const Reads& store) {
  LogTable table;
  RELAIS_TRY(each_row(store, meta::kCompartment, [&](BytesView key, BytesView value) -> Status {
    Reader at(key);
    const auto id = CompartmentId::from(value);
    const bool next = at.u32() == table.compartment_by_no_.size() && at.finished();
    if (!id || !next) return damaged("compartments");
    table.compartments_[*id] = static_cast<CompartmentNo>(table.compartment_by_no_.size());
    table.compartment_by_no_.push_back(*id);
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
    row.full_seal = in.varint();
    const bool whole = in.finished() && at.finished();
    if (!whole || row.no != table.by_no_.size()) return damaged("logs");
    table.by_no_.push_back(row.id);
    table.rows_[row.id] = row;
    return {};
  }));
  RELAIS_TRY(each_row(store, meta::kRun, [&](BytesView key, BytesView value) -> Status {
    table.runs_[Reader(key).u32()][seq_of(key)] = Bytes(value);
    return {};
  }));
  return table;
}

const LogRow* LogTable::find(const log::LogId& id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? nullptr : &found->second;
}

const LogRow* LogTable::find(LogNo no) const {
  return no < by_no_.size() ? find(by_no_[no]) : nullptr;
}

const LogRow& LogTable::intern(Batch& batch, const log::LogId& id,
                               const crypto::SigningPublicKey& device_key,
                               const log::Head& genesis) {
  if (const LogRow* row = find(id)) return *row;
  LogRow row;
  row.no = static_cast<LogNo>(by_no_.size());
  row.id = id;
  row.device_key = device_key;
  row.head = genesis;
  by_no_.push_back(id);
  update(batch, row);
  return rows_.at(id);
}

void LogTable::update(Batch& batch, const LogRow& row) {
  rows_[row.id] = row;
  batch.put(Family::meta, meta_key(meta::kLog, row.no), encode_row(row));
}

void LogTable::set_opened(LogNo no, std::uint64_t seq) {
  LogRow& row = rows_.at(by_no_.at(no));
  row.opened = std::max(row.opened, seq);
}

CompartmentNo LogTable::intern_compartment(Batch& batch, const CompartmentId& id) {
  if (const auto no = compartment_no(id)) return *no;
  const auto no = static_cast<CompartmentNo>(compartment_by_no_.size());
  compartments_[id] = no;
  compartment_by_no_.push_back(id);
  batch.put(Family::meta, meta_key(meta::kCompartment, no), id.view());
  return no;
}

std::optional<CompartmentNo> LogTable::compartment_no(const CompartmentId& id) const {
  const auto found = compartments_.find(id);
  if (found == compartments_.end()) return std::nullopt;
  return found->second;
}

const CompartmentId* LogTable::compartment(CompartmentNo no) const {
  return no < compartment_by_no_.size() ? &compartment_by_no_[no] : nullptr;
}

const Bytes* LogTable::run(LogNo log, std::uint64_t seq) const {
  const auto runs = runs_.find(log);
  if (runs == runs_.end()) return nullptr;
  auto after = runs->second.upper_bound(seq);
  if (after == runs->second.begin()) return nullptr;
  return &(--after)->second;
}

void LogTable::add_run(Batch& batch, LogNo log, std::uint64_t first_seq, BytesView header) {
  const Bytes* before = run(log, first_seq);
  if (before != nullptr && *before == header) return;
  runs_[log][first_seq] = Bytes(header);
  batch.put(Family::meta, meta_key(meta::kRun, log, first_seq), header);
}

}  // namespace relais::store
