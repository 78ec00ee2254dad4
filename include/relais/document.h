#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "relais/ids.h"
#include "relais/value.h"

namespace relais {

/// A document's name: `scope/collection/id`. The scope (a zone, a team) may be empty.
/// Paths within a document are text: steps joined by '/', with `~1` for '/' and `~0` for '~' in a
/// name. A step below a list is an element's current index, from 0, or its id.
struct DocumentId {
  std::string scope = {};
  std::string collection = {};
  std::string id = {};
  auto operator<=>(const DocumentId&) const = default;
};

/// What a field is: docs/spec/document.md, "Model". Two kinds that are written at one path
/// concurrently are both kept. The numbers are stored.
enum class FieldKind : std::uint8_t {
  value = 0,        ///< a register: keeps each write that no later write has seen
  map = 1,          ///< an object: its fields are at longer paths
  list = 2,         ///< elements in an order that is the same on all devices
  text = 3,         ///< a list of code points
  set = 4,          ///< an addition wins over a removal that hasn't seen it
  counter = 5,      ///< the sum of all authors' increments
  last_writer = 6,  ///< a register: the latest write is shown, the others are reported
  ranked = 7,       ///< a register: the write of the highest rank is shown, all are kept
};

/// Who wrote something, and when by that device's clock, which may be wrong. The time is only for
/// display.
struct Provenance {
  AuthorId author = {};
  DeviceId device = {};
  std::uint64_t seq = 0;     ///< position in the author's log
  std::int64_t time_ms = 0;  ///< wall time in ms since 1970, UTC
  std::string user = {};     ///< as the host named them (Transaction::set_user); may be empty
};

/// One version of a value that no later write has seen.
struct Version {
  Value value = {};
  Provenance written = {};
  std::uint32_t rank = 0;  ///< of FieldKind::ranked
};

/// The current content of a field.
struct FieldView {
  FieldKind kind = FieldKind::value;
  /// Registers: the version to show is first. Several of FieldKind::value are a conflict.
  std::vector<Version> versions = {};
  std::string text = {};                    ///< text
  std::int64_t count = 0;                   ///< counter
  std::vector<Value> elements = {};         ///< set, sorted
  std::size_t size = 0;                     ///< list: the number of its elements
  std::vector<std::string> names = {};      ///< map: its fields, sorted
  std::vector<FieldKind> other_kinds = {};  ///< also at this path: a conflict of kinds
};

/// A void: a field or a document that was deleted with a reason (Transaction::make_void). Also a
/// part of a document (its sections under one label) that was deleted, with or without a reason,
/// while another part exists. In a ConflictView: a contested deletion, with or without a reason.
struct VoidView {
  std::string path = {};    ///< empty: the document, or a part of it
  std::string reason = {};  ///< empty: none was given
  Provenance written = {};
  bool partly = false;  ///< the document has parts that aren't deleted
};

/// An unresolved conflict of a field.
struct ConflictView {
  DocumentId document = {};
  std::string path = {};
  FieldKind kind = FieldKind::value;
  std::vector<Version> versions = {};    ///< the one to show is first
  bool kinds_clash = false;              ///< several kinds were written at the path
  bool revived = false;                  ///< deleted and written to concurrently: it is shown
  bool moved = false;                    ///< a list element that was moved concurrently
  std::vector<VoidView> deletions = {};  ///< if revived: the contested deletions
};

/// A field and all below it, as currently shown.
struct FieldTree {
  std::string step = {};  ///< a map's field: its name; a list's element: its id, as in paths
  FieldKind kind = FieldKind::map;
  Value value = {};                      ///< a register: the version to show
  std::string text = {};                 ///< text
  std::int64_t count = 0;                ///< counter
  std::vector<Value> elements = {};      ///< set, sorted
  std::vector<FieldTree> children = {};  ///< map: by name; list: in order

  /// The field at a path that begins here; an empty path: this field. Null: nothing is there. The
  /// tree must outlive what this gives.
  const FieldTree* find(std::string_view path) const;

  /// The field's value, if the field is a register with a value of that type, or of the kind that
  /// is named; otherwise nothing, or null.
  std::optional<std::int64_t> integer() const;  ///< also a counter
  std::optional<double> number() const;         ///< also an integer
  std::optional<bool> boolean() const;
  const std::string* string() const;  ///< also a text
};

/// A position in a text or a list that is bound to the character or element beside it, so it moves
/// with concurrent edits. The host may store the token and use it on any device of the space.
struct Cursor {
  std::string token = {};
  bool operator==(const Cursor&) const = default;
};
/// The neighbour that a cursor is bound to. What is inserted at the cursor comes after the cursor
/// (left) or before it (right).
enum class CursorSide : std::uint8_t { left, right };

/// The position of a change: it identifies the change.
struct ChangeId {
  CompartmentId compartment = {};
  AuthorId author = {};
  std::uint64_t seq = 0;
  auto operator<=>(const ChangeId&) const = default;
};

/// A moment in a document's history: just after a change, as its author saw the document (other
/// compartments: at that change's time); or a time, by the writers' clocks: all changes written
/// until then, and all that these had seen. Clocks may be wrong: a change may have a time in the
/// future. `now` includes everything.
class Moment {
 public:
  static Moment after(const ChangeId& change) { return Moment(change, 0); }
  static Moment at(std::int64_t time_ms) {
    return Moment(std::nullopt, time_ms);
  }  ///< ms since 1970
  static Moment now() { return at(std::numeric_limits<std::int64_t>::max()); }

