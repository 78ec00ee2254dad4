#pragma once

#include "replica/core.h"

/// What a writer adds to a change that it is about to write: docs/spec/projection.md, "What a
/// writer does".
namespace relais::replica {

/// Fills in what the change cites: what is applied of its document, which its context says, with
/// the hashes of the logs there. Places before those that are set aside become exceptions; many
/// that can't be read, before the first of a log that is applied, a floor. `has_marks`: something
/// of the document was deleted; what is written below a mark lists the mark's change, however the
/// contexts of others come to stand.
/// Fails: corrupt, store_failed.
Status cite_applied(Core& core, const CompartmentId& compartment, document::Change& change,
                    const document::Position& self, bool has_marks);

/// Fails: limit_exceeded if the change adds to a document that is too large already, or to too much
/// of this author's. `bytes`: of the change and of what its edit wrote of the document before.
Status check_growth(Core& core, const CompartmentId& compartment, const document::Change& change,
                    std::size_t bytes);

/// Whether it does nothing but remove, hide and show again.
bool only_removes(const document::Change& change);

}  // namespace relais::replica
