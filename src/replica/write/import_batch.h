#pragma once

#include <vector>

#include "base/random.h"
#include "log/packing.h"
#include "replica/write/import_lines.h"

namespace relais::replica {

/// What is to be done with a line of an import.
enum class LineAction : std::uint8_t {
  unknown,  ///< nothing is known against it: it is written as a new document, if it is one
  skipped,
  unchanged,  ///< its document is here, and reads the same
  differs,    ///< its document is here
};
/// By number of the line; those beyond the end are unknown.
using LineActions = std::vector<LineAction>;
inline LineAction action_of(const LineActions& actions, std::uint32_t line) {
  return line < actions.size() ? actions[line] : LineAction::unknown;
}

/// Documents of an import as the changes that write them new, encoded and packed; all of it in one
/// piece of memory.
class ImportBatch {
 public:
  /// What goes into one compartment of a document. Views live as long as the batch.
  struct Part {
    CompartmentId compartment;
    BytesView change;
    BytesView packed;  ///< by log::Packer with log::kCurrentDictionary
    bool transaction_end;
  };
  struct Document {
    std::string_view line;  ///< of the file
    std::uint32_t number;   ///< of the line
    LineAction action;
    document::Importer::Line name{};  ///< of a document of an unknown action, and its parts
    std::size_t parts = 0;
  };

  const std::vector<Document>& documents() const { return documents_; }
  /// Of all documents, one after the other.
  Part part(std::size_t index) const;

 private:
  friend class ImportEncoder;
  struct PartRange {
    CompartmentId compartment;
    std::size_t begin;
    std::size_t change_size;
    std::size_t packed_size;
    bool transaction_end;
  };
  std::vector<Document> documents_;
  std::vector<PartRange> places_;
  Bytes bytes_;
};

/// Makes batches of an import's lines, without a look at the replica: beside whoever writes the
/// batch before. Threads: one at a time.
class ImportEncoder {
 public:
  /// `places`: filled in. All references must outlive the encoder.
  /// `user`: none if it is empty.
  ImportEncoder(std::string_view text, const document::TextRules& rules,
                const SectionTargets& places, const LineActions& actions, const std::string& user,
                Random& random)
      : importer_(rules),
        places_(places),
        actions_(actions),
        random_(random),
        attribution_{{}, user, 0},
        lines_(text) {}

  /// The next limits::kImportBatch documents, or limits::kImportBatchBytes of them, written at
  /// `time`; none at the end. Fails: as check_lines does.
  Result<ImportBatch> next(const document::WriteTime& time);

 private:
  Status add(ImportBatch& batch, document::Stamp stamp, std::string_view line);
  void add_part(ImportBatch& batch, const CompartmentId& compartment);
  /// The compartments of the line parsed last, in the order of its sections.
  const std::vector<CompartmentId>& compartments_of(const Sections& sections);

  document::Importer importer_;
  const SectionTargets& places_;
  const LineActions& actions_;
  Random& random_;
  document::Attribution attribution_;
  Lines lines_;
  log::Packer packer_;
  std::vector<CompartmentId> compartments_;
  std::vector<Bytes> changes_;
};

}  // namespace relais::replica
