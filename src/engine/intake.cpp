#include "engine/intake.h"

#include <set>

#include "base/limits.h"
#include "base/try.h"
#include "engine/held.h"
#include "engine/incarnation.h"
#include "store/tables/door.h"
#include "store/tables/seals.h"

namespace relais::engine {
namespace {

using store::Durability;
using store::Family;

/// Opens one block and gives it to the filer. False: its key isn't here.
Result<bool> open_one(Core& core, Filer& filer, const store::LogRow& row,
                      const Opener::Place& place) {
  Bytes change;
  const Status opened = core.opener.open(change, core.control, row, place);
  if (opened) {
    filer.add(row, place.seq, std::move(change));
    return true;
  }
  if (opened.error().code() == ErrorCode::not_found) return false;
  filer.add_unreadable(row, place.seq);
  return true;
}

Status open_piece(Core& core, Filer& filer, const store::LogRow& row,
                  const log::VerifiedPiece& piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto item = piece.item(i);
    if (item.seq <= row.opened) continue;
    RELAIS_ASSIGN(
        const bool opened,
        open_one(core, filer, row, {item.seq, item.transaction_end, item.before, item.block}));
    if (!opened) break;
  }
  return {};
}

/// Files what the filer was given and commits it all.
Status file_and_commit(Core& core, Filer& filer, store::Commit& commit) {
  RELAIS_ASSIGN(const auto touched, filer.finish(commit));
  core.observe_stamp(filer.latest_stamp());  // ahead of a failed write it harms nothing
  core.save_stamp(commit.batch());
  return core.commit(commit, Durability::buffered, touched);
}

Status commit_control(Core& core, store::Commit& commit) {
  RELAIS_TRY(core.commit(commit, Durability::buffered, {}));
  RELAIS_TRY(core.refresh_control());
  RELAIS_TRY(judge_held_again(core));
  return catch_up(core);
}

Status freeze(Core& core, store::LogNo no, const store::ForkProof& proof) {
  store::Commit commit(core.logs);
  commit.add_fork(no, proof);
  return core.commit(commit, Durability::buffered, {});
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

Result<Host::Fate> admit(Core& core, const access::AdmittedPiece& admitted,
                         const std::vector<Bytes>& given) {
  const log::VerifiedPiece& piece = admitted.piece();
  const store::LogRow* known = core.logs.find(piece.log());
  const std::uint64_t held = known == nullptr ? 0 : known->head.seq;
  if (piece.after().seq <= held) return Host::Fate::stored;  // another session brought it meanwhile
  if (known != nullptr && core.logs.forks().contains(known->no)) return Host::Fate::forked;
  RELAIS_ASSIGN(const auto seals, unknown_seals(core, known, given));
  RELAIS_ASSIGN(const auto fork, store::find_fork(*core.store, core.logs, piece, seals));
  const bool control = piece.log().compartment == core.control_compartment();
  store::Commit commit(core.logs);
  if (fork) {
    const store::LogRow& row =
        commit.intern(piece.log(), piece.device_key(), core.genesis(piece.log()));
    commit.add_fork(row.no, *fork);
    RELAIS_TRY(core.commit(commit, Durability::buffered, {}));
    return Host::Fate::forked;
  }
  const auto append = control ? store::append_control : store::append;
  const auto row = append(commit, core.genesis(piece.log()), admitted);
  if (!row && row.error().code() == ErrorCode::forked) return Host::Fate::forked;
  if (!row) return row.error();
  RELAIS_TRY(store::add_seals(commit, *core.store, row->no, &piece, seals, core.open_sessions > 1));
  if (control) {
    core.authors.add(row->device_key, row->id.author);
    RELAIS_TRY(commit_control(core, commit));
    return Host::Fate::stored;
  }
  Filer filer(*core.store, core.logs, core.control, core.documents);
  // Behind blocks whose key isn't here, later ones wait too: catch_up opens them in order.
  if (row->opened >= piece.before().seq) RELAIS_TRY(open_piece(core, filer, *row, piece));
  RELAIS_TRY(file_and_commit(core, filer, commit));
  core.authors.add(row->device_key, row->id.author);
  return Host::Fate::stored;
}

access::Verdict judge(const Core& core, log::VerifiedPiece piece) {
  return access::Gate(core.control.membership).judge(std::move(piece));
}

/// A held piece as it is now, from its bytes. Fails if it doesn't fit its log any more.
Result<log::VerifiedPiece> verify_again(const Core& core, const HeldPiece& held) {
  const store::LogRow* row = core.logs.find(held.piece.log);
  log::Verifier verifier(held.piece.log, row != nullptr ? row->head : core.genesis(held.piece.log));
  for (const Bytes& seal : held.seals) {
    RELAIS_ASSIGN(const auto verified, log::verify_seal(seal, core.identity.space));
    RELAIS_TRY(verifier.add(verified));
  }
  return verifier.verify(held.piece);
}

/// Takes a held piece in if its author may write by now. One that doesn't fit any more isn't
/// needed: what replaced it came by a sync.
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
  return let_go(core, held);
}

/// Opens and files the next MiB or so of a log. False: that was all that can be opened.
Result<bool> catch_up_some(Core& core, store::LogRow row) {
  store::Commit commit(core.logs);
  Filer filer(*core.store, core.logs, core.control, core.documents);
  std::size_t bytes = 0;
  bool opened = true;
  const auto cursor = core.store->scan(Family::log, store::block_key(row.no, row.opened + 1),
                                       store::block_key(row.no, row.head.seq + 1));
  for (; opened && cursor->valid() && bytes < limits::kCommitBatchBytes; cursor->next()) {
    RELAIS_ASSIGN(const auto stored, store::decode_block(cursor->value()));
    RELAIS_ASSIGN(opened, open_one(core, filer, row,
                                   {store::seq_of(cursor->key()), stored.transaction_end,
                                    stored.before, stored.block}));
    bytes += stored.block.size();
  }
  RELAIS_TRY(cursor->status());
  RELAIS_TRY(file_and_commit(core, filer, commit));
  return opened && core.logs.find(row.no)->opened < row.head.seq;
}

}  // namespace

