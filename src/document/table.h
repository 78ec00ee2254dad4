#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document/change_table.h"
#include "document/sequence.h"
#include "document/state.h"

/// What a State holds inside: a tree whose nodes are the steps of the paths. Only for the files of
/// this folder.
namespace relais::document {

using Dots = std::vector<LocalDot>;

struct Versioned {
  Value value;
  LocalDot dot;
};

struct SetElement {
  Value value;
  Dots dots;  ///< of the additions that no removal has seen; never empty
};

struct Total {
  LocalDot dot;  ///< of the Count that set it
  std::int64_t total = 0;
};

/// The facets that few paths have.
struct Extras {
  Dots present[6];  ///< by Kind: the writes that made a container and that no deletion has seen
  Dots deletions;   ///< the last ones of this path, kept to flag what they had not seen
  std::vector<SetElement> set;  ///< sorted by value
  std::vector<Total> counts;    ///< one an author
  std::vector<Total> bases;     ///< one an author: what was reset
  Sequence list;
  Sequence text;

  bool vacant() const;
};

struct Node;

struct Child {
  Child(std::string_view step, std::unique_ptr<Node> below) : name(step), node(std::move(below)) {}
  Child(LocalDot step, std::unique_ptr<Node> below)
      : element(step), is_element(true), node(std::move(below)) {}
  Child(const Child&);
  Child(Child&&) noexcept = default;
  Child& operator=(Child&&) noexcept = default;

  std::string name;
  LocalDot element;
  bool is_element = false;
  std::unique_ptr<Node> node;
};

struct Node {
  Node() = default;
  Node(const Node&);
  Node(Node&&) noexcept = default;
  Node& operator=(Node&&) noexcept = default;

  Extras& more() {
    if (!extras) extras = std::make_unique<Extras>();
    return *extras;
  }
  const Dots& present(Kind kind) const;
  Child* find(std::string_view name);
  Child* find(const ChangeTable& changes, const LocalDot& element);
  const Child* find(std::string_view name) const { return const_cast<Node*>(this)->find(name); }
  const Child* find(const ChangeTable& changes, const LocalDot& element) const {
    return const_cast<Node*>(this)->find(changes, element);
  }
  Node& child(std::string_view name);
  Node& child(const ChangeTable& changes, const LocalDot& element);
  /// Nothing is known of the path, and nothing below.
  bool vacant() const { return values.empty() && children.empty() && !extras; }
  /// Removes what is vacant, below and in itself.
  void prune();

  std::vector<Versioned> values;  ///< siblings, in the order of arrival
  std::unique_ptr<Extras> extras;
  std::vector<Child> children;  ///< names by their bytes, then elements by their dots
};

struct State::Table {
  Context context;
  ChangeTable changes;
  Node root;

  Node* find(const Path& path);
  const Node* find(const Path& path) const { return const_cast<Table*>(this)->find(path); }
};

/// Something of the kind is to be seen at the node.
bool is_live(const Node& node, Kind kind);
bool is_live(const Node& node);
inline constexpr Kind kKinds[] = {Kind::value, Kind::map, Kind::list,
                                  Kind::text,  Kind::set, Kind::counter};
/// The kind that is shown of those that live there: containers first, so that nothing below hides.
inline constexpr Kind kShownFirst[] = {Kind::map, Kind::list,    Kind::text,
                                       Kind::set, Kind::counter, Kind::value};
/// Nothing if none lives.
std::optional<Kind> shown_kind(const Node& node);

/// The siblings, the one to show first, equal values as one.
std::vector<const Versioned*> shown_values(const ChangeTable& changes, const Node& node);
/// The list's live elements in their order; those whose place is lost last, by dot.
std::vector<const Child*> live_elements(const ChangeTable& changes, const Node& node);
std::string visible_text(const Node& node);
__extension__ using Wide = __int128;  ///< sums of 64-bit totals
Wide counter_value(const ChangeTable& changes, const Node& node);

}  // namespace relais::document
