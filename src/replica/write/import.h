#pragma once

#include <memory>
#include <string>
#include <vector>

#include "relais/replica.h"
#include "replica/core.h"
#include "replica/write/import_batch.h"
#include "replica/write/own_commit.h"

namespace relais::replica {

class Edit;

/// An import of newline-delimited JSON. All is checked first, then all is written, in durable
/// batches of limits::kImportBatch documents, each document a transaction of its own.
///
///     import = prepare(...); while (batch = encode(next_time()), batch not empty) write(batch)
///
/// Threads: one at a time, but that `encode` may run beside `write`. `prepare`, `next_time` and
/// `write` take the core's mutex, and give it up on return.
class Import {
 public:
  /// Checks all lines, makes what is to be written to, and tries what the lines do to documents
  /// that are here. No document is written. `text` must outlive the import.
  /// Fails: bad_input, limit_exceeded, not_authorised, unknown_section: for the first line that
  /// can't be imported, unless such lines are passed over.
  static Result<std::unique_ptr<Import>> prepare(Core& core, std::string_view text,
                                                 const ImportOptions& options);
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  /// Of the batch that is encoded next.
  document::WriteTime next_time();
  /// The next batch; at the end, one without documents. Uses nothing of the replica.
  Result<ImportBatch> encode(const document::WriteTime& time) { return encoder_.next(time); }
  /// Durable on return.
  Status write(const ImportBatch& batch);

  std::uint64_t documents() const { return report_.documents; }  ///< read so far
  ImportReport report() const;

 private:
  Import(Core& core, std::string_view text, const ImportOptions& options);

  void set_action(std::uint32_t line, LineAction action);
  /// A few lines at a time, so that others come in between.
  Status try_lines();
  Result<LineAction> try_line(std::string_view text);
  Status add(OwnCommit& commit, const ImportBatch& batch, std::size_t part, std::size_t end,
             const ImportBatch::Document& document,
             std::vector<const ImportBatch::Document*>& known);
  Result<bool> is_known(const document::Importer::Line& line);
  /// Of the line parsed last: what differs becomes an edit.
  Status put(Edit& edit, const document::Importer::Line& line);
  Status update(const std::vector<const ImportBatch::Document*>& known);

  Core& core_;
  const std::string_view text_;
  const std::string user_;
  const document::TextRules rules_;
  document::Importer importer_;
  Faults faults_;
  SectionTargets places_;
  LineActions actions_;
  ImportEncoder encoder_;
  ImportReport report_;
  bool empty_ = false;
  Bytes scratch_;
};

}  // namespace relais::replica
