#pragma once

#include <deque>

#include "peer/sync_delegate.h"
#include "wire/messages.h"

namespace relais::peer {

/// Whether a piece that was read starts after `after` and can be counted. Inside src/peer only.
bool is_whole(const log::Piece& piece, const log::LogId& log, std::uint64_t after);

/// The message for a piece that was read. It carries the seal that signs the piece's end, unless
/// that is among `seals`, the last limits::kSealsAhead that were sent of the log. The log's first
/// seal names its author to a peer that holds nothing of it. A run header that the block before the
/// piece has is left out. The entries take their joint form if the peer can restore them from it:
/// `packer` is the peer's, 0 if it isn't known.
wire::message::Piece make_piece(SyncDelegate& delegate, SyncDelegate::SealedPiece part,
                                std::uint32_t number, std::deque<Bytes>& seals,
                                bool unknown_to_peer, std::uint32_t packer);

}  // namespace relais::peer
