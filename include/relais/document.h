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
/// Paths within a document are text: steps joined by '/', `~1` for '/' and `~0` for '~' in a name.
/// After a list stands an element's index at that moment, from 0, or its id.
struct DocumentId {
  std::string scope = {};
  std::string collection = {};
  std::string id = {};
  auto operator<=>(const DocumentId&) const = default;
};

/// What a field is. Two kinds written at one path at once both survive. The numbers are those of
/// the format: docs/spec/document.md, "Fields".
enum class FieldKind : std::uint8_t {
  value = 0,        ///< a register: every write that no later write has seen stays
  map = 1,          ///< an object: its fields stand at longer paths
  list = 2,         ///< elements in an order that all devices agree on
  text = 3,         ///< the same, of code points
  set = 4,          ///< an addition wins over a removal that had not seen it
  counter = 5,      ///< the sum of what each author added
  last_writer = 6,  ///< a register: the latest write is shown, the others are reported
  ranked = 7,       ///< a register: the write of the highest rank is shown, all are kept
};

/// Who wrote something, and when by that device's clock, which may be wrong. The time is for
/// people: it decides nothing.
struct Provenance {
  AuthorId author = {};
  DeviceId device = {};
  std::uint64_t seq = 0;     ///< place in the author's log
  std::int64_t time_ms = 0;  ///< wall time, UTC, since 1970
  std::string user = {};     ///< who was at the device, if the host said so (Transaction::set_user)
};

/// One version of a value that no later write has seen.
struct Version {
  Value value = {};
  Provenance written = {};
  std::uint32_t rank = 0;  ///< of FieldKind::ranked
};

/// A field as it reads now.
struct FieldView {
  FieldKind kind = FieldKind::value;
  /// Registers: the one to show first. More than one of FieldKind::value is a conflict.
  std::vector<Version> versions = {};
  std::string text = {};                    ///< text
  std::int64_t count = 0;                   ///< counter
  std::vector<Value> elements = {};         ///< set, sorted
  std::size_t size = 0;                     ///< list: its live elements
  std::vector<std::string> names = {};      ///< map: its fields, sorted
  std::vector<FieldKind> other_kinds = {};  ///< also live at this path: a conflict of kinds
};

/// Something that isn't there, because somebody deleted it and said why; or a part of a document of
/// which other parts are there (the path is empty then).
struct VoidView {
  std::string path = {};
  std::string reason = {};  ///< empty: none was said
  Provenance written = {};
  bool partly = false;  ///< of a document, parts of which are there
};

/// A field with several versions that no one has chosen between.
struct ConflictView {
  DocumentId document = {};
  std::string path = {};
  FieldKind kind = FieldKind::value;
  std::vector<Version> versions = {};  ///< the one shown first
  bool kinds_clash = false;
  bool revived = false;  ///< one deleted it, another wrote to it: all of it is shown
  bool moved = false;    ///< an element of a list that two moved at once
  std::vector<VoidView> deletions = {};  ///< of what is revived: by whom, and why if they said
};

/// A field with all below it, as it reads now.
struct FieldTree {
  std::string step = {};  ///< a map's field: its name; a list's element: its id, as paths take it
  FieldKind kind = FieldKind::map;
  Value value = {};                      ///< a register: the one to show
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

/// A place in a text or a list that stays where it is while others edit: bound to the character
/// (or element) beside it. A host may keep it, as text, and use it on any device of the space.
struct Cursor {
  std::string token = {};
  bool operator==(const Cursor&) const = default;
};
/// Which neighbour holds a cursor: what is inserted just there comes after it, or before it.
enum class CursorSide : std::uint8_t { left, right };

/// One change of one document, by its place in its author's log.
struct ChangeId {
  CompartmentId compartment = {};
  AuthorId author = {};
  std::uint64_t seq = 0;
  auto operator<=>(const ChangeId&) const = default;
};

/// A document's past: just after a change, as its author saw it (other compartments: as of its
/// time); or all that was written until a time, by the clocks of those who wrote, and all that they
/// had seen. Clocks may be wrong: what is written now may bear a time to come. `now` is everything.
class Moment {
 public:
  static Moment after(const ChangeId& change) { return Moment(change, 0); }
  static Moment at(std::int64_t time_ms) { return Moment(std::nullopt, time_ms); }  ///< UTC, 1970
  static Moment now() { return at(std::numeric_limits<std::int64_t>::max()); }

  const std::optional<ChangeId>& change() const { return change_; }
  std::int64_t time_ms() const { return time_ms_; }

 private:
  Moment(std::optional<ChangeId> change, std::int64_t time_ms)
      : change_(change), time_ms_(time_ms) {}
  std::optional<ChangeId> change_ = {};
  std::int64_t time_ms_;
};

/// Several documents that are about the same thing, read as one.
struct MergedView {
  std::vector<DocumentId> documents = {};  ///< sorted; the one asked for too
  std::string json = {};
  /// Fields in which they differ, with each one's version; the one shown first.
  struct Difference {
    std::string path = {};
    std::vector<std::pair<DocumentId, Version>> versions = {};
  };
  std::vector<Difference> differences = {};
};

/// What is different in a field between two moments.
struct FieldDifference {
  std::string path = {};
  std::string before = {};  ///< JSON; empty: it wasn't there
  std::string after = {};   ///< JSON; empty: it isn't there
};

/// One edit within a change.
struct FieldEdit {
  enum class Action : std::uint8_t {
    set,          ///< `value`: the new value
    make,         ///< an empty container
    erase,        ///< deleted, with all below
    make_void,    ///< deleted for a reason: `value`
    insert,       ///< a list's element: `value`, null for a container
    move,         ///< a list's element stands elsewhere
    insert_text,  ///< `value`: the text
    erase_text,   ///< `count`: characters
    count,        ///< `count`: the author's new running total
    add,          ///< `value`, to a set
    remove,       ///< `value`, from a set
    take_back,    ///< an own write withdrawn by undo
    restore,      ///< a deletion taken back
    keep,         ///< went on in spite of a deletion that others contest
  };
  std::string path = {};  ///< elements by their places now, or by their ids
  Action action = Action::set;
  Value value = {};
  std::int64_t count = 0;
};

/// One change in a document's history.
struct HistoryEntry {
  ChangeId id = {};
  Provenance written = {};
  std::vector<FieldEdit> edits = {};
  /// The same in all that one transaction wrote, if that was in several compartments, or in several
  /// changes of one document.
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
