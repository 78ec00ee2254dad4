#include "replica/projection/inbound.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/projection/held.h"
#include "replica/projection/work.h"
#include "replica/write/epochs.h"
#include "store/tables/log_append.h"
#include "store/tables/seals.h"

namespace relais::replica {
namespace {

using store::Durability;
using store::Family;

/// The last held position that is admitted.
std::uint64_t admitted_end(const Core& core, const store::LogRow& row) {
  return std::min(row.head.seq, core.admitted(row.id).value_or(row.head.seq));
}

/// Adds the piece's transactions to the projector, up to the size of a slice.
void open_piece(Core& core, Projector& projector, const store::LogRow& row,
                const log::VerifiedPiece& piece) {
  const std::uint64_t end = admitted_end(core, row);
  bool transaction_end = true;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto item = piece.item(i);
    if (item.seq <= row.opened) continue;
    const bool full = projector.added_bytes() >= limits::kProjectionSliceBytes;
    if (item.seq > end || (full && transaction_end)) {
      return projector.stop_before(row, item.seq, item.before);
    }
    transaction_end = item.transaction_end;
    projector.add(row,
                  open_block(core, row, {item.seq, item.transaction_end, item.before, item.block}));
  }
}

/// Runs the projector and commits the result.
Status file_and_commit(Core& core, Projector& projector, store::Commit& commit) {
  RELAIS_ASSIGN(const auto touched, projector.finish(commit));
  core.observe_stamp(projector.latest_stamp());  // harmless if the commit fails
  core.save_stamp(commit.batch());
  RELAIS_TRY(core.commit(commit, Durability::buffered, touched));
  return finish_projection(core, projector);
}

/// Judges the next slice of a log. False: nothing is left.
Result<bool> catch_up_some(Core& core, const store::LogRow& row) {
  store::Commit commit(core.logs);
  Projector projector = make_projector(core);
  const std::uint64_t end = admitted_end(core, row);
  std::size_t bytes = 0;
  bool transaction_end = true;
  const auto cursor = core.store->scan(Family::log, store::block_key(row.no, row.opened + 1),
                                       store::block_key(row.no, end + 1));
  for (; cursor->valid(); cursor->next()) {
    const bool full = projector.added_bytes() >= limits::kProjectionSliceBytes ||
                      bytes >= limits::kCommitBatchBytes;
    if (full && transaction_end) break;
    RELAIS_ASSIGN(const auto stored, store::decode_block(cursor->value()));
    transaction_end = stored.transaction_end;
    projector.add(row, open_block(core, row,
                                  {store::seq_of(cursor->key()), stored.transaction_end,
                                   stored.before, stored.block}));
    bytes += stored.block.size();
  }
  RELAIS_TRY(cursor->status());
  RELAIS_TRY(file_and_commit(core, projector, commit));
  const std::uint64_t opened = core.logs.find(row.no)->opened;
  return opened > row.opened && opened < end;
}

Status catch_up_log(Core& core, const log::LogId& id) {
  bool more = true;
  while (more) {
    const store::LogRow row = *core.logs.find(id);
    if (row.opened >= admitted_end(core, row)) return {};
    RELAIS_ASSIGN(more, catch_up_some(core, row));
  }
  return {};
}

Status commit_control(Core& core, store::Commit& commit) {
  RELAIS_TRY(core.commit(commit, Durability::buffered, {}));
  RELAIS_TRY(core.refresh_control());
  RELAIS_TRY(judge_held_again(core));
  RELAIS_TRY(catch_up(core));
  RELAIS_TRY(judge_positions_again(core));
  return share_own_epochs(core);
}

Status freeze(Core& core, store::Commit& commit, store::LogNo no, const store::ForkProof& proof) {
  commit.add_fork(no, proof);
  RELAIS_TRY(core.commit(commit, Durability::buffered, {}));
  return judge_positions_again(core);  // changes that cite what never arrives stop waiting
}

/// The seals that aren't kept yet.
Result<std::vector<Bytes>> unknown_seals(const Core& core, const store::LogRow* row,
                                         const std::vector<Bytes>& seals) {
  if (row == nullptr) return seals;
  std::vector<Bytes> unknown;
  for (const Bytes& bytes : seals) {
    RELAIS_ASSIGN(const wire::Seal seal, wire::decode_seal(bytes));
    const Bytes key = store::seal_key(row->no, seal.header.heads.back().seq, bytes);
    RELAIS_ASSIGN(const auto kept, core.store->get(Family::meta, key));
    if (!kept) unknown.push_back(bytes);
  }
  return unknown;
}

Result<peer::InboundResult> admit(Core& core, const access::AdmittedPiece& admitted,
                                  const std::vector<Bytes>& given) {
  const log::VerifiedPiece& piece = admitted.piece();
  const store::LogRow* known = core.logs.find(piece.log());
  const std::uint64_t held = known == nullptr ? 0 : known->head.seq;
  if (known != nullptr && core.logs.forks().contains(known->no)) {
    return peer::InboundResult::forked;
  }
  RELAIS_ASSIGN(const auto seals, unknown_seals(core, known, given));
  RELAIS_ASSIGN(const auto fork, store::find_fork(*core.store, core.logs, piece, seals));
  // Another session received it meanwhile, or it was requested again to search for a fork.
  if (!fork && piece.after().seq <= held) return peer::InboundResult::stored;
  const bool control = piece.log().compartment == core.control_compartment();
  store::Commit commit(core.logs);
  if (fork) {
    const store::LogRow& row =
        commit.intern(piece.log(), piece.device_key(), core.genesis(piece.log()));
    RELAIS_TRY(freeze(core, commit, row.no, *fork));
    return peer::InboundResult::forked;
  }
  const auto append = control ? store::append_control : store::append;
  const auto row = append(commit, core.genesis(piece.log()), admitted);
  if (!row && row.error().code() == ErrorCode::forked) return peer::InboundResult::forked;
  if (!row) return row.error();
  RELAIS_TRY(store::add_seals(commit, *core.store, row->no, &piece, seals, core.open_sessions > 1));
  if (control) {
    core.authors.add(row->device_key, row->id.author);
    RELAIS_TRY(commit_control(core, commit));
    return peer::InboundResult::stored;
  }
  Projector projector = make_projector(core);
  if (row->opened >= piece.before().seq) open_piece(core, projector, *row, piece);
  RELAIS_TRY(file_and_commit(core, projector, commit));
  core.authors.add(row->device_key, row->id.author);
  RELAIS_TRY(catch_up_log(core, row->id));
  return peer::InboundResult::stored;
}

access::Verdict judge(const Core& core, log::VerifiedPiece piece) {
  return access::Gate(core.control.membership).judge(std::move(piece));
}

/// Verifies a held piece against the current log. Fails if the piece no longer fits the log.
Result<log::VerifiedPiece> verify_again(const Core& core, const HeldPiece& held) {
  const store::LogRow* row = core.logs.find(held.piece.log);
  log::Verifier verifier(held.piece.log, row != nullptr ? row->head : core.genesis(held.piece.log));
  for (const Bytes& seal : held.seals) {
    RELAIS_ASSIGN(const auto verified, log::verify_seal(seal, core.identity.space));
    RELAIS_TRY(verifier.add(verified));
  }
  return verifier.verify(held.piece);
}

/// Takes in a held piece if it is admitted by now. Drops a piece that no longer fits its log: a
/// sync received its changes otherwise.
Status judge_again(Core& core, const HeldPiece& held) {
  auto piece = verify_again(core, held);
  if (piece) {
    const access::Verdict verdict = judge(core, std::move(*piece));
    if (stays_held(held, verdict)) return {};
    if (const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict)) {
      RELAIS_TRY(admit(core, *admitted, held.seals));
    } else {
      RELAIS_TRY(hold(core, verdict, held.seals));
    }
  }
  return remove_held_piece(core, held);
}

}  // namespace

