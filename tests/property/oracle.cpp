#include "property/oracle.h"

#include <algorithm>

#include "document/json.h"

namespace relais::document {
namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool is_above(const Path& above, const Path& path) {
  return above.size() <= path.size() && std::equal(above.begin(), above.end(), path.begin());
}

std::string json_of(const Value& value) { return to_json(value); }

std::string words(const Dot& dot) {
  return to_hex(dot.author.view()) + "." + std::to_string(dot.seq) + "." +
         std::to_string(dot.index);
}

/// The kinds whose container an op makes at its path.
bool makes(const Op& op, Kind kind) {
  if (const auto* make = std::get_if<op::Make>(&op.what)) return make->kind == kind;
  if (std::holds_alternative<op::Insert>(op.what)) return kind == Kind::list;
  if (std::holds_alternative<op::InsertText>(op.what)) return kind == Kind::text;
  if (std::holds_alternative<op::Add>(op.what)) return kind == Kind::set;
  if (std::holds_alternative<op::Count>(op.what)) return kind == Kind::counter;
  return false;
}

}  // namespace

Oracle::Oracle(const std::vector<const Written*>& changes) {
  for (const Written* written : changes) {
    std::uint32_t index = 0;
    for (const Op& op : written->change.ops) {
      events_.push_back({&written->change, written->position, index, &op});
      const auto* text = std::get_if<op::InsertText>(&op.what);
      index += text != nullptr ? static_cast<std::uint32_t>(code_points(text->text)) : 1;
    }
  }
}

bool Oracle::saw(const Event& later, const Event& earlier) const {
  if (later.position == earlier.position) return later.index > earlier.index;
  for (const Position& entry : later.change->context.entries()) {
    if (entry.author == earlier.position.author) return entry.seq >= earlier.position.seq;
  }
  return false;
}

bool Oracle::deleted(const Event& event, const Path& path) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
    return std::holds_alternative<op::Delete>(other.op->what) && is_above(other.op->path, path) &&
           saw(other, event);
  });
}

bool Oracle::revived(const Event& event, const Path& path) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
    return std::holds_alternative<op::Delete>(other.op->what) && is_above(other.op->path, path) &&
           !saw(other, event) && !saw(event, other);
  });
}

bool Oracle::withdrawn(const Event& event, const Path& path) const {
  const Dot dot{event.position.author, event.position.seq, event.index};
  return std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
    const auto* withdraw = std::get_if<op::Withdraw>(&other.op->what);
    return withdraw != nullptr && other.op->path == path &&
           std::count(withdraw->dots.begin(), withdraw->dots.end(), dot) > 0;
  });
}

template <class Matches, class Replaces>
std::set<Oracle::Seen> Oracle::surviving(const Path& path, const Matches& matches,
                                         const Replaces& replaces) const {
  std::set<Seen> seen;
  for (const Event& event : events_) {
    const std::optional<std::string> value = matches(event);
    if (!value || deleted(event, path) || withdrawn(event, path)) continue;
    const Dot dot{event.position.author, event.position.seq, event.index};
    const bool replaced = std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
      return saw(other, event) && replaces(other, *value, dot);
    });
    if (replaced) continue;
    seen.insert({*value, dot, revived(event, path)});
  }
  return seen;
}

std::set<Oracle::Seen> Oracle::values(const Path& path, Kind kind) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    if (const auto* set = std::get_if<op::Set>(&event.op->what)) {
      const bool here = event.op->path == path && set->kind == kind;
      return here ? std::optional(json_of(set->value) + " #" + std::to_string(set->rank))
                  : std::nullopt;
    }
    const auto* insert = std::get_if<op::Insert>(&event.op->what);
    if (kind != Kind::value || insert == nullptr || !std::holds_alternative<Value>(insert->content))
      return std::nullopt;
    Path below = event.op->path;
    below.emplace_back(Dot{event.position.author, event.position.seq, event.index});
    return below == path ? std::optional(json_of(std::get<Value>(insert->content)) + " #0")
                         : std::nullopt;
  };
  return surviving(path, matches, [&](const Event& other, const std::string&, const Dot& dot) {
    const auto* set = std::get_if<op::Set>(&other.op->what);
    if (set == nullptr || other.op->path != path || set->kind != kind) return false;
    return !set->over || std::count(set->over->begin(), set->over->end(), dot) > 0;
  });
}

