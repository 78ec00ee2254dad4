#pragma once

#include <functional>
#include <map>
#include <optional>

#include "document/view/read.h"
#include "relais/document.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// A document's parts: its state in each compartment of its scope that has some.
struct Part {
  CompartmentId compartment;
  document::State state;
};

/// Reads documents. Threads: one at a time.
class ReadView {
 public:
  explicit ReadView(const ReadSource& from) : from_(from) {}

  /// Empty: there is no such document.
  Result<std::vector<Part>> parts(const DocumentId& document);
  /// Fails: not_found.
  Result<std::string> json(const DocumentId& document);
  /// Fails: not_found, invalid_argument.
  Result<FieldView> field(const DocumentId& document, std::string_view path);
  Result<std::vector<ConflictView>> conflicts_of(const DocumentId& document);
  /// How many `conflicts_of` lists, without asking who wrote them.
  Result<std::size_t> count_conflicts(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path);
  Result<std::vector<VoidView>> voids(const DocumentId& document);
  Result<Cursor> cursor(const DocumentId& document, std::string_view path, std::size_t position,
                        CursorSide side);
  Result<std::size_t> position(const DocumentId& document, std::string_view path,
                               const Cursor& cursor);

  /// Where the document has a part, in the order of their ids.
  Result<std::vector<CompartmentId>> compartments_with(const DocumentId& document);
  VoidView deletion(std::string path, const document::Deletion& deletion,
                    const CompartmentId& compartment);
  Version version(const document::Sibling& sibling, const CompartmentId& compartment);
  /// Who wrote a change, and when.
  Provenance provenance(const document::Position& at, const CompartmentId& compartment,
                        const document::ChangeHeader& header) const;

 private:
  Result<std::optional<Part>> part(const CompartmentId& compartment,
                                   const document::Address& address);
  Provenance device_of(const document::Position& at, const CompartmentId& compartment,
                       WallTime time) const;
  /// The same of a change that stands in the log: it names its user and its author's clock. If it
  /// can't be opened any more, the time is its stamp's.
  Provenance written_by(const document::Position& at, const CompartmentId& compartment,
                        document::Stamp stamp);
  Result<std::vector<Part>> parts_of_section(const DocumentId& document, std::string_view section);
  /// Runs `action(part, path)` on the part that has the path. Fails: not_found.
  template <class Action>
  auto at(const DocumentId& document, std::string_view path, const Action& action)
      -> decltype(action(std::declval<const Part&>(), document::Path()));
  FieldView view(const document::Field& field, const CompartmentId& compartment);
  Result<FieldView> field_at(const Part& part, const document::Path& path);
  Result<FieldView> whole(const DocumentId& document);

  const ReadSource from_;
  /// Of the document that is being read: one change may have written thousands of its fields.
  std::map<std::pair<CompartmentId, document::Position>, Provenance> written_;
};

/// Compartments of a scope that this store has met, in the order of their ids.
std::vector<CompartmentId> compartments_of(const ReadSource& from, std::string_view scope);

/// Collections whose names begin so are the engine's own: not documents of the host.
inline constexpr char kReservedPrefix = '.';

/// Names of all documents, or of those of the index of conflicts, sorted by scope, collection and
/// id.
Status each_name(const ReadSource& from,
                 const std::function<Result<bool>(const DocumentId&)>& visit);
Status each_conflicting(const ReadSource& from,
                        const std::function<Result<bool>(const DocumentId&)>& visit);

}  // namespace relais::replica
