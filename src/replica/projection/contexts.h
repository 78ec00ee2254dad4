#pragma once

#include <functional>
#include <vector>

#include "document/change.h"
#include "store/tables/log_names.h"

/// What changes cite, and what that covers: docs/spec/projection.md, "Applying".
namespace relais::replica {

/// A change of a document, where it stands.
struct PlacedChange {
  store::LocalPosition at;
  document::Position position;
  document::Change change;
  std::size_t bytes = 0;  ///< inflated
  bool replaces = false;  ///< of document::ChangeSummary; only of one that is being filed
};

/// Whether its context can't be had from the change alone.
bool needs_vector(const document::ChangeHeader& header);
/// Other authors' changes whose dots the ops name.
std::vector<document::Position> named_places(const document::Change& change);

/// Covers what either of the two covers.
document::Context united(const document::Context& a, const document::Context& b);
/// What of the context is applied.
document::Context clipped(const document::Context& context, const document::Context& applied);

/// A context as the store keeps it. What it says of logs that aren't here is left out.
Bytes encode_context(const document::Context& context, const store::LogNames& logs,
                     const CompartmentId& compartment);
/// Fails: corrupt.
Result<document::Context> decode_context(BytesView bytes, const store::LogNames& logs);

/// Calls `visit` for each change after all those of them that it cites, and each author's in their
/// order; after one carrier of each by-content change that it names, which may be in `before`.
/// Fails: corrupt if there is no such order; as `visit`.
Status in_causal_order(std::vector<PlacedChange>& changes, const document::Context& before,
                       const std::function<Status(PlacedChange&)>& visit);

}  // namespace relais::replica
