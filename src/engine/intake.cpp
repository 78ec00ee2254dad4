#include "engine/intake.h"

#include "base/limits.h"
#include "base/try.h"
#include "engine/held.h"
#include "engine/incarnation.h"
#include "store/tables/door.h"

namespace relais::engine {
namespace {

using store::Batch;
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
Status file_and_commit(Core& core, Filer& filer, Batch& batch) {
  RELAIS_ASSIGN(const auto touched, filer.finish(batch));
  core.observe_stamp(filer.latest_stamp());
  core.save_stamp(batch);
  return core.commit(batch, Durability::buffered, touched);
}

Status commit_control(Core& core, const Batch& batch) {
  RELAIS_TRY(core.commit(batch, Durability::buffered, {}));
  RELAIS_TRY(core.refresh_control());
  RELAIS_TRY(judge_held_again(core));
  return catch_up(core);
}

Status admit(Core& core, const access::AdmittedPiece& admitted, const std::vector<Bytes>& seals) {
  const log::VerifiedPiece& piece = admitted.piece();
  const store::LogRow* known = core.logs.find(piece.log());
  const std::uint64_t held = known == nullptr ? 0 : known->head.seq;
  const bool control = piece.log().compartment == core.control_compartment();
  const auto append = control ? store::append_control : store::append;
  Batch batch;
  RELAIS_ASSIGN(const auto row, append(batch, core.logs, core.genesis(piece.log()), admitted));
  if (row.head.seq == held) return {};  // another session brought it meanwhile
  core.authors.add(row.device_key, row.id.author);
  for (const Bytes& seal : seals) {
    RELAIS_TRY(
        store::add_seal(*core.store, batch, core.logs, row.no, seal, core.open_sessions > 1));
  }
  if (control) return commit_control(core, batch);
  Filer filer(*core.store, core.logs, core.control, core.documents);
  // Behind blocks whose key isn't here, later ones wait too: catch_up opens them in order.
  if (row.opened >= piece.before().seq) RELAIS_TRY(open_piece(core, filer, row, piece));
  return file_and_commit(core, filer, batch);
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
    const auto* admitted = std::get_if<access::AdmittedPiece>(&verdict);
    RELAIS_TRY(admitted != nullptr ? admit(core, *admitted, held.seals)
                                   : hold(core, verdict, held.seals));
  }
  return let_go(core, held);
}

/// Opens and files the next MiB or so of a log. False: that was all that can be opened.
Result<bool> catch_up_some(Core& core, store::LogRow row) {
  Batch batch;
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
  RELAIS_TRY(file_and_commit(core, filer, batch));
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
    RELAIS_TRY(admit(core, *admitted, seals));
    // Our own log was longer elsewhere: this folder is an older copy of ourselves.
    if (own) RELAIS_TRY(start_new_incarnation(core, core.identity.marker));
    return Host::Fate::stored;
  }
  RELAIS_TRY(hold(core, verdict, seals));
  const bool waits = std::holds_alternative<access::Waiting>(verdict);
  return waits ? Host::Fate::waiting : Host::Fate::quarantined;
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
