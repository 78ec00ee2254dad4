#include "replica/write/own_commit.h"

#include <map>
#include <utility>

#include "base/limits.h"
#include "base/try.h"
#include "replica/known_authors.h"
#include "replica/projection/work.h"
#include "store/tables/log_append.h"
#include "store/tables/seals.h"

namespace relais::replica {

Error transaction_too_large() {
  return Error(ErrorCode::limit_exceeded, "The transaction is too large: write it in parts.");
}

OwnCommit::OwnCommit(Core& core)
    : core_(core), codec_(core.decryptor.codec()), commit_(core.logs) {}

OwnCommit::~OwnCommit() { reset(); }

// Closes the logs, whose writers may be ahead of the store.
void OwnCommit::reset() {
  for (const CompartmentId& compartment : compartments_) core_.own.open().erase(compartment);
  plain_.clear();
  compartments_.clear();
  may_write_.clear();
  bytes_ = 0;
  changes_ = 0;
}

Result<document::Position> OwnCommit::next(const CompartmentId& compartment) {
  RELAIS_TRY(core_.check_running());
  const access::Gate gate(core_.control.membership);
  RELAIS_TRY(check_own_authors(core_));
  if (compartment != core_.control_compartment() && !may_write_.contains(compartment)) {
    RELAIS_TRY(gate.may_write_here(core_.identity.keys.signing.public_key, compartment));
    may_write_.insert(compartment);
  }
  RELAIS_ASSIGN(const OwnLog* own, core_.own.get(core_.control, *core_.store, compartment));
  return document::Position{core_.identity.author(), own->writer.next_seq()};
}

Result<document::Position> next_own_position(Core& core, const CompartmentId& compartment) {
  RELAIS_TRY(core.check_running());
  RELAIS_TRY(check_own_authors(core));
  if (core.control.membership.compartment(compartment) != nullptr) {
    RELAIS_TRY(access::Gate(core.control.membership)
                   .may_write_here(core.identity.keys.signing.public_key, compartment));
  }
  const auto open = core.own.open().find(compartment);
  const store::LogRow* row = core.logs.find(core.own.id(compartment));
  const std::uint64_t stored = row != nullptr ? row->head.seq : 0;
  const bool is_open = open != core.own.open().end();
  return document::Position{core.identity.author(),
                            is_open ? open->second.writer.next_seq() : stored + 1};
}

Result<OwnLog*> OwnCommit::log_with_room(const CompartmentId& compartment,
                                         std::size_t change_bytes) {
  RELAIS_ASSIGN(OwnLog * own, core_.own.get(core_.control, *core_.store, compartment));
  if (change_bytes == 0 || !own->writer.fits(change_bytes)) {
    return transaction_too_large();
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

Status OwnCommit::take(const CompartmentId& compartment, Projector& projector) {
  OwnLog& own = core_.own.open().at(compartment);
  const bool control = compartment == core_.control_compartment();
  log::VerifiedPiece piece = own.writer.take();
  const Transactions ends = transactions(piece);
  const log::Head genesis = core_.genesis(piece.log());
  access::Verdict verdict = access::Gate(core_.control.membership).judge(std::move(piece));
  const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict);
  if (admitted == nullptr) {
    return Error(ErrorCode::not_authorised, "This device may not write in that part of the space.");
  }
  const auto append = control ? store::append_control : store::append;
  RELAIS_ASSIGN(const auto row, append(commit_, genesis, *admitted));
  if (row.head != admitted->piece().after()) {
    return Error(ErrorCode::store_failed, "This device's log grew during the write: write again.",
                 Retry::later);
  }
  core_.authors.add(row.device_key, row.id.author);
  wrote_control_ = wrote_control_ || control;
  std::size_t next = 0;
  for (auto& [where, change] : plain_) {
    if (where != compartment || control) continue;
    const auto item = admitted->piece().item(next++);
    projector.add(row, {item.seq, item.transaction_end, item.before, std::move(change), {}});
  }
  return store::add_seals(commit_, *core_.store, row.no, &admitted->piece(), full_seals(own, ends),
                          core_.open_sessions > 0);
}

std::vector<Bytes> OwnCommit::full_seals(OwnLog& own, const Transactions& ends) const {
  std::vector<Bytes> seals;
  for (const TransactionEnd& end : ends) {
    own.sealer.add(end.head, end.bytes);
    if (!own.sealer.full()) continue;
    seals.push_back(wire::encode(own.sealer.sign(core_.identity.writer(), own.writer.log(),
                                                 core_.identity.keys.signing.secret_key)));
    own.sealer.sealed();
  }
  return seals;
}

Status OwnCommit::finish() {
  if (compartments_.empty()) return {};
  if (Status written = write(); !written) {
    reset();
    return written;
  }
  plain_.clear();
  compartments_.clear();
  may_write_.clear();
  bytes_ = 0;
  changes_ = 0;
  if (!std::exchange(wrote_control_, false)) return {};
  RELAIS_TRY(core_.refresh_control());
  return judge_positions_again(core_);
}

Status OwnCommit::write() {
  Projector projector = make_projector(core_);
  for (const CompartmentId& compartment : compartments_) RELAIS_TRY(take(compartment, projector));
  RELAIS_ASSIGN(const auto touched, projector.finish(commit_));
  core_.save_stamp(commit_.batch());
  RELAIS_TRY(core_.commit(commit_, store::Durability::synced, touched));
  return finish_projection(core_, projector);
}

Status seal_own_logs(Core& core) {
  std::vector<OwnLog*> sealed;
  std::vector<std::pair<store::LogNo, Bytes>> seals;
  // Also logs that aren't open: a crash may have left them without a seal.
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
  store::Commit commit(core.logs);
  for (const auto& [no, seal] : seals) {
    RELAIS_TRY(store::add_seals(commit, *core.store, no, nullptr, {seal}, core.open_sessions > 1));
  }
  RELAIS_TRY(core.commit(commit, store::Durability::synced, {}));
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

}  // namespace relais::replica
