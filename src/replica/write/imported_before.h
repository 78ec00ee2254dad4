#pragma once

#include "replica/core.h"
#include "replica/write/import_lines.h"

namespace relais::replica {

/// Recognises a document that is as an earlier import of the same line made it, without building
/// the document: by-content changes name a hash of what they write. Threads: one at a time, with
/// the core's mutex.
class ImportedBefore {
 public:
  explicit ImportedBefore(Core& core) : core_(core) {}

  /// Whether the parts of the document that `importer` has parsed last are those of an earlier
  /// import, and nothing was written since. False also if that isn't known so quickly.
  /// Fails: as reading a change.
  Result<bool> check(document::Importer& importer, const document::Importer::Line& line,
                     const Sections& sections);

 private:
  Result<bool> check_part(document::Importer& importer, const document::Importer::Line& line,
                          const CompartmentId& compartment);

  Core& core_;
  LineParts parts_;
  std::vector<Bytes> changes_;
};

}  // namespace relais::replica
