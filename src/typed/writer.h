#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "typed/cell.h"
#include "typed/edit.h"
#include "typed/schema.h"
#include "typed/text.h"

namespace relais::typed {

/// Compares two messages, and the document they stand for, and records the difference as edits.
class Writer {
 public:
  explicit Writer(std::vector<Edit>& edits) : edits_(edits) {}

  /// `tree`, `before`: null if there is nothing yet.
  Status object(const Type& type, const FieldTree* tree, const google::protobuf::Message* before,
                const google::protobuf::Message& after, const Where& where);

 private:
  using Place = std::optional<Slot>;
  struct Matched {
    std::vector<std::optional<std::size_t>> places;  ///< of each element, its old index
    const std::vector<std::size_t>&
        seen;  ///< of the elements before, their index among the children of the document
  };

  Status member(const Type& type, const Field& field, const FieldTree* tree,
                const google::protobuf::Message* before, const google::protobuf::Message& after,
                const Where& above);
  /// An empty Place: not set. `erasable`: being unset differs from having the default.
  Status cell(const Cell& cell, const FieldTree* tree, Place before, Place after,
              const Where& where, bool erasable);
  Status scalar(const Cell& cell, const FieldTree* tree, Place before, const Slot& after,
                const Where& where);
  Status text(const FieldTree* tree, Place before, Place after, const Where& where);
  Status count(const FieldTree* tree, Place before, Place after, const Where& where, bool erasable);
  Status message_in(const Cell& cell, const FieldTree* tree, Place before, const Slot& after,
                    const Where& where);
  Status erase_others(const Type& type, const Field& field, const FieldTree* tree,
                      const google::protobuf::Message* before, const Where& above);
  Status set(const Field& field, const FieldTree* tree, const google::protobuf::Message& after,
             const Where& where);
  Status map(const Field& field, const FieldTree* tree, const google::protobuf::Message* before,
             const google::protobuf::Message& after, const Where& where);
  Status list(const Field& field, const FieldTree* tree, const google::protobuf::Message* before,
              const google::protobuf::Message& after, const Where& where);
  /// Erases, inserts and moves elements into their final order; their contents are written
  /// separately.
  Status place(const Field& field, const std::vector<FieldTree>& children, const Matched& matched,
               const google::protobuf::Message& after, const Where& where);
  Status insert(const Field& field, const Slot& element, const Where& list, std::size_t at);

  /// Fails: limit_exceeded for a path that no document has.
  Status push(Edit edit, const Where& where);
  Status erase(const Where& where);
  /// Erases a null section before the first edit in it: it has to be an object.
  void clear_section(const Field& field, const FieldTree* tree, std::size_t first_edit);
  /// Erases a null where a value of another kind is to be written.
  Status clear_null(const FieldTree* tree, const Where& where);

  std::vector<Edit>& edits_;
  std::set<std::string> cleared_sections_;
};

}  // namespace relais::typed
