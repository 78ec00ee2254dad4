#pragma once

#include <functional>
#include <optional>

#include "log/block.h"

/// Joint compression: a piece goes to a peer with its changes in place of its blocks, compressed
/// together. The peer packs and encrypts each change as its author did, and the chain shows that
/// the blocks are the author's. docs/spec/log.md, "Joint piece".
namespace relais::log {

/// A run, and the key of its blocks.
struct OpenRun {
  RunHeader header;
  crypto::Hash hash;
  crypto::SymmetricKey key;
};
/// The run of an encoded run header; of an empty one: that of the block before the piece.
/// Fails: not_found if the key isn't held; as decode_run_header.
using FindRun = std::function<Result<OpenRun>(BytesView encoded)>;

/// The joint form of the entries that follow `before`, for a peer that packs as `packer` says.
/// Nothing if they have to go as they are: a run is plain, or of another packer; a block can't be
/// opened; the changes exceed limits::kJointBytes or kJointChanges; or nothing is saved.
std::optional<Bytes> join(BlockCodec& codec, BytesView entries, const Head& before,
                          std::uint32_t packer, const FindRun& find_run);
/// Told of each block that is restored.
using OnRestored =
    std::function<void(const Associated& associated, BytesView block, BytesView change)>;
/// The entries, which the caller has to verify: with one change altered, their blocks would be
/// encrypted under a nonce that another block has. Nothing if they can't be restored.
std::optional<Bytes> split(BlockCodec& codec, BytesView joint, const Head& before,
                           const FindRun& find_run, const OnRestored& on_restored = nullptr);

}  // namespace relais::log
