#pragma once

#include "replica/core.h"

/// What a writer adds to a change that it is about to write: docs/spec/projection.md, "What a
/// writer does".
namespace relais::replica {

/// Fills in the change's citations from its context (what is applied of its document), with the
/// hashes of the logs, exceptions and floors. `has_marks`: something of the document was deleted,
/// so the context must be whole. Fails: corrupt, store_failed.
Status cite_applied(Core& core, const CompartmentId& compartment, document::Change& change,
                    const document::Position& self, bool has_marks);

/// Fails: limit_exceeded if the document, or this author's part of it, is too large for the change;
/// corrupt, store_failed. `bytes`: of the change and the edit's earlier changes of the document.
Status check_growth(Core& core, const CompartmentId& compartment, const document::Change& change,
                    std::size_t bytes);

/// Whether the change only removes, hides or restores.
bool only_removes(const document::Change& change);

}  // namespace relais::replica