Result<peer::InboundResult> store_inbound(Core& core, log::VerifiedPiece piece,
                                          const std::vector<Bytes>& seals) {
  RELAIS_TRY(core.check_running());
  const bool own = piece.log().author == core.identity.author();
  RELAIS_ASSIGN(const bool may_add, may_add_author(core, piece.log(), piece.device_key()));
  if (!may_add) return peer::InboundResult::quarantined;
  access::Verdict verdict = judge(core, std::move(piece));
  if (const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict)) {
    // This device's own log is longer elsewhere, so the folder is an older copy: it continues as
    // another author, whatever becomes of the piece.
    if (own) RELAIS_TRY(start_new_incarnation(core, core.identity.marker));
    return admit(core, *admitted, seals);
  }
  RELAIS_TRY(hold(core, verdict, seals));
  const bool waits = std::holds_alternative<access::Waiting>(verdict);
  return waits ? peer::InboundResult::waiting : peer::InboundResult::quarantined;
}

namespace {

/// Whether one of the seals is of the log and has a head beyond `seq`.
bool signs_beyond(const Core& core, const log::LogId& log, std::uint64_t seq,
                  const std::vector<Bytes>& seals) {
  return std::any_of(seals.begin(), seals.end(), [&](const Bytes& seal) {
    const auto verified = log::verify_seal(seal, core.identity.space);
    return verified && verified->log == log && verified->header.heads.back().seq > seq;
  });
}

}  // namespace

Status keep_fork_proof(Core& core, const log::LogId& log, const std::vector<Bytes>& seals) {
  const store::LogRow* row = core.logs.find(log);
  if (row == nullptr || core.logs.forks().contains(row->no)) return {};
  RELAIS_ASSIGN(const auto fork, store::find_fork(*core.store, core.logs, log, seals));
  const store::LogNo no = row->no;
  const bool goes_on = log.author == core.identity.author() &&
                       (fork || signs_beyond(core, log, row->head.seq, seals));
  // This device's own log continued elsewhere: later writes must not be left out with it. Done
  // first, because a stored fork isn't processed again.
  if (goes_on) RELAIS_TRY(start_new_incarnation(core, core.identity.marker));
  if (!fork) return {};
  store::Commit commit(core.logs);
  return freeze(core, commit, no, *fork);
}

Status judge_held_again(Core& core) {
  RELAIS_ASSIGN(const auto all, held_pieces(core));
  for (const HeldPiece& held : all) {
    // A piece that can't be taken in stays held, unless the store failed.
    if (!judge_again(core, held)) RELAIS_TRY(core.check_running());
  }
  return {};
}

OpenedBlock open_block(Core& core, const store::LogRow& row,
                       const BlockDecryptor::Block& position) {
  OpenedBlock block{position.seq, position.transaction_end, position.before, std::nullopt, {}};
  Bytes change;
  const Status opened = core.decryptor.open(change, core.control, row, position);
  if (opened) {
    block.change = std::move(change);
    return block;
  }
  switch (opened.error().code()) {
    case ErrorCode::not_found: block.reason = store::SetAside::locked; break;
    case ErrorCode::limit_exceeded: block.reason = store::SetAside::over_limit; break;
    default: block.reason = store::SetAside::unreadable; break;
  }
  return block;
}

Status catch_up(Core& core) {
  std::vector<log::LogId> behind;
  for (const auto& [id, row] : core.logs.rows()) {
    if (id.compartment != core.control_compartment()) behind.push_back(id);
  }
  for (const log::LogId& id : behind) RELAIS_TRY(catch_up_log(core, id));
  return {};
}

}  // namespace relais::replica
