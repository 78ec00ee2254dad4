#include "document/state/table.h"

#include <algorithm>
#include <limits>
#include <set>

#include "document/codec/value_code.h"
#include "document/sequence/span.h"

namespace relais::document {
namespace {

const Dots kNoDots;

auto first_element(std::vector<Child>& children) {
  return std::find_if(children.begin(), children.end(),
                      [](const Child& child) { return child.is_element; });
}

auto place_of(std::vector<Child>& children, std::string_view name) {
  const auto before = [](const Child& child, std::string_view other) {
    return !child.is_element && child.name < other;
  };
  return std::lower_bound(children.begin(), children.end(), name, before);
}

auto place_of(std::vector<Child>& children, const ChangeTable& changes, const LocalDot& element) {
  const auto before = [&changes](const Child& child, const LocalDot& other) {
    return !child.is_element || changes.less(child.element, other);
  };
  return std::lower_bound(children.begin(), children.end(), element, before);
}

template <class Step>
Node* add(std::vector<Child>& children, std::vector<Child>::iterator at, const Step& step) {
  const auto place = at - children.begin();
  if (children.empty()) children.reserve(6);  // most objects have some fields
  return &children.emplace(children.begin() + place, step)->node;
}

}  // namespace

Node::Node(const Node& other)
    : values(other.values),
      extras(other.extras ? std::make_unique<Extras>(*other.extras) : nullptr),
      children(other.children) {}

bool Extras::vacant() const {
  return std::all_of(std::begin(present), std::end(present),
                     [](const Dots& d) { return d.empty(); }) &&
         rare->vacant() && set.empty() && counts.empty() && bases.empty() && list.empty() &&
         text.empty();
}

const Dots& Node::present(FieldKind kind) const {
  return extras && !is_register(kind) ? extras->present[static_cast<int>(kind)] : kNoDots;
}

Versions& Node::versions(FieldKind kind) {
  if (kind == FieldKind::value) return values;
  Rare& rare = more().rare.make();
  return kind == FieldKind::ranked ? rare.ranked : rare.last_writer;
}

const Versions& Node::versions(FieldKind kind) const {
  static const Versions kNone;
  if (kind == FieldKind::value) return values;
  if (!extras) return kNone;
  return kind == FieldKind::ranked ? extras->rare->ranked : extras->rare->last_writer;
}

Child* Node::find(std::string_view name) {
  const auto at = place_of(children, name);
  return at != children.end() && !at->is_element && at->name == name ? &*at : nullptr;
}

Child* Node::find(const ChangeTable& changes, const LocalDot& element) {
  const auto at = place_of(children, changes, element);
  return at != children.end() && at->is_element && at->element.same(element) ? &*at : nullptr;
}

Node& Node::child(std::string_view name) {
  const auto at = place_of(children, name);
  if (at != children.end() && !at->is_element && at->name == name) return at->node;
  return *add(children, at, name);
}

Node& Node::child(const ChangeTable& changes, const LocalDot& element) {
  const auto at = place_of(children, changes, element);
  if (at != children.end() && at->element.same(element)) return at->node;
  return *add(children, at, element);
}

void Node::prune() {
  for (Child& child : children) child.node.prune();
  std::erase_if(children, [](const Child& child) { return child.node.vacant(); });
  if (extras && extras->vacant()) extras.reset();
}

State::Table::Table(const Table& other)
    : context(other.context),
      changes(other.changes),
      root(other.root),
      hidden(other.hidden ? std::make_unique<Node>(*other.hidden) : nullptr),
      contents(other.contents),
      marked(other.marked),
      unsettled(other.unsettled),
      contested(other.contested) {}

Node* State::Table::find(Node& top, const Path& path) {
  const Node* at = &top;
  for (const Step& step : path) {
    at = find_child(*this, *at, step);
    if (at == nullptr) return nullptr;
  }
  return const_cast<Node*>(at);
}

const Node* find_child(const State::Table& table, const Node& node, const Step& step) {
  const Child* child = nullptr;
  if (const auto* name = std::get_if<std::string>(&step)) {
    child = node.find(*name);
  } else if (const auto dot = table.changes.find(std::get<Dot>(step))) {
    child = node.find(table.changes, *dot);
  }
  return child != nullptr ? &child->node : nullptr;
}

Path path_below(const Path& path, const ChangeTable& changes, const Child& child) {
  Path below = path;
  if (child.is_element) {
    below.emplace_back(changes.global(child.element));
  } else {
    below.emplace_back(child.name);
  }
  return below;
}

bool has_contested_mark(const Node& node) {
  if (!node.extras) return false;
  const auto& marks = node.extras->rare->marks;
  return std::any_of(marks.begin(), marks.end(), [](const Mark& mark) { return mark.contested; });
}

bool is_live(const Node& node, FieldKind kind) {
  const auto any_child = [&node](bool element) {
    return std::any_of(node.children.begin(), node.children.end(), [element](const Child& child) {
      return child.is_element == element && is_live(child.node);
    });
  };
  switch (kind) {
    case FieldKind::value:
    case FieldKind::last_writer:
    case FieldKind::ranked: return !node.versions(kind).empty();
    case FieldKind::map: return !node.present(kind).empty() || any_child(false);
    case FieldKind::list: return !node.present(kind).empty() || any_child(true);
    case FieldKind::set:
      return !node.present(kind).empty() || (node.extras != nullptr && !node.extras->set.empty());
    default: return !node.present(kind).empty();
  }
}

bool is_live(const Node& node) { return shown_kind(node).has_value(); }

std::optional<FieldKind> shown_kind(const Node& node) {
  for (const FieldKind kind : kShownFirst) {
    if (is_live(node, kind)) return kind;
  }
  return std::nullopt;
}

namespace {

/// The order of showing concurrent items: later stamp first.
bool is_later(const ChangeTable& changes, const LocalDot& a, const LocalDot& b) {
  const Stamp stamp_a = changes[a.change].stamp;
  const Stamp stamp_b = changes[b.change].stamp;
  return stamp_a != stamp_b ? stamp_b < stamp_a : changes.less(b, a);
}

}  // namespace

std::vector<const Versioned*> shown_values(const ChangeTable& changes, const Node& node,
                                           FieldKind kind) {
  std::vector<const Versioned*> shown;
  for (const Versioned& version : node.versions(kind)) shown.push_back(&version);
  if (shown.size() < 2) return shown;
  std::sort(shown.begin(), shown.end(), [&changes](const Versioned* a, const Versioned* b) {
    return a->rank != b->rank ? b->rank < a->rank : is_later(changes, a->dot, b->dot);
  });
  const auto less = [](const Versioned* a, const Versioned* b) {
    return compare(a->value, b->value) < 0;
  };
  std::set<const Versioned*, decltype(less)> seen(less);
  std::erase_if(shown, [&](const Versioned* version) { return !seen.insert(version).second; });
  return shown;
}

std::vector<const Moved*> moves_of(const ChangeTable& changes, const Node& list,
                                   const LocalDot& element) {
  std::vector<const Moved*> moves;
  if (!list.extras) return moves;
  auto [move, last] = moves_of(list.extras->rare->moves, element);
  for (; move != last; ++move) moves.push_back(&*move);
  std::sort(moves.begin(), moves.end(), [&changes](const Moved* a, const Moved* b) {
    return is_later(changes, a->dot, b->dot);
  });
  return moves;
}

namespace {

/// Maps a list's units to the elements that stand there.
class Placing {
 public:
  Placing(const ChangeTable& changes, const Node& list) : changes_(changes), list_(list) {
    if (!list.extras) return;
    std::vector<const Moved*> moves;
    for (const Moved& move : list.extras->rare->moves) moves.push_back(&move);
    std::sort(moves.begin(), moves.end(), [&changes](const Moved* a, const Moved* b) {
      const std::uint64_t of_a = key_of(a->element);
      const std::uint64_t of_b = key_of(b->element);
      return of_a != of_b ? of_a < of_b : is_later(changes, a->dot, b->dot);
    });
    for (const Moved* move : moves) {  // the first of an element's moves holds
      const std::uint64_t element = key_of(move->element);
      if (!moved_.empty() && moved_.back() == element) continue;
      moved_.push_back(element);
      holders_.emplace_back(key_of(move->dot), move);
    }
    std::sort(holders_.begin(), holders_.end());
  }

