#pragma once

#include <vector>

#include "access/gate.h"
#include "replica/core.h"

/// Pieces that weren't admitted: docs/spec/access.md, "Admission".
namespace relais::replica {

/// A held piece as it was received: it isn't verified.
struct HeldPiece {
  Bytes key;  ///< in Family::held
  log::Piece piece;
  std::vector<Bytes> seals;
};

/// Stores a piece that wasn't admitted. If there is no room, drops it: a later sync sends it again.
/// Fails: as Core::commit.
Status hold(Core& core, const access::Verdict& verdict, const std::vector<Bytes>& seals);

/// All held pieces. Fails: corrupt, store_failed.
Result<std::vector<HeldPiece>> held_pieces(const Core& core);

/// Whether the piece stays held, in the same table, under this verdict.
bool stays_held(const HeldPiece& held, const access::Verdict& verdict);
Status remove_held_piece(Core& core, const HeldPiece& held);

}  // namespace relais::replica
