#pragma once

#include <functional>
#include <map>
#include <optional>

#include "document/view/read.h"
#include "relais/document.h"
#include "replica/snapshot.h"

namespace relais::replica {

/// A part of a document: its state in one compartment.
struct Part {
  CompartmentId compartment;
  document::State state;
};

/// Reads documents. Threads: one at a time.
class ReadView {
 public:
  explicit ReadView(const ReadSource& from) : from_(from) {}

  /// The parts of a document in all compartments of its scope; empty: there is no such document.
  Result<std::vector<Part>> parts(const DocumentId& document);
  /// Fails: not_found.
  Result<std::string> json(const DocumentId& document);
  /// Fails: not_found, invalid_argument.
  Result<FieldView> field(const DocumentId& document, std::string_view path);
  Result<std::vector<ConflictView>> conflicts_of(const DocumentId& document);
  /// The number of conflicts, without reading their authors.
  Result<std::size_t> count_conflicts(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path);
  Result<std::vector<VoidView>> voids(const DocumentId& document);
  Result<Cursor> cursor(const DocumentId& document, std::string_view path, std::size_t position,
                        CursorSide side);
  Result<std::size_t> position(const DocumentId& document, std::string_view path,
                               const Cursor& cursor);

  /// The part in one compartment; nothing if there is none.
  Result<std::optional<Part>> part(const CompartmentId& compartment,
                                   const document::Address& address);
  /// The compartments that may hold a section, even if not in this store: one, unless rules
  /// contradict each other or did. The one for writing is first.
  std::vector<CompartmentId> compartments_of_section(const DocumentId& document,
                                                     std::string_view section) const;
  /// The compartments with a part of the document, sorted.
  Result<std::vector<CompartmentId>> compartments_with(const DocumentId& document);
  VoidView deletion(std::string path, const document::Deletion& deletion,
                    const CompartmentId& compartment);
  Version version(const document::Sibling& sibling, const CompartmentId& compartment);
  /// Who wrote a change, and when, from its header.
  Provenance provenance(const document::Position& at, const CompartmentId& compartment,
                        const document::ChangeHeader& header) const;

 private:
  Provenance device_of(const document::Position& at, const CompartmentId& compartment,
                       WallTime time) const;
  /// The same, read from the log. If the change can't be opened any more: without the user, and
  /// with the time of its stamp.
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
  /// A cache for one document: one change may have written thousands of its fields.
  std::map<std::pair<CompartmentId, document::Position>, Provenance> written_;
};

/// The compartments of a scope that this store knows, sorted.
std::vector<CompartmentId> compartments_of(const ReadSource& from, std::string_view scope);

/// Collections whose names begin with it are the library's own.
inline constexpr char kReservedPrefix = '.';

}  // namespace relais::replica