  const std::optional<ChangeId>& change() const { return change_; }
  std::int64_t time_ms() const { return time_ms_; }

 private:
  Moment(std::optional<ChangeId> change, std::int64_t time_ms)
      : change_(change), time_ms_(time_ms) {}
  std::optional<ChangeId> change_ = {};
  std::int64_t time_ms_;
};

/// Linked documents (Transaction::mark_same), read as one.
struct MergedView {
  std::vector<DocumentId> documents = {};  ///< sorted, including the requested one
  std::string json = {};
  /// A field in which the documents differ: each document's version, the one to show first.
  struct Difference {
    std::string path = {};
    std::vector<std::pair<DocumentId, Version>> versions = {};
  };
  std::vector<Difference> differences = {};
};

/// The difference in a field between two moments.
struct FieldDifference {
  std::string path = {};
  std::string before = {};  ///< JSON; empty: the field didn't exist
  std::string after = {};   ///< JSON; empty: the field doesn't exist
};

/// One edit within a change.
struct FieldEdit {
  enum class Action : std::uint8_t {
    set,          ///< `value`: the new value
    make,         ///< made an empty container
    erase,        ///< deleted the field and all below it
    make_void,    ///< the same, with a reason: `value`
    insert,       ///< a list's element: `value`, null for a container
    move,         ///< moved a list's element
    insert_text,  ///< `value`: the text
    erase_text,   ///< `count`: characters
    count,        ///< `count`: the author's new total
    add,          ///< `value`, to a set
    remove,       ///< `value`, from a set
    take_back,    ///< an undo withdrew a write of this author
    restore,      ///< withdrew a deletion
    keep,         ///< settled a contested deletion in favour of the field
  };
  std::string path = {};  ///< list elements by their current indices, or by their ids
  Action action = Action::set;
  Value value = {};
  std::int64_t count = 0;
};

/// One change in a document's history.
struct HistoryEntry {
  ChangeId id = {};
  Provenance written = {};
  std::vector<FieldEdit> edits = {};
  /// The same for all changes of one transaction; only if the transaction wrote in several
  /// compartments, or several changes of one document.
  std::optional<TransactionId> transaction = {};
};

namespace detail {

/// Whether a step of a path, with its escapes, is this name.
inline bool is_step(std::string_view step, std::string_view name) {
  std::size_t at = 0;
  for (const char& c : name) {
    const std::string_view written = c == '~' ? "~0" : c == '/' ? "~1" : std::string_view(&c, 1);
    if (step.substr(at, written.size()) != written) return false;
    at += written.size();
  }
  return at == step.size();
}

inline const FieldTree* child_at(const FieldTree& tree, std::string_view step) {
  if (tree.kind == FieldKind::list && !step.starts_with('@')) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool is_index = error == std::errc{} && end == step.data() + step.size();
    return is_index && index < tree.children.size() ? &tree.children[index] : nullptr;
  }
  const auto child =
      std::find_if(tree.children.begin(), tree.children.end(),
                   [step](const FieldTree& each) { return is_step(step, each.step); });
  return child != tree.children.end() ? &*child : nullptr;
}

}  // namespace detail

inline const FieldTree* FieldTree::find(std::string_view path) const {
  const FieldTree* tree = this;
  bool at_end = path.empty();
  while (tree != nullptr && !at_end) {
    const std::size_t slash = path.find('/');
    tree = detail::child_at(*tree, path.substr(0, slash));
    at_end = slash == std::string_view::npos;
    if (!at_end) path.remove_prefix(slash + 1);
  }
  return tree;
}

inline std::optional<std::int64_t> FieldTree::integer() const {
  if (kind == FieldKind::counter) return count;
  const std::int64_t* held = value.integer();
  return held != nullptr ? std::optional(*held) : std::nullopt;
}

inline std::optional<double> FieldTree::number() const {
  if (const double* held = value.number()) return *held;
  const auto whole = integer();
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

inline std::optional<bool> FieldTree::boolean() const {
  const bool* held = value.boolean();
  return held != nullptr ? std::optional(*held) : std::nullopt;
}

inline const std::string* FieldTree::string() const {
  return kind == FieldKind::text ? &text : value.text();
}

}  // namespace relais
