#include "engine/own_commit.h"

#include <map>
#include <utility>

#include "base/limits.h"
#include "base/try.h"
#include "engine/authors_met.h"
#include "store/tables/door.h"

namespace relais::engine {

OwnCommit::OwnCommit(Core& core) : core_(core), codec_(core.opener.codec()) {}

OwnCommit::~OwnCommit() {
  // Writers that appended what was never committed are ahead of the store.
  for (const CompartmentId& compartment : compartments_) core_.own.open().erase(compartment);
}

Result<document::Position> OwnCommit::next(const CompartmentId& compartment) {
  RELAIS_TRY(core_.check_running());
  const access::Gate gate(core_.control.membership);
  RELAIS_TRY(check_own_authors(core_));
  if (compartment != core_.control_compartment()) {
    RELAIS_TRY(gate.may_write_here(core_.identity.keys.signing.public_key, compartment));
  }
  RELAIS_ASSIGN(const OwnLog* own, core_.own.get(core_.control, *core_.store, compartment));
  return document::Position{core_.identity.author(), own->writer.next_seq()};
}

document::Stamp OwnCommit::stamp() { return core_.next_stamp(); }

Result<OwnLog*> OwnCommit::log_with_room(const CompartmentId& compartment,
                                         std::size_t change_bytes) {
  RELAIS_ASSIGN(OwnLog * own, core_.own.get(core_.control, *core_.store, compartment));
  if (change_bytes == 0 || !own->writer.fits(change_bytes)) {
    return Error(ErrorCode::limit_exceeded,
                 "That is too much for one transaction: write it in parts.");
  }
  return own;
}

void OwnCommit::added(const CompartmentId& compartment, BytesView change, std::size_t block_bytes) {
  compartments_.insert(compartment);
  bytes_ += block_bytes;
  ++changes_;
  plain_.push_back({compartment, Bytes(change)});
}

Status OwnCommit::add(const CompartmentId& compartment, BytesView change, bool transaction_end) {
  RELAIS_ASSIGN(OwnLog * own, log_with_room(compartment, change.size()));
  added(compartment, change, own->writer.append(codec_, change, transaction_end));
  return {};
}

Status OwnCommit::add_packed(const CompartmentId& compartment, BytesView change, BytesView packed,
                             bool transaction_end) {
  RELAIS_ASSIGN(OwnLog * own, log_with_room(compartment, change.size()));
  added(compartment, change, own->writer.append_packed(packed, change.size(), transaction_end));
  return {};
}

Status OwnCommit::take(const CompartmentId& compartment, Filer& filer) {
  OwnLog& own = core_.own.open().at(compartment);
  const bool control = compartment == core_.control_compartment();
  log::VerifiedPiece piece = own.writer.take();
  const Transactions ends = transactions(piece);
  std::uint64_t first = piece.before().seq + 1;
  const log::Head genesis = core_.genesis(piece.log());
  access::Verdict verdict = access::Gate(core_.control.membership).judge(std::move(piece));
  const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict);
  if (admitted == nullptr) {
    return Error(ErrorCode::not_authorised, "This device may not write in that part of the space.");
  }
  const auto append = control ? store::append_control : store::append;
  RELAIS_ASSIGN(const auto row, append(batch_, core_.logs, genesis, *admitted));
  core_.authors.add(row.device_key, row.id.author);
  wrote_control_ = wrote_control_ || control;
  for (auto& [where, change] : plain_) {
    if (where == compartment && !control) filer.add(row, first++, std::move(change));
  }
  for (const TransactionEnd& end : ends) {
    own.sealer.add(end.head, end.bytes);
    RELAIS_TRY(seal_if_full(own, row));
  }
  return {};
}

Status OwnCommit::seal_if_full(OwnLog& own, const store::LogRow& row) {
  if (!own.sealer.full()) return {};
  const wire::Seal seal =
      own.sealer.sign(core_.identity.writer(), row.id, core_.identity.keys.signing.secret_key);
  own.sealer.sealed();
  return store::add_seal(*core_.store, batch_, core_.logs, row.no, wire::encode(seal),
                         core_.open_sessions > 0);
}

Status OwnCommit::finish() {
  if (compartments_.empty()) return {};
  if (Status written = write(); !written) {
    core_.stop();
    return written;
  }
  batch_.clear();
  plain_.clear();
  compartments_.clear();
  bytes_ = 0;
  changes_ = 0;
  if (!std::exchange(wrote_control_, false)) return {};
  return core_.refresh_control();
}

Status OwnCommit::write() {
  Filer filer(*core_.store, core_.logs, core_.control, core_.documents);
  for (const CompartmentId& compartment : compartments_) RELAIS_TRY(take(compartment, filer));
  RELAIS_ASSIGN(const auto touched, filer.finish(batch_));
  core_.save_stamp(batch_);
  return core_.commit(batch_, store::Durability::synced, touched);
}

Status seal_own_logs(Core& core) {
  store::Batch batch;
  std::vector<OwnLog*> sealed;
  std::vector<std::pair<store::LogNo, Bytes>> seals;
  // A log of this author that wasn't opened yet in this run may hold what a crash left unsigned.
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.author != core.identity.author()) continue;
    RELAIS_ASSIGN(OwnLog * own, core.own.get(core.control, *core.store, id.compartment));
    if (!own->sealer.unsealed()) continue;
    const wire::Seal seal =
        own->sealer.sign(core.identity.writer(), id, core.identity.keys.signing.secret_key);
    seals.emplace_back(row.no, wire::encode(seal));
    sealed.push_back(own);
  }
  if (sealed.empty()) return {};
  for (const auto& [no, seal] : seals) {
    RELAIS_TRY(store::add_seal(*core.store, batch, core.logs, no, seal, core.open_sessions > 1));
  }
  RELAIS_TRY(core.commit(batch, store::Durability::synced, {}));
  for (OwnLog* own : sealed) own->sealer.sealed();
  return {};
}

access::CitedHeads control_heads(const Core& core) {
  std::multimap<access::Level, access::CitedHeads::value_type> by_level;
  const access::Membership& membership = core.control.membership;
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.compartment != core.control_compartment() || row.head.seq == 0) continue;
    const access::Device* device = membership.device_of(row.device_key);
    const bool root = row.device_key == membership.root_key();
    if (!root && (device == nullptr || device->level > access::Level::supervisor)) continue;
    by_level.insert(
        {root ? access::Level::root : device->level, {id.author, row.head.seq, row.head.hash}});
  }
  access::CitedHeads heads;
  for (auto& [level, head] : by_level) heads.push_back(head);
  return heads;
}

Status write_control(Core& core, const std::vector<wire::ControlRecord>& records) {
  OwnCommit commit(core);
  for (std::size_t i = 0; i < records.size(); ++i) {
    RELAIS_TRY(commit.next(core.control_compartment()));
    RELAIS_TRY(
        commit.add(core.control_compartment(), wire::encode(records[i]), i + 1 == records.size()));
  }
  return commit.finish();
}

}  // namespace relais::engine
