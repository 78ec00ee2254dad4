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

/// An edit of several documents, written together: all of it, or nothing.
/// Valid only inside `Replica::write`, in that thread; sees its own edits. Reading writes nothing.
/// Values of paths: see relais/document.h. Limits: a document has at most 64 MiB as JSON, a change
/// 4 MiB; more is several transactions.
class RELAIS_API Transaction {
 public:
  /// Says who writes: a label of the host's, of 1 to 64 bytes without control characters, which all
  /// who read the document see beside the device and the time. It is the device's word: what is
  /// proven is the device. Fails: invalid_argument.
  Status set_user(std::string_view user);

  /// Writes a scalar or an attachment; over a conflict, this resolves it. A register that follows
  /// another rule goes on to; a ranked one takes only values that it has (else wrong_kind).
  Status set(const DocumentId& document, std::string_view path, Value value);
  /// A register whose latest write is shown, by the writers' clocks; the others are reported.
  Status set_last_writer(const DocumentId& document, std::string_view path, Value value);
  /// A register whose highest rank is shown; all are kept. Ranks are below 2^31.
  Status set_ranked(const DocumentId& document, std::string_view path, Value value,
                    std::uint32_t rank);
  /// A scalar as `set`; an object field by field, leaving fields it doesn't name; an array makes
  /// the list read so, its elements aligned as by an import. A string longer than 65 536 bytes
  /// becomes a text. An empty path puts the whole document. Fails: bad_input with the field's path.
  Status put_json(const DocumentId& document, std::string_view path, std::string_view json);
  /// Appends to a list, adds to a set, or adds a number to a counter; where nothing is, makes a
  /// list.
  Status append_json(const DocumentId& document, std::string_view path, std::string_view json);
  Status insert_json(const DocumentId& document, std::string_view list, std::size_t index,
                     std::string_view json);
  Status add_to_set(const DocumentId& document, std::string_view path, Value value);
  Status remove_from_set(const DocumentId& document, std::string_view path, const Value& value);
  /// Fails: limit_exceeded instead of wrapping.
  Status increment(const DocumentId& document, std::string_view path, std::int64_t delta);
  /// Positions in code points.
  Status splice_text(const DocumentId& document, std::string_view path, std::size_t position,
                     std::size_t removed, std::string_view inserted);
  /// Makes the text read `text` by the smallest edits a diff finds, so that others' edits stay.
  Status update_text(const DocumentId& document, std::string_view path, std::string_view text);
  /// Deletes a field and all below it; the object, the list or the document that it was in stays,
  /// if only as `{}` or `[]`. An empty path: the whole document. If others write to it at the same
  /// time, all of it is shown, as one conflict, until someone restores or deletes it.
  /// What was deleted can't be written to in parts (`deleted`): `restore` it, or put it anew.
  Status erase(const DocumentId& document, std::string_view path);
  /// The same, for a reason of 1 to 1024 bytes that can be read as long as it is gone.
  Status make_void(const DocumentId& document, std::string_view path, std::string_view reason);
  /// Takes back the deletions of a field, or of the document, that others contest; if there are
  /// none, the last one. Fails: not_found if nothing was deleted there.
  Status restore(const DocumentId& document, std::string_view path);
  /// Puts a list's element elsewhere: it is the `to`-th afterwards. What others write to it at the
  /// same time stays with it.
  Status move(const DocumentId& document, std::string_view list, std::size_t from, std::size_t to);

  /// Chooses one of the versions of a field in conflict. Where kinds clash, the others go, with all
  /// below them. Fails: not_found if it is none of the versions that `conflicts_of` lists.
  Status resolve(const DocumentId& document, std::string_view path, const Version& version);
  /// Settles all conflicts of a field and below it as they are shown. An empty path: all of the
  /// document's.
  Status keep(const DocumentId& document, std::string_view path);
  /// Takes back this device's last change of the document, in however many parts, and what belonged
  /// to it in other documents stays; what others wrote since is left alone. What the change wrote
  /// and nobody has overwritten goes; what it overwrote or deleted is there again. Fails: not_found
  /// if there is no such change, or nothing is left of it.
  Status undo(const DocumentId& document);
  /// The same for these changes of this device together, however long ago they were: an undo stack
  /// goes back step by step with it (relais/undo_stack.h). Fails: not_found if one is no change of
  /// this device to the document, or nothing is left of them.
  Status undo(const DocumentId& document, const std::vector<ChangeId>& changes);

  /// Says that two documents are about the same thing, in both, under `same_as`; and takes it back.
  /// Replica::merged reads them as one.
  Status mark_same(const DocumentId& a, const DocumentId& b);
  Status unmark_same(const DocumentId& a, const DocumentId& b);

  /// The document, or a field of it with all below, as it will be. Fails: not_found.
  Result<std::string> json(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path = {});

 private:
  friend class engine::Engine;
  explicit Transaction(replica::Edit& edit) : edit_(edit) {}
  replica::Edit& edit_;
};

}  // namespace relais
