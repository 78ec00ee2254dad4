#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "document/change_table.h"
#include "document/sequence/sequence.h"
#include "document/small_vector.h"
#include "document/state/state.h"

/// The content of a State: a tree whose nodes are the steps of the paths.
namespace relais::document {

using Dots = boost::container::small_vector<LocalDot, 1>;

struct Versioned {
  Versioned(Value its, const LocalDot& at, std::uint32_t ranked = 0)
      : value(std::move(its)), dot(at), rank(ranked) {}
  /// Constructs the value in place from a function's result.
  template <class Make>
  requires std::is_invocable_r_v<Value, const Make&> Versioned(const Make& make, const LocalDot& at)
      : value(make()), dot(at) {}

  Value value;
  LocalDot dot;
  std::uint32_t rank = 0;  ///< of FieldKind::ranked
};

/// A register's siblings: nearly always one, which is stored inline.
using Versions = boost::container::small_vector<Versioned, 1>;

/// Numbers of changes, ascending.
using ChangeSet = std::vector<std::uint32_t>;

/// The mark of a deletion: hides what its author had seen at the path and below, unless it is
/// contested. docs/spec/document.md, "Deletion".
struct Mark {
  LocalDot dot;
  std::optional<std::string> reason;  ///< of a void
  ChangeSet covered;                  ///< changes that it saw, with items there or below
  ChangeSet later;                    ///< changes that saw it, likewise
  bool contested = false;             ///< derived: it hides nothing

  bool covers(const LocalDot& item) const;
  /// Whether the mark and the item are concurrent.
  bool is_beside(const LocalDot& item) const;
};

/// Contests only the listed marks of its path.
struct Keep {
  LocalDot dot;
  std::vector<LocalDot> marks;
};

/// A mark withdrawn by Restores, whose dots are signs at the path too, or by Withdraws.
struct Withdrawn {
  LocalDot mark;
  Dots by;
};

/// A move of a list element: the move's dot is the unit at its new position.
struct Moved {
  LocalDot element;
  LocalDot dot;
};
/// Sorted by element: a list may have as many moves as elements.
struct ByElement {
  static auto key(const Moved& it) {
    return std::array<std::uint32_t, 4>{it.element.change, it.element.index, it.dot.change,
                                        it.dot.index};
  }
  bool operator()(const Moved& a, const Moved& b) const { return key(a) < key(b); }
};
using Moves = std::set<Moved, ByElement>;
/// The range of an element's moves.
inline std::pair<Moves::const_iterator, Moves::const_iterator> moves_of(const Moves& moves,
                                                                        const LocalDot& element) {
  const Moved last{element, {UINT32_MAX, (1U << 31) - 1, 0}};
  return {moves.lower_bound({element, {}}), moves.upper_bound(last)};
}

struct SetElement {
  Value value;
  Dots dots;  ///< of additions that no removal saw; never empty
};

struct Total {
  LocalDot dot;  ///< of the Count that set it
  std::int64_t total = 0;
};

/// The amount subtracted from an author's total: permanently, or while the mark of its change's
/// next Delete stands uncontested.
struct Base : Total {
  LocalDot by = {};  ///< the reset
  bool of_mark = false;
  bool holds = true;  ///< derived

  /// Whether this one counts, of two bases of one author.
  bool is_beyond(const Base& other, const ChangeTable& changes) const {
    if (!dot.same(other.dot)) return changes.less(other.dot, dot);
    return total != other.total ? total > other.total : changes.less(by, other.by);
  }
};

/// A lazily allocated T; reads as an empty T if not allocated.
template <class T>
class Seldom {
 public:
  Seldom() = default;
  Seldom(const Seldom& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  Seldom(Seldom&&) noexcept = default;
  Seldom& operator=(Seldom&&) noexcept = default;

  const T& operator*() const {
    static const T kNothing;
    return held_ ? *held_ : kNothing;
  }
  const T* operator->() const { return &**this; }
  /// Null if there is none.
  T* get() { return held_.get(); }
  T& make() {
    if (!held_) held_ = std::make_unique<T>();
    return *held_;
  }

 private:
  std::unique_ptr<T> held_;
};

/// The facets that hardly any path has.
struct Rare {
  std::vector<Mark> marks;
  std::vector<Keep> keeps;
  Dots restores;  ///< signs: no content, but they contest marks that hadn't seen them
  std::vector<Withdrawn> withdrawn;
  Versions last_writer;
  Versions ranked;
  Moves moves;  ///< of list elements, that no later move saw

  bool vacant() const {
    return marks.empty() && keeps.empty() && restores.empty() && withdrawn.empty() &&
           last_writer.empty() && ranked.empty() && moves.empty();
  }
};

/// The facets that few paths have.
struct Extras {
  Dots present[6];  ///< presence dots by FieldKind: of container writes that no deletion saw
  Seldom<Rare> rare;
  std::vector<SetElement> set;  ///< sorted by value
  std::vector<Total> counts;    ///< one per author
  std::vector<Base> bases;      ///< what was reset
  Sequence list;
  Sequence text;

