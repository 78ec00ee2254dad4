#pragma once

#include "replica/core.h"
#include "replica/projection/projector.h"

/// The projection's work beyond one batch: docs/spec/projection.md, "Operations". Each slice is
/// committed on its own; what is left stands in the store.
namespace relais::replica {

/// What the program reads of changes, and how it files them. It rises with every change of that: a
/// store that was made under another one is judged anew.
inline constexpr std::uint64_t kProjectionVersion = 3;

Projector make_projector(Core& core);

/// After a batch was committed: what it left to do. Fails: corrupt, store_failed, disk_full.
Status finish_projection(Core& core, const Projector& done);
/// At opening: what was cut, and what another program judged otherwise.
Status resume_projection(Core& core);
/// When control grew: what was set aside for lack of a key, a mapping or a level, and what these
/// set aside now.
Status judge_places_again(Core& core);

/// Writes the checkpoint of a document whose changes since the last one have come to be many, in
/// commits of its own.
Status fold_document(Core& core, const Bytes& key);

/// Each is made from its places alone.
Status rebuild_documents(Core& core, const std::vector<Bytes>& documents);
/// Drops a compartment's documents, and judges its logs from their first places.
Status rebuild_compartment(Core& core, const CompartmentId& compartment);
Status rebuild_all(Core& core);

/// Moves the admitted end of a log; nothing: all of it is admitted.
Status admit_up_to(Core& core, const log::LogId& log, std::optional<std::uint64_t> end);

}  // namespace relais::replica
