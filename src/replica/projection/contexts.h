#pragma once

#include <functional>
#include <vector>

#include "document/change.h"
#include "store/tables/log_names.h"

/// The contexts of changes: docs/spec/projection.md, "Applying".
namespace relais::replica {

/// A change of a document with its position.
struct LocatedChange {
  store::LocalPosition at;
  document::Position position;
  document::Change change;
  std::size_t bytes = 0;  ///< inflated
  bool replaces = false;  ///< as in document::ChangeSummary; only while it is filed
};

/// Whether the change alone doesn't determine its context.
bool needs_vector(const document::ChangeHeader& header);
/// The changes whose dots the ops name, except by-content ones.
std::vector<document::Position> named_positions(const document::Change& change);

/// The union of both.
document::Context united(const document::Context& a, const document::Context& b);
/// The intersection of the context with what is applied.
document::Context clipped(const document::Context& context, const document::Context& applied);

/// The stored form of a context, without entries of unknown logs.
Bytes encode_context(const document::Context& context, const store::LogNames& logs,
                     const CompartmentId& compartment);
/// Fails: corrupt.
Result<document::Context> decode_context(BytesView bytes, const store::LogNames& logs);

/// Calls `visit` for each change after those that it cites, its author's earlier ones, and one
/// carrier of each by-content change that it names (unless that is in `before`). The contexts are
/// resolved: an entry that its change ignores is beyond them. Fails: corrupt if there is no such
/// order; as `visit`.
Status in_causal_order(std::vector<LocatedChange>& changes, const document::Context& before,
                       const std::function<Status(LocatedChange&)>& visit);

}  // namespace relais::replica
