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

/// Walks two messages and the document they stand for at once, and notes what is different.
class Writer {
 public:
  explicit Writer(std::vector<Edit>& edits) : edits_(edits) {}

  /// `tree`, `before`: null where nothing is yet.
  Status object(const Type& type, const FieldTree* tree, const google::protobuf::Message* before,
                const google::protobuf::Message& after, const Where& where);

 private:
  using Place = std::optional<Slot>;
  struct Matched {
    std::vector<std::optional<std::size_t>> places;  ///< of each element, among those there were
    const std::vector<std::size_t>& seen;            ///< those, among the document's children
  };

  Status member(const Type& type, const Field& field, const FieldTree* tree,
                const google::protobuf::Message* before, const google::protobuf::Message& after,
                const Where& above);
  /// Nothing in a Place: it isn't set. `erasable`: being set to the default is another thing.
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
  /// Puts a list's elements where they are to stand; what they hold is written by itself.
  Status place(const Field& field, const std::vector<FieldTree>& children, const Matched& matched,
               const google::protobuf::Message& after, const Where& where);
  Status insert(const Field& field, const Slot& element, const Where& list, std::size_t at);

  /// Fails: limit_exceeded for a path that no document has.
  Status push(Edit edit, const Where& where);
  Status erase(const Where& where);
  /// Before the first edit in a section that is null: an object is to be there.
  void clear_section(const Field& field, const FieldTree* tree, std::size_t first_edit);
  /// A null stands where something of another kind is to be.
  Status clear_null(const FieldTree* tree, const Where& where);

  std::vector<Edit>& edits_;
  std::set<std::string> cleared_sections_;
};

}  // namespace relais::typed
