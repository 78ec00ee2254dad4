#include "property/oracle.h"

#include <algorithm>

#include "document/json/json.h"

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
bool makes(const Op& op, FieldKind kind) {
  if (const auto* make = std::get_if<op::Make>(&op.what)) return make->kind == kind;
  if (std::holds_alternative<op::Insert>(op.what)) return kind == FieldKind::list;
  if (std::holds_alternative<op::InsertText>(op.what)) return kind == FieldKind::text;
  if (std::holds_alternative<op::Add>(op.what)) return kind == FieldKind::set;
  if (std::holds_alternative<op::Count>(op.what)) return kind == FieldKind::counter;
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
  for (const Event& event : events_) {
    const bool is_mark = std::holds_alternative<op::Delete>(event.op->what);
    if (is_mark && !withdrawn(event, event.op->path)) marks_.push_back(&event);
  }
  if (!marks_.empty()) find_contested();
}

const Oracle::Event& Oracle::event_of(const Dot& dot) const {
  return *std::find_if(events_.begin(), events_.end(),
                       [&](const Event& event) { return dot_of(event) == dot; });
}

bool Oracle::is_contested_by(const Event& mark, const Thing& thing) const {
  if (const auto* keep = std::get_if<op::Keep>(&thing.event->op->what)) {
    return thing.path == mark.op->path &&
           std::count(keep->marks.begin(), keep->marks.end(), dot_of(mark)) > 0;
  }
  return is_above(mark.op->path, thing.path) && !saw(mark, *thing.event) &&
         !saw(*thing.event, mark);
}

/// All content that is not overwritten, signs of Restores, and Keeps.
std::vector<Oracle::Thing> Oracle::things() const {
  std::vector<Thing> things;
  for (const Path& path : paths()) {
    std::set<Seen> seen = set(path);
    for (const FieldKind kind : {FieldKind::value, FieldKind::last_writer, FieldKind::ranked}) {
      seen.merge(values(path, kind));
    }
    for (const FieldKind kind :
         {FieldKind::map, FieldKind::list, FieldKind::text, FieldKind::set, FieldKind::counter}) {
      seen.merge(present(path, kind));
    }
    for (const Seen& it : seen) things.push_back({&event_of(it.dot), path});
    for (const auto& [author, total] : totals(path)) things.push_back({total, path});
  }
  for (const Event& event : events_) {
    const bool is_sign = std::holds_alternative<op::Restore>(event.op->what) ||
                         std::holds_alternative<op::Keep>(event.op->what);
    if (is_sign && !withdrawn(event, event.op->path)) things.push_back({&event, event.op->path});
  }
  return things;
}

/// The least set: starts with none, and grows while a shown item contests another mark.
void Oracle::find_contested() {
  all_ = true;
  const std::vector<Thing> all = things();
  all_ = false;
  for (bool grows = true; grows;) {
    grows = false;
    for (const Event* mark : marks_) {
      if (contested_.contains(mark)) continue;
      const bool contested = std::any_of(all.begin(), all.end(), [&](const Thing& thing) {
        return is_contested_by(*mark, thing) && !hidden(*thing.event, thing.path);
      });
      if (contested) grows = contested_.insert(mark).second;
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

bool Oracle::hidden(const Event& event, const Path& path) const {
  return !all_ && std::any_of(marks_.begin(), marks_.end(), [&](const Event* mark) {
    return !contested_.contains(mark) && is_above(mark->op->path, path) && saw(*mark, event);
  });
}

bool Oracle::withdrawn(const Event& event, const Path& path) const {
  const Dot dot{event.position.author, event.position.seq, event.index};
  return std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
    if (other.op->path != path) return false;
    const auto* withdraw = std::get_if<op::Withdraw>(&other.op->what);
    const auto* restore = std::get_if<op::Restore>(&other.op->what);
    const std::vector<Dot>* dots = withdraw != nullptr  ? &withdraw->dots
                                   : restore != nullptr ? &restore->marks
                                                        : nullptr;
    return dots != nullptr && std::count(dots->begin(), dots->end(), dot) > 0;
  });
}

template <class Matches, class Replaces>
std::set<Oracle::Seen> Oracle::surviving(const Path& path, const Matches& matches,
                                         const Replaces& replaces) const {
  std::set<Seen> seen;
  for (const Event& event : events_) {
    const std::optional<std::string> value = matches(event);
    if (!value || hidden(event, path) || withdrawn(event, path)) continue;
    const Dot dot{event.position.author, event.position.seq, event.index};
    const bool replaced = std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
      return saw(other, event) && replaces(other, *value, dot);
    });
    if (replaced) continue;
    seen.insert({*value, dot});
  }
  return seen;
}

