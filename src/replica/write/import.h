#pragma once

#include <memory>
#include <string>
#include <vector>

#include "relais/replica.h"
#include "replica/core.h"
#include "replica/write/import_batch.h"
#include "replica/write/imported_before.h"
#include "replica/write/own_commit.h"

namespace relais::replica {

class Edit;

/// An import of newline-delimited JSON. All lines are checked first, then written in durable
/// batches of limits::kImportBatch documents, each document in its own transaction.
///
///     import = prepare(...); while (batch = encode(next_time()), batch not empty) write(batch)
///
/// Threads: one at a time, but `encode` may run concurrently with `write`. `prepare`, `next_time`
/// and `write` lock the core's mutex themselves.
class Import {
 public:
  /// Checks all lines, makes missing compartments, and tries the edits of existing documents.
  /// Writes no document. `text` must outlive the import. Fails: invalid_argument (the user's
  /// label); bad_input, limit_exceeded, wrong_kind, deleted, not_authorised, mapping_conflict,
  /// unknown_section for the first line that can't be imported, unless such lines are skipped; as
  /// Core::commit.
  static Result<std::unique_ptr<Import>> prepare(Core& core, std::string_view text,
                                                 const ImportOptions& options);
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  /// The time of the batch that is encoded next.
  document::WriteTime next_time();
  /// The next batch; at the end, one without documents. Doesn't use the replica.
  Result<ImportBatch> encode(const document::WriteTime& time) { return encoder_.next(time); }
  /// Durable on return. Fails: as OwnCommit.
  Status write(const ImportBatch& batch);

  std::uint64_t documents() const { return report_.documents; }  ///< read so far
  ImportReport report() const;

 private:
  Import(Core& core, std::string_view text, const ImportOptions& options);

  void set_action(std::uint32_t line, LineAction action);
  /// Unlocks the mutex every few lines, so that other threads can write.
  Status try_lines();
  Result<LineAction> try_line(std::string_view text);
  Status add(OwnCommit& commit, const ImportBatch& batch, std::size_t part, std::size_t end,
             const ImportBatch::Document& document,
             std::vector<const ImportBatch::Document*>& known);
  Result<bool> is_known(const document::Importer::Line& line);
  /// Edits the document of the line that was parsed last.
  Status put(Edit& edit, const document::Importer::Line& line);
  Status update(const std::vector<const ImportBatch::Document*>& known);

  Core& core_;
  const std::string_view text_;
  const std::string user_;
  const document::TextRules rules_;
  document::Importer importer_;
  ImportedBefore before_;
  Faults faults_;
  SectionTargets targets_;
  LineActions actions_;
  ImportEncoder encoder_;
  ImportReport report_;
  bool empty_ = false;
  Bytes scratch_;
};

}  // namespace relais::replica
