#pragma once

#include <vector>

#include "base/random.h"
#include "engine/import_lines.h"
#include "log/packing.h"

namespace relais::engine {

/// Documents of an import as the changes that write them new, encoded and packed; all of it in one
/// piece of memory.
class ImportBatch {
 public:
  /// What goes into one compartment of a document. Views live as long as the batch.
  struct Part {
    CompartmentId compartment;
    BytesView change;
    BytesView packed;  ///< by log::Packer with log::kCurrentDictionary
  };
  struct Document {
    std::string_view line;  ///< of the file
    std::uint32_t number;   ///< of the line
    std::size_t parts;
  };

  const std::vector<Document>& documents() const { return documents_; }
  /// Of all documents, one after the other.
  Part part(std::size_t index) const;

 private:
  friend class ImportEncoder;
  struct Place {
    CompartmentId compartment;
    std::size_t begin;
    std::size_t change_size;
    std::size_t packed_size;
  };
  std::vector<Document> documents_;
  std::vector<Place> places_;
  Bytes bytes_;
};

/// Makes batches of an import's lines, without a look at the replica: beside whoever writes the
/// batch before. Threads: one at a time.
class ImportEncoder {
 public:
  /// `places`: filled in. All references must outlive the encoder.
  /// `user`: none if it is empty.
  ImportEncoder(std::string_view text, const document::TextRules& rules, const Places& places,
                const std::string& user, Random& random)
      : importer_(rules), places_(places), random_(random), attribution_{{}, user}, lines_(text) {}

  /// The next limits::kImportBatch documents, written at `stamp`; none at the end.
  /// Fails: as check_lines does.
  Result<ImportBatch> next(document::Stamp stamp);

 private:
  Status add(ImportBatch& batch, document::Stamp stamp, std::string_view line);
  /// The compartments of the line parsed last, in the order of its sections.
  const std::vector<CompartmentId>& compartments_of(const Sections& sections);

  document::Importer importer_;
  const Places& places_;
  Random& random_;
  document::Attribution attribution_;
  Lines lines_;
  log::Packer packer_;
  std::vector<CompartmentId> compartments_;
  Bytes change_;
};

}  // namespace relais::engine
