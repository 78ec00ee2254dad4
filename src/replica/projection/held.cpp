#include "replica/projection/held.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"
#include "store/tables/keys.h"

namespace relais::replica {
namespace {

using store::Batch;
using store::Durability;
using store::Family;

char table_of(const access::Verdict& verdict) {
  const bool waits = std::holds_alternative<access::Waiting>(verdict);
  return waits ? store::held::kWaiting : store::held::kQuarantine;
}

const log::VerifiedPiece& piece_of(const access::Verdict& verdict) {
  if (const auto* waiting = std::get_if<access::Waiting>(&verdict)) return waiting->piece;
  return std::get<access::Quarantined>(verdict).piece;
}

Bytes encode(const log::VerifiedPiece& piece, const std::vector<Bytes>& seals) {
  Bytes value;
  put_sized(value, piece.piece().entries);
  for (const Bytes& seal : seals) put_sized(value, seal);
  return value;
}

Result<HeldPiece> decode(BytesView key, BytesView value) {
  HeldPiece held;
  held.key = Bytes(key);
  Reader at(key.substr(1));
  held.piece.log.compartment = at.id<CompartmentId>();
  held.piece.log.author = at.id<AuthorId>();
  held.piece.first_seq = at.u64();
  Reader in(value);
  held.piece.entries = in.sized(limits::kMessageBytes);
  while (in.ok() && !in.at_end()) held.seals.emplace_back(in.sized(limits::kSealBytes));
  if (!in.ok() || !at.finished())
    return Error(ErrorCode::corrupt, "A held piece is damaged in the store.");
  return held;
}

Result<bool> has_room(const Core& core, char table, std::size_t bytes) {
  std::size_t count = 1;
  const auto cursor = core.store->scan_prefix(Family::held, Bytes(1, table));
  for (; cursor->valid(); cursor->next()) {
    ++count;
    bytes += cursor->value().size();
  }
  RELAIS_TRY(cursor->status());
  return count <= limits::kUnknownAuthorSegments && bytes <= limits::kUnknownAuthorBytes;
}

}  // namespace

Status hold(Core& core, const access::Verdict& verdict, const std::vector<Bytes>& seals) {
  const char table = table_of(verdict);
  const log::VerifiedPiece& piece = piece_of(verdict);
  const Bytes value = encode(piece, seals);
  RELAIS_ASSIGN(const bool room, has_room(core, table, value.size()));
  if (!room) return {};
  Batch batch;
  batch.put(Family::held, store::held_key(table, piece.log(), piece.before().seq + 1), value);
  return core.commit(batch, Durability::buffered);
}

Result<std::vector<HeldPiece>> held_pieces(const Core& core) {
  std::vector<HeldPiece> all;
  const auto cursor = core.store->scan_prefix(Family::held, {});
  for (; cursor->valid(); cursor->next()) {
    RELAIS_ASSIGN(auto held, decode(cursor->key(), cursor->value()));
    all.push_back(std::move(held));
  }
  RELAIS_TRY(cursor->status());
  return all;
}

bool stays_held(const HeldPiece& held, const access::Verdict& verdict) {
  return !std::holds_alternative<access::AdmittedPiece>(verdict) &&
         held.key[0] == table_of(verdict);
}

Status remove_held_piece(Core& core, const HeldPiece& held) {
  Batch batch;
  batch.remove(Family::held, held.key);
  return core.commit(batch, Durability::buffered);
}

}  // namespace relais::replica
