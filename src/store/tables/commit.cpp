#include "store/tables/commit.h"

#include <algorithm>

#include "base/check.h"
#include "base/coding.h"
#include "base/try.h"

namespace relais::store {
namespace {

Bytes encode(const LogRow& row) {
  Bytes out;
  out.append(row.id.compartment.view()).append(row.id.author.view()).append(row.device_key.view());
  put_varint(out, row.head.seq);
  out.append(row.head.hash.view());
  put_varint(out, row.opened);
  put_varint(out, row.settled);
  return out;
}

}  // namespace

LogRow& Commit::change(const log::LogId& id) {
  RELAIS_CHECK(logs_.changing_ == nullptr || logs_.changing_ == this);
  logs_.changing_ = this;
  const auto there = logs_.rows_.find(id);
  const bool known = there != logs_.rows_.end();
  rows_.try_emplace(id, known ? std::optional(there->second) : std::nullopt);
  return known ? there->second : logs_.rows_[id];
}

const LogRow& Commit::intern(const log::LogId& id, const crypto::SigningPublicKey& device_key,
                             const log::Head& genesis) {
  if (const LogRow* row = logs_.find(id)) return *row;
  LogRow& row = change(id);
  row.no = static_cast<LogNo>(logs_.names_->logs());
  row.id = id;
  row.device_key = device_key;
  row.head = genesis;
  logs_.names_->add(row);
  return row;
}

void Commit::update(const LogRow& row) { change(row.id) = row; }

void Commit::set_opened(LogNo no, std::uint64_t seq) {
  LogRow& row = change(logs_.names_->find(no)->id);
  row.opened = std::max(row.opened, seq);
}

CompartmentNo Commit::intern_compartment(const CompartmentId& id) {
  if (const auto no = logs_.compartment_no(id)) return *no;
  const auto no = static_cast<CompartmentNo>(logs_.names_->compartments());
  logs_.names_->add(id);
  ++compartments_;
  batch_.put(Family::meta, meta_key(meta::kCompartment, no), id.view());
  return no;
}

void Commit::add_run(LogNo log, std::uint64_t first_seq, BytesView header) {
  const auto before = logs_.run(log, first_seq);
  if (before != nullptr && *before == header) return;
  logs_.names_->add_run(log, first_seq, header);
  runs_.emplace_back(log, first_seq);
  batch_.put(Family::meta, meta_key(meta::kRun, log, first_seq), header);
}

void Commit::add_fork(LogNo log, const ForkProof& proof) {
  if (!logs_.forks_.emplace(log, proof).second) return;
  forks_.push_back(log);
  Bytes value;
  put_sized(value, proof.one);
  put_sized(value, proof.other);
  batch_.put(Family::meta, meta_key(meta::kFork, log), value);
}

bool Commit::begin_generation() {
  RELAIS_CHECK(logs_.changing_ == nullptr || logs_.changing_ == this);
  const bool first = logs_.growth_.generation == 0;
  begins_ = begins_ || first || !logs_.growth_.grown.empty();
  return begins_;
}

// Nobody needs it before a peer is remembered.
void Commit::note_growth(LogNo log, std::uint64_t seq_before) {
  LogTable::Growth& growth = logs_.growth_;
  if (growth.generation == 0 || !growth.grown.insert(log).second) return;
  grown_.push_back(log);
  Bytes value;
  put_varint(value, seq_before);
  batch_.put(Family::meta, growth_key(growth.generation, log), value);
}

Status Commit::write(Store& store, Durability durability) {
  for (const auto& [id, before] : rows_) {
    const LogRow& row = logs_.rows_.at(id);
    batch_.put(Family::meta, meta_key(meta::kLog, row.no), encode(row));
    const std::uint64_t seq_before = before ? before->head.seq : 0;
    if (row.head.seq != seq_before) note_growth(row.no, seq_before);
  }
  const Status written = store.commit(batch_, durability);
  if (!written) {
    undo();
    return written;
  }
  if (begins_) logs_.growth_ = {logs_.growth_.generation + 1, {}};
  clear();
  return {};
}

// Logs, compartments and runs are only ever added at the end.
void Commit::undo() {
  std::size_t made = 0;
  for (auto& [id, before] : rows_) {
    if (before) {
      logs_.rows_[id] = *before;
    } else {
      logs_.rows_.erase(id);
      ++made;
    }
  }
  logs_.names_->remove_last_logs(made);
  logs_.names_->remove_last_compartments(compartments_);
  for (const auto& [log, first_seq] : runs_) logs_.names_->remove_run(log, first_seq);
  for (const LogNo log : forks_) logs_.forks_.erase(log);
  for (const LogNo log : grown_) logs_.growth_.grown.erase(log);
  clear();
}

void Commit::clear() {
  batch_.clear();
  rows_.clear();
  compartments_ = 0;
  runs_.clear();
  forks_.clear();
  grown_.clear();
  begins_ = false;
  if (logs_.changing_ == this) logs_.changing_ = nullptr;
}

}  // namespace relais::store
