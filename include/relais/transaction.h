#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "relais/document.h"
#include "relais/export.h"
#include "relais/result.h"
#include "relais/value.h"

namespace relais {

namespace engine {
class Engine;
}  // namespace engine
namespace replica {
class Edit;
}  // namespace replica

/// An atomic edit of several documents. Valid only inside `Replica::write`, in its thread. Reads
/// include the transaction's own edits. Paths: relais/document.h.
/// Fails, all functions: invalid_argument (a path, an id or a reserved collection), wrong_kind (the
/// field has another kind), deleted (the field was deleted: `restore` it, or put it as a whole),
/// not_authorised, mapping_conflict, unknown_section, limit_exceeded (a transaction has at most 1
/// MiB of encrypted changes; a document: docs/spec/projection.md, "What a writer does").
class RELAIS_API Transaction {
 public:
  /// Sets the user's label (1 to 64 bytes without control characters), which readers of the
  /// document see with the device and the time. Only the device is authenticated, not the label.
  /// Fails: invalid_argument.
  Status set_user(std::string_view user);

  /// Sets a register, and resolves its conflict if there is one. The kind of an existing register
  /// stays; a ranked one accepts only values that it has (else wrong_kind).
  Status set(const DocumentId& document, std::string_view path, Value value);
  /// Sets a register whose latest write, by the writers' clocks, is shown; the others are reported.
  Status set_last_writer(const DocumentId& document, std::string_view path, Value value);
  /// Sets a register whose version of the highest rank is shown; all are kept. Ranks are below
  /// 2^31.
  Status set_ranked(const DocumentId& document, std::string_view path, Value value,
                    std::uint32_t rank);
  /// Puts a scalar as `set` does; an object field by field, keeping fields that it doesn't name; an
  /// array as the list's new content, its elements matched as by an import. A string longer than
  /// 65 536 bytes becomes a text. An empty path: the whole document. Fails: bad_input with the
  /// field's path.
  Status put_json(const DocumentId& document, std::string_view path, std::string_view json);
  /// Appends to a list, adds to a set, or adds a number to a counter; makes a list if there is no
  /// field. Fails: bad_input.
  Status append_json(const DocumentId& document, std::string_view path, std::string_view json);
  /// Inserts an element before `index`. Fails: bad_input; invalid_argument beyond the list's end.
  Status insert_json(const DocumentId& document, std::string_view list, std::size_t index,
                     std::string_view json);
  Status add_to_set(const DocumentId& document, std::string_view path, Value value);
  /// Fails: not_found.
  Status remove_from_set(const DocumentId& document, std::string_view path, const Value& value);
  /// Fails: limit_exceeded on overflow.
  Status increment(const DocumentId& document, std::string_view path, std::int64_t delta);
  /// Positions count code points. Fails: invalid_argument beyond the text's end.
  Status splice_text(const DocumentId& document, std::string_view path, std::size_t position,
                     std::size_t removed, std::string_view inserted);
  /// Changes the text to `text` by the edits of a minimal diff, so that others' edits are kept.
  Status update_text(const DocumentId& document, std::string_view path, std::string_view text);
  /// Deletes a field and all below it. The containing object, list or document stays, even if
  /// empty. An empty path: the whole document. If others write to the field concurrently, it is
  /// shown, as a conflict, until it is restored or deleted again. Fails: not_found.
  Status erase(const DocumentId& document, std::string_view path);
  /// The same, with a reason of 1 to 1024 bytes, which can be read while the field is deleted.
  /// Fails: as `erase`; invalid_argument (the reason).
  Status make_void(const DocumentId& document, std::string_view path, std::string_view reason);
  /// Withdraws the contested deletions of a field, or of the document; if there are none, the last
  /// deletion. Fails: not_found if nothing was deleted there.
  Status restore(const DocumentId& document, std::string_view path);
  /// Moves a list's element from one index to another; its content, and concurrent writes to it,
  /// move with it. Fails: invalid_argument beyond the list's end.
  Status move(const DocumentId& document, std::string_view list, std::size_t from, std::size_t to);

  /// Chooses one of a conflict's versions. Where kinds clash, the other kinds are deleted with all
  /// below them. Fails: not_found if the field has no such version.
  Status resolve(const DocumentId& document, std::string_view path, const Version& version);
  /// Resolves all conflicts of a field and below it in favour of what is shown. An empty path: all
  /// of the document's. Fails: not_found.
  Status keep(const DocumentId& document, std::string_view path);
  /// Undoes all that this device's last transaction that changed the document did in it; other
  /// documents of that transaction stay. What it wrote is removed unless it was overwritten since;
  /// what it overwrote or deleted is restored. Fails: not_found if there is no such change, or
  /// nothing is left of it.
  Status undo(const DocumentId& document);
  /// The same for the given changes of this device, together (relais/undo_stack.h). Fails:
  /// not_found if one isn't a change of the document by this device, or nothing is left of them.
  Status undo(const DocumentId& document, const std::vector<ChangeId>& changes);

  /// Links two documents that are about the same thing, in a set `same_as` of both; or removes the
  /// link. Replica::merged reads linked documents as one. Fails: not_found, invalid_argument.
  Status mark_same(const DocumentId& a, const DocumentId& b);
  Status unmark_same(const DocumentId& a, const DocumentId& b);

  /// The document, or a field and all below it, as edited so far. Fails: not_found.
  Result<std::string> json(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path = {});

 private:
  friend class engine::Engine;
  explicit Transaction(replica::Edit& edit) : edit_(edit) {}
  replica::Edit& edit_;
};

}  // namespace relais
