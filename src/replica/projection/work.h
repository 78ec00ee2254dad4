#pragma once

#include "replica/core.h"
#include "replica/projection/projector.h"

/// The projection's work beyond one batch: docs/spec/projection.md, "Operations". Each slice is
/// committed separately; the store lists the rest. Fails, all: corrupt; as Core::commit.
namespace relais::replica {

/// The version of the rules for reading and judging changes. A store of another version is judged
/// again.
inline constexpr std::uint64_t kProjectionVersion = 3;

Projector make_projector(Core& core);

/// Call after a batch was committed: does the work that it left.
Status finish_projection(Core& core, const Projector& done);
/// Call at opening: continues interrupted work, and judges again what another version judged.
Status resume_projection(Core& core);
/// Call after control has grown: judges again what depends on keys, sections, levels or frozen
/// logs.
Status judge_positions_again(Core& core);

/// Folds a document's tail into a new checkpoint, in commits of its own, if it needs that.
Status fold_document(Core& core, const Bytes& key);

/// Rebuilds each document from its positions alone.
Status rebuild_documents(Core& core, const std::vector<Bytes>& documents);
/// Drops a compartment's documents, and judges its logs from their first positions.
Status rebuild_compartment(Core& core, const CompartmentId& compartment);
Status rebuild_all(Core& core);

/// Sets the admitted end of a log; nothing: all of it is admitted.
Status admit_up_to(Core& core, const log::LogId& log, std::optional<std::uint64_t> end);

}  // namespace relais::replica