std::set<Oracle::Seen> Oracle::values(const Path& path, FieldKind kind) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    if (const auto* set = std::get_if<op::Set>(&event.op->what)) {
      const bool here = event.op->path == path && set->kind == kind;
      return here ? std::optional(json_of(set->value) + " #" + std::to_string(set->rank))
                  : std::nullopt;
    }
    const auto* insert = std::get_if<op::Insert>(&event.op->what);
    if (kind != FieldKind::value || insert == nullptr ||
        !std::holds_alternative<Value>(insert->content))
      return std::nullopt;
    Path below = event.op->path;
    below.emplace_back(Dot{event.position.author, event.position.seq, event.index});
    return below == path ? std::optional(json_of(std::get<Value>(insert->content)) + " #0")
                         : std::nullopt;
  };
  return surviving(path, matches, [&](const Event& other, const std::string&, const Dot& dot) {
    if (other.op->path != path) return false;
    if (std::holds_alternative<op::Clear>(other.op->what)) return true;
    const auto* set = std::get_if<op::Set>(&other.op->what);
    if (set == nullptr || set->kind != kind) return false;
    const bool own = other.position.author == dot.author && other.position.seq > dot.seq;
    return !set->over || own || std::count(set->over->begin(), set->over->end(), dot) > 0;
  });
}

std::set<Oracle::Seen> Oracle::marks(const Path& path) const {
  std::set<Seen> standing;
  for (const Event* mark : marks_) {
    if (mark->op->path != path) continue;
    const std::string reason = std::get<op::Delete>(mark->op->what).reason.value_or("");
    standing.insert({reason + (contested_.contains(mark) ? " contested" : ""), dot_of(*mark)});
  }
  return standing;
}

std::set<Oracle::Seen> Oracle::moves(const Path& path) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    const auto* move = std::get_if<op::Move>(&event.op->what);
    if (move == nullptr || event.op->path != path) return std::nullopt;
    return words(move->element);
  };
  return surviving(path, matches, [&](const Event& other, const std::string& element, const Dot&) {
    const auto* move = std::get_if<op::Move>(&other.op->what);
    return move != nullptr && other.op->path == path && words(move->element) == element;
  });
}

std::set<Oracle::Seen> Oracle::present(const Path& path, FieldKind kind) const {
  const auto matches = [&](const Event& event) -> std::optional<std::string> {
    if (event.op->path == path && makes(*event.op, kind)) return std::string();
    const auto* insert = std::get_if<op::Insert>(&event.op->what);
    if (insert == nullptr || !std::holds_alternative<FieldKind>(insert->content))
      return std::nullopt;
    Path below = event.op->path;
    below.emplace_back(Dot{event.position.author, event.position.seq, event.index});
    const bool it = below == path && std::get<FieldKind>(insert->content) == kind;
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

std::map<AuthorId, const Oracle::Event*> Oracle::totals(const Path& path) const {
  std::map<AuthorId, const Event*> totals;
  for (const Event& event : events_) {
    if (event.op->path != path || !std::holds_alternative<op::Count>(event.op->what)) continue;
    const Event*& last = totals[event.position.author];
    if (last == nullptr || dot_of(*last) < dot_of(event)) last = &event;
  }
  return totals;
}

std::int64_t Oracle::count(const Path& path) const {
  std::map<AuthorId, std::pair<Dot, std::int64_t>> bases;
  for (const Event& event : events_) {
    const auto* reset = std::get_if<op::ResetCounter>(&event.op->what);
    if (reset == nullptr || event.op->path != path) continue;
    // The next deletion of its change, at the path or above, that still hides anything.
    const auto mark = std::find_if(marks_.begin(), marks_.end(), [&](const Event* it) {
      return it->position == event.position && it->index > event.index &&
             is_above(it->op->path, path);
    });
    const bool holds = mark != marks_.end() && !contested_.contains(*mark);
    if (reset->of_mark && !holds) continue;
    for (const auto& seen : reset->seen) {
      const auto at = bases.find(seen.dot.author);
      if (at == bases.end() || at->second.first < seen.dot) {
        bases[seen.dot.author] = {seen.dot, seen.total};
      }
    }
  }
  std::int64_t value = 0;
  for (const auto& [author, total] : totals(path)) {
    if (hidden(*total, path)) continue;
    value += std::get<op::Count>(total->op->what).total;
    if (bases.contains(author)) value -= bases.at(author).second;
  }
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
    const bool gone = hidden(event, path);
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