  bool vacant() const;
};

struct Child;

struct Node {
  Node() = default;
  Node(const Node&);
  Node(Node&&) noexcept = default;
  Node& operator=(Node&&) noexcept = default;

  Extras& more() {
    if (!extras) extras = std::make_unique<Extras>();
    return *extras;
  }
  /// A container's presence dots; empty for a register kind.
  const Dots& present(FieldKind kind) const;
  /// For a register kind.
  Versions& versions(FieldKind kind);
  const Versions& versions(FieldKind kind) const;
  Child* find(std::string_view name);
  Child* find(const ChangeTable& changes, const LocalDot& element);
  const Child* find(std::string_view name) const { return const_cast<Node*>(this)->find(name); }
  const Child* find(const ChangeTable& changes, const LocalDot& element) const {
    return const_cast<Node*>(this)->find(changes, element);
  }
  Node& child(std::string_view name);
  Node& child(const ChangeTable& changes, const LocalDot& element);
  /// The node and its subtree hold nothing.
  bool vacant() const { return values.empty() && children.empty() && !extras; }
  /// Removes vacant facets and vacant nodes below.
  void prune();

  Versions values;  ///< siblings, in the order of arrival
  std::unique_ptr<Extras> extras;
  std::vector<Child> children;  ///< names by their bytes, then elements by their dots
};

struct Child {
  explicit Child(std::string_view step) : name(step) {}
  explicit Child(const LocalDot& step) : element(step), is_element(true) {}

  std::string name;
  LocalDot element;
  bool is_element = false;
  Node node;
};

/// An applied by-content change and its carriers: the positions that hold it.
struct Content {
  AuthorId author;
  std::vector<Position> carriers;  ///< ascending
};

struct State::Table {
  Context context;
  ChangeTable changes;
  /// What is shown; also marks, Keeps, signs of Restores, the order of lists, and texts, hidden or
  /// not.
  Node root;
  /// What marks hide, at the same paths: registers, presence dots, sets, totals, moves.
  std::unique_ptr<Node> hidden;
  std::vector<Content> contents;  ///< by author
  bool marked = false;            ///< there may be marks, Keeps or signs of Restores
  bool unsettled = false;         ///< contested marks must be determined again
  std::size_t contested = 0;      ///< number of contested marks

  Table() = default;
  Table(const Table& other);

  Node* find(const Path& path) { return find(root, path); }
  Node* find(Node& top, const Path& path);
  const Node* find(const Path& path) const { return const_cast<Table*>(this)->find(path); }
  /// Null if nothing is hidden there.
  Node* find_hidden(const Path& path) { return hidden ? find(*hidden, path) : nullptr; }
  const Node* find_hidden(const Path& path) const {
    return const_cast<Table*>(this)->find_hidden(path);
  }
};

/// Null if there is none.
const Node* find_child(const State::Table& table, const Node& node, const Step& step);
/// The path of a node's child.
Path path_below(const Path& path, const ChangeTable& changes, const Child& child);

bool has_contested_mark(const Node& node);
/// Whether something of the kind is shown at the node.
bool is_live(const Node& node, FieldKind kind);
bool is_live(const Node& node);
inline constexpr FieldKind kKinds[] = {FieldKind::value,       FieldKind::map,   FieldKind::list,
                                       FieldKind::text,        FieldKind::set,   FieldKind::counter,
                                       FieldKind::last_writer, FieldKind::ranked};
inline constexpr FieldKind kRegisters[] = {FieldKind::value, FieldKind::last_writer,
                                           FieldKind::ranked};
inline constexpr FieldKind kContainers[] = {FieldKind::map, FieldKind::list, FieldKind::text,
                                            FieldKind::set, FieldKind::counter};
constexpr bool is_register(FieldKind kind) {
  return kind == FieldKind::value || kind == FieldKind::last_writer || kind == FieldKind::ranked;
}
/// Precedence of the live kinds at a path; containers first, so that their content is visible.
inline constexpr FieldKind kShownFirst[] = {
    FieldKind::map,     FieldKind::list,   FieldKind::text,        FieldKind::set,
    FieldKind::counter, FieldKind::ranked, FieldKind::last_writer, FieldKind::value};
/// Nothing if no kind is live.
std::optional<FieldKind> shown_kind(const Node& node);

/// A register's siblings, the shown one first; equal values are merged.
std::vector<const Versioned*> shown_values(const ChangeTable& changes, const Node& node,
                                           FieldKind kind = FieldKind::value);
/// A list element and its unit in the order; no unit if its insertion isn't here.
struct ListItem {
  const Child* child;
  std::optional<LocalDot> unit;
};
/// The list's live elements in order; those without a unit come last, by dot.
std::vector<ListItem> live_elements(const ChangeTable& changes, const Node& node);
/// An element's moves that no later move saw; the one that holds is first.
std::vector<const Moved*> moves_of(const ChangeTable& changes, const Node& list,
                                   const LocalDot& element);
std::string visible_text(const Node& node);
__extension__ using Wide = __int128;  ///< sums of 64-bit totals
/// Clamped to 64 bits.
std::int64_t saturated(Wide value);
Wide counter_value(const ChangeTable& changes, const Node& node);

}  // namespace relais::document