  const Child* at(const LocalDot& unit) const {
    const auto holder =
        std::lower_bound(holders_.begin(), holders_.end(), key_of(unit),
                         [](const Holder& h, std::uint64_t k) { return h.first < k; });
    if (holder != holders_.end() && holder->first == key_of(unit)) {
      return list_.find(changes_, holder->second->element);
    }
    const Child* child = list_.find(changes_, unit);
    return child != nullptr && !is_moved(child->element) ? child : nullptr;
  }
  bool is_moved(const LocalDot& element) const {
    return std::binary_search(moved_.begin(), moved_.end(), key_of(element));
  }

 private:
  using Holder = std::pair<std::uint64_t, const Moved*>;

  const ChangeTable& changes_;
  const Node& list_;
  std::vector<std::uint64_t> moved_;  ///< elements, sorted
  std::vector<Holder> holders_;       ///< the units they stand at, sorted
};

}  // namespace

std::vector<ListItem> live_elements(const ChangeTable& changes, const Node& node) {
  std::vector<ListItem> elements;
  const Placing placing(changes, node);
  const Sequence* order = node.extras ? &node.extras->list : nullptr;
  for (std::int32_t run = order ? order->head() : Sequence::kNone; run != Sequence::kNone;
       run = order->run(run).after) {
    for (std::uint32_t offset = 0; offset < order->run(run).length; ++offset) {
      const LocalDot unit = order->unit({run, offset});
      const Child* child = placing.at(unit);
      if (child != nullptr && is_live(child->node)) elements.push_back({child, unit});
    }
  }
  auto& children = const_cast<std::vector<Child>&>(node.children);
  for (auto child = first_element(children); child != children.end(); ++child) {
    const bool placed =
        placing.is_moved(child->element) || (order != nullptr && order->find(child->element));
    if (!placed && is_live(child->node)) elements.push_back({&*child, std::nullopt});
  }
  return elements;
}

std::string visible_text(const Node& node) {
  std::string text;
  if (!node.extras) return text;
  const Sequence& order = node.extras->text;
  for (auto run = order.head(); run != Sequence::kNone; run = order.run(run).after) {
    if (!order.run(run).hidden) text += order.run(run).text;
  }
  return text;
}

std::int64_t saturated(Wide value) {
  constexpr Wide kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kLeast, kMost));
}

Wide counter_value(const ChangeTable& changes, const Node& node) {
  Wide value = 0;
  if (!node.extras) return value;
  for (const Total& count : node.extras->counts) {
    const Base* base = nullptr;
    for (const Base& candidate : node.extras->bases) {
      if (!candidate.holds || changes.author(candidate.dot) != changes.author(count.dot)) continue;
      if (base == nullptr || candidate.is_beyond(*base, changes)) base = &candidate;
    }
    // A base beyond the total belongs to a Count that isn't here: this total counts as zero.
    const bool beyond = base != nullptr && changes.less(count.dot, base->dot);
    value += base == nullptr ? Wide{count.total} : beyond ? 0 : Wide{count.total} - base->total;
  }
  return value;
}

}  // namespace relais::document
