#include "replica/read/listing.h"

#include "base/try.h"
#include "replica/read/document_names.h"

namespace relais::replica {
namespace {

/// Calls `show` for each document; one that doesn't exist (it is deleted) isn't an error.
template <class Each, class Show>
Result<std::vector<Unreadable>> walk(const Snapshot& snapshot, const Each& each, const Show& show) {
  ReadView reader(snapshot.source());
  std::vector<Unreadable> unreadable;
  RELAIS_TRY(each(snapshot.source(), [&](const DocumentId& document) -> Result<bool> {
    Result<bool> go_on = show(reader, document);
    if (go_on) return go_on;
    if (go_on.error().code() != ErrorCode::not_found) {
      unreadable.push_back({document, std::move(go_on).error()});
    }
    return true;
  }));
  return unreadable;
}

}  // namespace

Result<std::vector<Unreadable>> each_document(
    const Snapshot& snapshot,
    const std::function<bool(const DocumentId&, std::string_view json)>& visit) {
  return walk(snapshot, each_name,
              [&](ReadView& reader, const DocumentId& document) -> Result<bool> {
                RELAIS_ASSIGN(const std::string json, reader.json(document));
                return visit(document, json);
              });
}

Result<std::vector<Unreadable>> each_conflict(
    const Snapshot& snapshot, const std::function<bool(const ConflictView&)>& visit) {
  return walk(snapshot, each_conflicting,
              [&](ReadView& reader, const DocumentId& document) -> Result<bool> {
                RELAIS_ASSIGN(const auto views, reader.conflicts_of(document));
                for (const ConflictView& view : views) {
                  if (!visit(view)) return false;
                }
                return true;
              });
}

}  // namespace relais::replica