Result<Host::Fate> take_in(Core& core, log::VerifiedPiece piece, const std::vector<Bytes>& seals) {
  RELAIS_TRY(core.check_running());
  const bool own = piece.log().author == core.identity.author();
  RELAIS_ASSIGN(const bool met, may_meet(core, piece.log(), piece.device_key()));
  if (!met) return Host::Fate::quarantined;
  access::Verdict verdict = judge(core, std::move(piece));
  if (const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict)) {
    // Our own log is longer elsewhere: this folder is an older copy of ourselves, and writes no
    // more of that log, whatever becomes of the piece.
    if (own) RELAIS_TRY(start_new_incarnation(core, core.identity.marker));
    return admit(core, *admitted, seals);
  }
  RELAIS_TRY(hold(core, verdict, seals));
  const bool waits = std::holds_alternative<access::Waiting>(verdict);
  return waits ? Host::Fate::waiting : Host::Fate::quarantined;
}

Status keep_fork_proof(Core& core, const log::LogId& log, const std::vector<Bytes>& seals) {
  const store::LogRow* row = core.logs.find(log);
  if (row == nullptr || core.logs.forks().contains(row->no)) return {};
  RELAIS_ASSIGN(const auto fork, store::find_fork(*core.store, core.logs, log, seals));
  return fork ? freeze(core, row->no, *fork) : Status();
}

Status judge_held_again(Core& core) {
  RELAIS_ASSIGN(const auto all, held_pieces(core));
  for (const HeldPiece& held : all) {
    // What can't be taken in for now stays, unless the store failed.
    if (!judge_again(core, held)) RELAIS_TRY(core.check_running());
  }
  return {};
}

Status catch_up(Core& core) {
  std::vector<log::LogId> behind;
  for (const auto& [id, row] : core.logs.rows()) {
    const bool data = id.compartment != core.control_compartment();
    if (data && row.opened < row.head.seq) behind.push_back(id);
  }
  for (const log::LogId& id : behind) {
    bool more = true;
    while (more) {
      RELAIS_ASSIGN(more, catch_up_some(core, *core.logs.find(id)));
    }
  }
  return {};
}

}  // namespace relais::engine
