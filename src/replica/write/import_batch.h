#pragma once

#include <vector>

#include "base/random.h"
#include "log/packing.h"
#include "replica/write/import_lines.h"

namespace relais::replica {

/// The action for a line of an import.
enum class LineAction : std::uint8_t {
  unknown,  ///< not tried: a new document, unless one was received since
  skipped,
  unchanged,  ///< its document exists, and is equal
  differs,    ///< its document exists, and is edited
};
/// Indexed by line number; lines beyond the end are unknown.
using LineActions = std::vector<LineAction>;
inline LineAction action_of(const LineActions& actions, std::uint32_t line) {
  return line < actions.size() ? actions[line] : LineAction::unknown;
}

/// The encoded and packed changes of an import's new documents, in one buffer.
class ImportBatch {
 public:
  /// One change of a document in one compartment. The views are valid as long as the batch.
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
    document::Importer::Line name{};  ///< only for LineAction::unknown
    std::size_t parts = 0;
  };

  const std::vector<Document>& documents() const { return documents_; }
  /// The parts of all documents are numbered consecutively.
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
  std::vector<PartRange> ranges_;
  Bytes bytes_;
};

/// Encodes an import's lines into batches without the replica, so that it can run while the
/// previous batch is written. Threads: one at a time.
class ImportEncoder {
 public:
  /// `targets` has the compartments. `user` may be empty. The references must outlive the encoder.
  ImportEncoder(std::string_view text, const document::TextRules& rules,
                const SectionTargets& targets, const LineActions& actions, const std::string& user,
                Random& random)
      : importer_(rules),
        targets_(targets),
        actions_(actions),
        random_(random),
        attribution_{{}, user, 0},
        lines_(text) {}

  /// The next limits::kImportBatch documents, or limits::kImportBatchBytes of them, written at
  /// `time`; at the end, none. Fails: as check_lines.
  Result<ImportBatch> next(const document::WriteTime& time);

 private:
  Status add(ImportBatch& batch, document::Stamp stamp, std::string_view line);
  void add_part(ImportBatch& batch, const CompartmentId& compartment);

  document::Importer importer_;
  const SectionTargets& targets_;
  const LineActions& actions_;
  Random& random_;
  document::Attribution attribution_;
  Lines lines_;
  log::Packer packer_;
  LineParts parts_;
  std::vector<Bytes> changes_;
};

}  // namespace relais::replica