std::set<Oracle::Seen> Oracle::voids(const Path& path) const {
  std::set<Seen> standing;
  for (const Event& event : events_) {
    const auto* erase = std::get_if<op::Delete>(&event.op->what);
    if (erase == nullptr || !erase->reason || event.op->path != path) continue;
    const bool ended = std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
      if (!saw(other, event)) return false;
      const auto& what = other.op->what;
      const bool writes = !std::holds_alternative<op::Remove>(what) &&
                          !std::holds_alternative<op::DeleteText>(what) &&
                          !std::holds_alternative<op::Withdraw>(what);
      return (writes && is_above(path, other.op->path)) ||
             (std::holds_alternative<op::Delete>(what) && is_above(other.op->path, path));
    });
    const Dot dot{event.position.author, event.position.seq, event.index};
    if (!ended) standing.insert({*erase->reason, dot, false});
  }
  return standing;
}

std::set<Oracle::Seen> Oracle::moves(const Path& path) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    const auto* move = std::get_if<op::Move>(&event.op->what);
    if (move == nullptr || event.op->path != path) return std::nullopt;
    return words(move->element);
  };
  auto standing =
      surviving(path, matches, [&](const Event& other, const std::string& element, const Dot&) {
        const auto* move = std::get_if<op::Move>(&other.op->what);
        return move != nullptr && other.op->path == path && words(move->element) == element;
      });
  std::set<Seen> unflagged;
  for (const Seen& seen : standing) unflagged.insert({seen.value, seen.dot, false});
  return unflagged;
}

std::set<Oracle::Seen> Oracle::present(const Path& path, Kind kind) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    if (event.op->path == path && makes(*event.op, kind)) return std::string();
    const auto* insert = std::get_if<op::Insert>(&event.op->what);
    if (insert == nullptr || !std::holds_alternative<Kind>(insert->content)) return std::nullopt;
    Path below = event.op->path;
    below.emplace_back(Dot{event.position.author, event.position.seq, event.index});
    const bool it = below == path && std::get<Kind>(insert->content) == kind;
    return it ? std::optional(std::string()) : std::nullopt;
  };
  return surviving(path, matches, [&](const Event& other, const std::string&, const Dot&) {
    return other.op->path == path && makes(*other.op, kind);
  });
}

std::set<Oracle::Seen> Oracle::set(const Path& path) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    const auto* add = std::get_if<op::Add>(&event.op->what);
    return add != nullptr && event.op->path == path ? std::optional(json_of(add->value))
                                                    : std::nullopt;
  };
  return surviving(path, matches, [&](const Event& other, const std::string& value, const Dot&) {
    if (other.op->path != path) return false;
    if (const auto* add = std::get_if<op::Add>(&other.op->what))
      return json_of(add->value) == value;
    const auto* remove = std::get_if<op::Remove>(&other.op->what);
    return remove != nullptr && json_of(remove->value) == value;
  });
}

std::int64_t Oracle::count(const Path& path) const {
  std::map<AuthorId, std::pair<Dot, std::int64_t>> totals;
  std::map<AuthorId, std::pair<Dot, std::int64_t>> bases;
  const auto keep = [](auto& map, const Dot& dot, std::int64_t total) {
    const auto at = map.find(dot.author);
    if (at == map.end() || at->second.first < dot) map[dot.author] = {dot, total};
  };
  for (const Event& event : events_) {
    if (event.op->path != path) continue;
    const Dot dot{event.position.author, event.position.seq, event.index};
    if (const auto* count = std::get_if<op::Count>(&event.op->what))
      keep(totals, dot, count->total);
    if (const auto* reset = std::get_if<op::ResetCounter>(&event.op->what)) {
      for (const auto& seen : reset->seen) keep(bases, seen.dot, seen.total);
    }
  }
  std::int64_t value = 0;
  for (const auto& [author, total] : totals) value += total.second;
  for (const auto& [author, base] : bases) value -= base.second;
  return value;
}

Stamp Oracle::stamp(const Dot& dot) const {
  for (const Event& event : events_) {
    if (event.position == Position{dot.author, dot.seq}) return event.change->stamp;
  }
  return {};
}

