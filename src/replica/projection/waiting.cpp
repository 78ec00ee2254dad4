#include "replica/projection/waiting.h"

#include "base/coding.h"
#include "base/try.h"

namespace relais::replica {

using document::Position;
using store::LocalPosition;
namespace index = store::index;

namespace {

Bytes encode(const Wait& wait) {
  Bytes out(1, static_cast<char>(wait.what));
  out.append(wait.on.author.view());
  put_u64(out, wait.on.seq);
  put_varint(out, wait.entry);
  return out;
}

/// The seq in an index key, after a prefix of document and log.
std::uint64_t seq_behind(BytesView key, BytesView prefix) {
  return Reader(key.substr(prefix.size())).u64();
}

}  // namespace

Result<Wait> decode_wait(BytesView bytes) {
  Reader in(bytes);
  Wait wait;
  const std::uint8_t what = in.byte();
  wait.on.author = in.id<AuthorId>();
  wait.on.seq = in.u64();
  wait.entry = static_cast<std::uint32_t>(in.varint());
  if (!in.finished() || what < 1 || what > 3) {
    return Error(ErrorCode::corrupt, "The index of waiting changes is damaged.");
  }
  wait.what = static_cast<Wait::For>(what);
  return wait;
}

Result<Bytes> WaitingIndex::row_of(const DocumentSlot& slot, const LocalPosition& change,
                                   const Wait& wait) const {
  if (wait.what != Wait::For::before) {
    return store::dependents_of(slot.compartment_no, wait.on.author, wait.on.seq)
        .append(store::change_name(slot.key, change.log, change.seq));
  }
  const store::LogRow* row = batch_.logs.find(log::LogId{slot.compartment, wait.on.author});
  if (row == nullptr)
    return Error(ErrorCode::corrupt, "A change waits for a log that is missing in the store.");
  Bytes key = store::index_key(index::kQueued, slot.key, row->no, wait.on.seq);
  return key.append(store::block_key(change.log, change.seq));
}

Status WaitingIndex::put_first(const DocumentSlot& slot, const LocalPosition& change,
                               const Wait& wait) {
  RELAIS_ASSIGN(const Bytes row, row_of(slot, change, wait));
  index_.put(row, wait.what == Wait::For::before ? Bytes() : Bytes(1, kWaits));
  index_.put(store::waiting_key(slot.key, change.log, change.seq), encode(wait));
  if (wait.what != Wait::For::before) any_[{slot.compartment_no, wait.on.author}] = true;
  return {};
}

void WaitingIndex::put_behind(const DocumentSlot& slot, const LocalPosition& change) {
  index_.put(store::waiting_key(slot.key, change.log, change.seq), {});
}

Result<std::optional<Wait>> WaitingIndex::first(const DocumentSlot& slot,
                                                const LocalPosition& change) {
  RELAIS_ASSIGN(const auto value, index_.get(store::waiting_key(slot.key, change.log, change.seq)));
  if (!value || value->empty()) return std::optional<Wait>{};
  RELAIS_ASSIGN(const Wait wait, decode_wait(*value));
  return std::optional(wait);
}

Result<bool> WaitingIndex::waits(const DocumentSlot& slot, const LocalPosition& change) {
  RELAIS_ASSIGN(const auto value, index_.get(store::waiting_key(slot.key, change.log, change.seq)));
  return value.has_value();
}

Status WaitingIndex::remove(const DocumentSlot& slot, const LocalPosition& change) {
  RELAIS_ASSIGN(const auto wait, first(slot, change));
  if (wait) {
    RELAIS_ASSIGN(const Bytes row, row_of(slot, change, *wait));
    index_.remove(row);
  }
  index_.remove(store::waiting_key(slot.key, change.log, change.seq));
  return {};
}

Result<std::uint64_t> WaitingIndex::next(const DocumentSlot& slot, store::LogNo log,
                                         std::uint64_t after) {
  const Bytes prefix = store::index_prefix(index::kWaiting, slot.key, log);
  Bytes from = prefix;
  put_u64(from, after + 1);
  std::uint64_t seq = 0;
  RELAIS_TRY(index_.each(prefix, from, [&](BytesView key, BytesView) -> Result<bool> {
    seq = seq_behind(key, prefix);
    return false;
  }));
  return seq;
}

Status WaitingIndex::depend(const DocumentSlot& slot, const LocalPosition& change,
                            const Position& on) {
  index_.put(store::dependents_of(slot.compartment_no, on.author, on.seq)
                 .append(store::change_name(slot.key, change.log, change.seq)),
             Bytes(1, kDepends));
  any_[{slot.compartment_no, on.author}] = true;
  Bytes listed = store::index_key(index::kDependsOn, slot.key, change.log, change.seq);
  listed.append(on.author.view());
  put_u64(listed, on.seq);
  index_.put(listed, {});
  return {};
}

Result<bool> WaitingIndex::any(store::CompartmentNo compartment, const AuthorId& author) {
  const auto known = any_.find({compartment, author});
  if (known != any_.end()) return known->second;
  RELAIS_ASSIGN(const bool found, index_.any(store::dependents_of(compartment, author)));
  any_[{compartment, author}] = found;
  return found;
}

Result<WaitingIndex::Dependents> WaitingIndex::of(store::CompartmentNo compartment,
                                                  const Position& position) {
  // Usually nothing depends on the log: then this is one look-up per log and batch.
  RELAIS_ASSIGN(const bool some, any(compartment, position.author));
  if (!some) return Dependents{};
  return in_range(store::dependents_of(compartment, position.author), position.seq, position.seq);
}

Result<WaitingIndex::Dependents> WaitingIndex::beyond(store::CompartmentNo compartment,
                                                      const AuthorId& author, std::uint64_t seq) {
  return in_range(store::dependents_of(compartment, author), seq + 1, UINT64_MAX);
}

Result<WaitingIndex::Dependents> WaitingIndex::in_range(const Bytes& prefix, std::uint64_t first,
                                                        std::uint64_t last) {
  Dependents dependents;
  Bytes from = prefix;
  put_u64(from, first);
  RELAIS_TRY(index_.each(prefix, from, [&](BytesView key, BytesView value) -> Result<bool> {
    Reader in(key.substr(prefix.size()));
    if (in.u64() > last) return false;
    RELAIS_ASSIGN(auto name, store::parse_change_name(in.rest()));
    if (value == BytesView(&kWaits, 1)) {
      dependents.waiting.push_back(std::move(name));
    } else {
      dependents.documents.push_back(std::move(name.document));
    }
    return true;
  }));
  return dependents;
}

Result<std::vector<store::ChangeName>> WaitingIndex::queued(const DocumentSlot& slot,
                                                            store::LogNo log, std::uint64_t up_to) {
  std::vector<store::ChangeName> names;
  const Bytes prefix = store::index_prefix(index::kQueued, slot.key, log);
  RELAIS_TRY(index_.each(prefix, [&](BytesView key, BytesView) -> Result<bool> {
    Reader in(key.substr(prefix.size()));
    const std::uint64_t seq = in.u64();
    if (seq > up_to) return false;
    store::ChangeName name{slot.key, in.u32(), in.u64()};
    names.push_back(std::move(name));
    return true;
  }));
  return names;
}

Status WaitingIndex::remove_all(const DocumentSlot& slot) {
  const Bytes waiting = store::waiting_prefix(slot.key);
  std::vector<LocalPosition> changes;
  RELAIS_TRY(index_.each(waiting, [&](BytesView key, BytesView) -> Result<bool> {
    Reader in(key.substr(waiting.size()));
    const store::LogNo log = in.u32();
    changes.push_back({log, in.u64()});
    return true;
  }));
  for (const LocalPosition& change : changes) RELAIS_TRY(remove(slot, change));
  const Bytes depends = store::index_prefix(index::kDependsOn, slot.key);
  RELAIS_TRY(index_.each(depends, [&](BytesView key, BytesView) -> Result<bool> {
    Reader in(key.substr(depends.size()));
    const store::LogNo log = in.u32();
    const std::uint64_t seq = in.u64();
    const auto author = in.id<AuthorId>();
    index_.remove(store::dependents_of(slot.compartment_no, author, in.u64())
                      .append(store::change_name(slot.key, log, seq)));
    return true;
  }));
  RELAIS_TRY(index_.remove_all(depends));
  return index_.remove_all(store::index_prefix(index::kQueued, slot.key));
}

}  // namespace relais::replica
