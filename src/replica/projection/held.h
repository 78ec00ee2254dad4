#pragma once

#include <vector>

#include "access/gate.h"
#include "replica/core.h"

/// Pieces that may not enter their log (yet): docs/spec/access.md, "Admission".
namespace relais::replica {

/// One of them, as it came: nothing of it is trusted because it stands here.
struct HeldPiece {
  Bytes key;  ///< in Family::held
  log::Piece piece;
  std::vector<Bytes> seals;
};

/// Puts a piece that wasn't admitted aside, if there is room: else it comes again with a later
/// sync. Fails: store_failed, disk_full (the core stops).
Status hold(Core& core, const access::Verdict& verdict, const std::vector<Bytes>& seals);

/// All of them. Fails: corrupt.
Result<std::vector<HeldPiece>> held_pieces(const Core& core);

/// Whether the verdict would leave the piece where it stands.
bool stays_held(const HeldPiece& held, const access::Verdict& verdict);
Status remove_held_piece(Core& core, const HeldPiece& held);

}  // namespace relais::replica