std::vector<Oracle::Unit> Oracle::units(const Path& path, bool is_text) const {
  std::vector<Unit> units;
  for (const Event& event : events_) {
    if (event.op->path != path) continue;
    Dot id{event.position.author, event.position.seq, event.index};
    if (const auto* insert = std::get_if<op::Insert>(&event.op->what); insert && !is_text) {
      units.push_back({id, insert->left, insert->right, {}});
    }
    if (const auto* move = std::get_if<op::Move>(&event.op->what); move && !is_text) {
      units.push_back({id, move->left, move->right, {}});
    }
    const auto* text = std::get_if<op::InsertText>(&event.op->what);
    if (text == nullptr || !is_text) continue;
    const bool gone = deleted(event, path);
    std::optional<Dot> left = text->left;
    for (const char c : text->text) {
      if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) {
        if (!gone) units.back().text.push_back(c);
        continue;
      }
      units.push_back({id, left, text->right, gone ? std::string() : std::string(1, c)});
      left = id;
      ++id.index;
    }
  }
  return units;
}

std::vector<Dot> Oracle::order(const Path& path) const {
  NaiveFugueMax fugue;
  for (const Unit& unit : units(path, false)) fugue.insert(unit.id, unit.left, unit.right);
  return fugue.order();
}

std::string Oracle::text(const Path& path) const {
  NaiveFugueMax fugue;
  std::map<Dot, std::string> shown;
  for (const Unit& unit : units(path, true)) {
    fugue.insert(unit.id, unit.left, unit.right);
    shown[unit.id] = unit.text;
  }
  for (const Event& event : events_) {
    const auto* erase = std::get_if<op::DeleteText>(&event.op->what);
    if (erase == nullptr || event.op->path != path) continue;
    for (const auto& [first, count] : erase->runs) {
      for (std::uint32_t i = 0; i < count; ++i) {
        shown[Dot{first.author, first.seq, first.index + i}].clear();
      }
    }
  }
  std::string text;
  for (const Dot& id : fugue.order()) text += shown[id];
  return text;
}

std::set<Path> Oracle::paths() const {
  std::set<Path> paths;
  for (const Event& event : events_) {
    paths.insert(event.op->path);
    if (std::holds_alternative<op::Insert>(event.op->what)) {
      Path below = event.op->path;
      below.emplace_back(Dot{event.position.author, event.position.seq, event.index});
      paths.insert(std::move(below));
    }
  }
  return paths;
}

void NaiveFugueMax::insert(const Dot& id, std::optional<Dot> left, std::optional<Dot> right) {
  // A right child of `left` unless that has, where the author stood, something to its right: then
  // `right` is the first of that, and below `left`.
  bool below_left = false;
  for (std::optional<Dot> at = right; at && !below_left; at = nodes_.at(*at).parent) {
    below_left = nodes_.at(*at).parent == left && !nodes_.at(*at).is_left;
  }
  if (below_left) {
    std::vector<Dot>& siblings = lefts_[right];
    siblings.insert(std::upper_bound(siblings.begin(), siblings.end(), id), id);
    nodes_[id] = {right, true, std::nullopt};
    return;
  }
  std::vector<Dot>& siblings = rights_[left];
  const std::size_t its_rank = siblings.empty() ? 0 : rank(right);
  const auto at = std::find_if(siblings.begin(), siblings.end(), [&](const Dot& other) {
    const std::size_t other_rank = rank(nodes_.at(other).right_origin);
    return other_rank < its_rank || (other_rank == its_rank && id < other);
  });
  siblings.insert(at, id);
  nodes_[id] = {left, false, right};
}

std::size_t NaiveFugueMax::rank(const std::optional<Dot>& origin) const {
  const std::vector<Dot> all = order();
  const auto end = all.end();
  return static_cast<std::size_t>((origin ? std::find(all.begin(), end, *origin) : end) -
                                  all.begin());
}

void NaiveFugueMax::visit(const std::optional<Dot>& node, std::vector<Dot>& out) const {
  if (const auto left = lefts_.find(node); node && left != lefts_.end()) {
    for (const Dot& child : left->second) visit(child, out);
  }
  if (node) out.push_back(*node);
  if (const auto right = rights_.find(node); right != rights_.end()) {
    for (const Dot& child : right->second) visit(child, out);
  }
}

std::vector<Dot> NaiveFugueMax::order() const {
  std::vector<Dot> out;
  visit(std::nullopt, out);
  return out;
}

}  // namespace relais::document
