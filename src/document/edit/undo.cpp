#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "document/codec/change_reader.h"
#include "document/codec/op_size.h"
#include "document/codec/value_code.h"
#include "document/edit/draft.h"
#include "document/state/marks.h"
#include "document/state/op_places.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

const Node kNoNode;
const Extras kNoExtras;

/// A node before the change, after it, and now; each with its own state's numbers.
struct Three {
  const Node* before;
  const Node* after;
  const Node* now;
};

const Extras& extras_of(const Node& node) { return node.extras ? *node.extras : kNoExtras; }

std::set<Dot> globals(const ChangeTable& changes, const Dots& dots) {
  std::set<Dot> out;
  for (const LocalDot& dot : dots) out.insert(changes.global(dot));
  return out;
}

const SetElement* find(const std::vector<SetElement>& set, const Value& value) {
  const auto at = std::find_if(set.begin(), set.end(), [&](const SetElement& element) {
    return compare(element.value, value) == 0;
  });
  return at != set.end() ? &*at : nullptr;
}

}  // namespace

/// Compares the document before a change (or a transaction's changes) with the one after it, and
/// undoes in the draft what is left of the difference.
class Undoer {
 public:
  /// `own`: the positions of the undone changes' dots, sorted.
  Undoer(Draft& draft, const State& before, const State& after, std::vector<Position> own)
      : draft_(draft), before_(before), after_(after), own_(std::move(own)) {}

  Status run() { return undo({}); }

 private:
  const ChangeTable& old_changes() const { return before_.table().changes; }
  const ChangeTable& new_changes() const { return after_.table().changes; }
  const ChangeTable& changes() const { return draft_.state_.table().changes; }

  bool is_mine(const Dot& dot) const {
    const auto is_of = [&dot](const Position& own) {
      return own.author == dot.author && own.seq == dot.seq;
    };
    return std::any_of(own_.begin(), own_.end(), is_of);
  }

  /// Looked up at each step, because the draft's ops move its nodes.
  Three at(const Path& path) const {
    const auto node = [&path](const State& state) {
      const Node* found = state.table().find(path);
      return found != nullptr ? found : &kNoNode;
    };
    return {node(before_), node(after_), node(draft_.state_)};
  }

  Status undo(const Path& path) {
    const Node now = signs_of(*at(path).now);
    for (const FieldKind kind : kRegisters) RELAIS_TRY(undo_register(path, kind));
    RELAIS_TRY(undo_set(path));
    RELAIS_TRY(undo_counter(path));
    RELAIS_TRY(undo_text(path));
    RELAIS_TRY(undo_moves(path));
    for (const Path& child : children(path)) RELAIS_TRY(undo(child));
    for (const FieldKind kind : kContainers) {
      RELAIS_TRY(undo_signs(path, kind, !now.present(kind).empty()));
    }
    return {};
  }

  std::vector<Path> children(const Path& path) const {
    const Three nodes = at(path);
    std::set<Path> paths;
    for (const Child& child : nodes.before->children)
      paths.insert(path_below(path, old_changes(), child));
    for (const Child& child : nodes.after->children)
      paths.insert(path_below(path, new_changes(), child));
    return {paths.begin(), paths.end()};
  }

  Status undo_register(const Path& path, FieldKind kind) {
    const Three nodes = at(path);
    const auto dots = [kind](const Node& node, const ChangeTable& changes) {
      std::set<Dot> out;
      for (const Versioned& version : node.versions(kind)) out.insert(changes.global(version.dot));
      return out;
    };
    const auto before = dots(*nodes.before, old_changes());
    const auto after = dots(*nodes.after, new_changes());
    const auto now = dots(*nodes.now, changes());
    if (before == after) return {};
    std::vector<Dot> mine;  // the change's writes that stand
    bool written_since = false;
    for (const Dot& dot : now) {
      if (after.contains(dot) && !before.contains(dot)) mine.push_back(dot);
    }
    for (const Versioned& version : nodes.now->versions(kind)) {
      const Dot dot = changes().global(version.dot);
      written_since |= !after.contains(dot) && !before.contains(dot);
    }
    const bool wrote = std::any_of(after.begin(), after.end(),
                                   [&](const Dot& dot) { return !before.contains(dot); });
    if (wrote ? mine.empty() : written_since) return {};
    Versions gone;
    for (const Versioned* version : shown_values(old_changes(), *nodes.before, kind)) {
      const Dot dot = old_changes().global(version->dot);
      if (!after.contains(dot) && !now.contains(dot)) gone.push_back(*version);
    }
    std::reverse(gone.begin(), gone.end());  // the value shown first is written last
    if (gone.empty()) return withdraw(path, std::move(mine));
    std::vector<Op> sets;
    for (Versioned& version : gone) {
      sets.push_back(
          {path, op::Set{std::move(version.value), std::vector<Dot>(), kind, version.rank}});
    }
    return put_beside(std::move(sets), std::move(mine));
  }

  /// Several values of an author coexist only in one change: if they don't all fit, those shown
  /// first are written.
  Status put_beside(std::vector<Op> sets, std::vector<Dot> over) {
    std::size_t bytes = over.size() * kDotBytes;
    std::size_t count = 0;
    for (; count < std::min(sets.size(), limits::kSetsAtOnePath); ++count) {
      const Op& next = sets[sets.size() - 1 - count];
      bytes += op_bytes(next.path, next.what);
      if (count > 0 && bytes > limits::kChangeBytes / 2) break;
    }
    sets.erase(sets.begin(), sets.end() - static_cast<std::ptrdiff_t>(count));
    std::get<op::Set>(sets.front().what).over = std::move(over);
    return draft_.push_together(std::move(sets));
  }

  Status withdraw(const Path& path, std::vector<Dot> dots) {
    return dots.empty() ? Status() : draft_.push(path, op::Withdraw{std::move(dots)});
  }

  Status undo_set(const Path& path) {
    const std::vector<SetElement> before = extras_of(*at(path).before).set;
    const std::vector<SetElement> after = extras_of(*at(path).after).set;
    for (const SetElement& element : after) {
      const SetElement* now = find(extras_of(*at(path).now).set, element.value);
      if (now == nullptr || find(before, element.value) != nullptr) continue;
      const auto added = globals(new_changes(), element.dots);
      std::vector<Dot> mine;
      for (const Dot& dot : globals(changes(), now->dots)) {
        if (added.contains(dot)) mine.push_back(dot);
      }
      RELAIS_TRY(withdraw(path, std::move(mine)));
    }
    for (const SetElement& element : before) {
      const bool removed = find(after, element.value) == nullptr;
      if (!removed || find(extras_of(*at(path).now).set, element.value) != nullptr) continue;
      RELAIS_TRY(draft_.push(path, op::Add{element.value}));
    }
    return {};
  }

  Status undo_counter(const Path& path) {
    const Three nodes = at(path);
    const Wide delta =
        counter_value(new_changes(), *nodes.after) - counter_value(old_changes(), *nodes.before);
    if (delta == 0 || reset_since(nodes)) return {};
    const auto back = static_cast<std::int64_t>(-delta);
    if (back != -delta) {
      return Error(ErrorCode::limit_exceeded, "The counter would exceed 64 bits.");
    }
    const auto after = globals(new_changes(), nodes.after->present(FieldKind::counter));
    const auto now = globals(changes(), nodes.now->present(FieldKind::counter));
    const bool made_here = nodes.before->present(FieldKind::counter).empty() &&
                           std::includes(after.begin(), after.end(), now.begin(), now.end());
    RELAIS_TRY(draft_.add_to_counter(path, back));
    if (!made_here) return {};
    const auto signs = globals(changes(), at(path).now->present(FieldKind::counter));
    return withdraw(path, {signs.begin(), signs.end()});
  }

  /// Whether a reset has subtracted the change's count.
  bool reset_since(const Three& nodes) const {
    const auto base = [this](const Node& node, const ChangeTable& changes) {
      Dot last;
      for (const Total& total : extras_of(node).bases) {
        if (changes.author(total.dot) == own_.front().author) last = changes.global(total.dot);
      }
      return last;
    };
    const Dot now = base(*nodes.now, changes());
    return now.seq >= own_.front().seq && now != base(*nodes.after, new_changes());
  }

  Status undo_text(const Path& path) {
    if (extras_of(*at(path).after).text.empty()) return {};
    op::DeleteText inserted{inserted_units(path)};
    if (!inserted.runs.empty()) RELAIS_TRY(draft_.push(path, std::move(inserted)));
    for (const Removed& removed : removed_text(path)) {
      RELAIS_TRY(draft_.insert_text(path, removed.last, removed.text));
    }
    return {};
  }

  /// The change's inserted units that are still visible.
  std::vector<std::pair<Dot, std::uint32_t>> inserted_units(const Path& path) const {
    std::vector<std::pair<Dot, std::uint32_t>> units;
    const Three nodes = at(path);
    const Sequence& after = extras_of(*nodes.after).text;
    for (auto run = after.head(); run != Sequence::kNone; run = after.run(run).after) {
      const Dot first = new_changes().global(after.run(run).first);
      if (!is_mine(first)) continue;
      for (std::uint32_t i = 0; i < after.run(run).length; ++i) {
        const Dot unit{first.author, first.seq, first.index + i};
        if (!is_read(extras_of(*nodes.now).text, changes(), unit)) continue;
        const bool goes_on = !units.empty() && units.back().first.seq == unit.seq &&
                             units.back().first.index + units.back().second == unit.index;
        if (goes_on) {
          ++units.back().second;
        } else {
          units.emplace_back(unit, 1);
        }
      }
    }
    return units;
  }

  static bool is_read(const Sequence& text, const ChangeTable& changes, const Dot& unit) {
    const auto local = changes.find(unit);
    const auto place = local ? text.find(*local) : std::nullopt;
    return place && !text.run(place->run).deleted;
  }

  /// A run that the change deleted, and its last unit.
  struct Removed {
    Dot last;
    std::string text;
  };
  std::vector<Removed> removed_text(const Path& path) const {
    std::vector<Removed> removed;
    bool in_a_row = false;
    const Three nodes = at(path);
    const Sequence& before = extras_of(*nodes.before).text;
    for (auto run = before.head(); run != Sequence::kNone; run = before.run(run).after) {
      std::string_view rest = before.run(run).text;
      Dot unit = old_changes().global(before.run(run).first);
      for (; !rest.empty(); ++unit.index) {
        const std::size_t size = bytes_of(rest, 1);
        const bool gone = !is_read(extras_of(*nodes.after).text, new_changes(), unit);
        if (gone && !in_a_row) removed.emplace_back();
        if (gone) {
          removed.back().last = unit;
          removed.back().text += rest.substr(0, size);
        }
        in_a_row = gone;
        rest.remove_prefix(size);
      }
    }
    return removed;
  }

  Status undo_moves(const Path& path) {
    std::set<Dot> elements;
    for (const Moved& move : extras_of(*at(path).before).rare->moves) {
      elements.insert(old_changes().global(move.element));
    }
    for (const Moved& move : extras_of(*at(path).after).rare->moves) {
      elements.insert(new_changes().global(move.element));
    }
    for (const Dot& element : elements) RELAIS_TRY(undo_moves(path, element));
    return {};
  }

  /// An element's moves; the one that holds is first.
  static std::vector<Dot> moves(const ChangeTable& changes, const Node& list, const Dot& element) {
    std::vector<Dot> moves;
    const auto local = changes.find(element);
    if (!local) return moves;
    for (const Moved* move : moves_of(changes, list, *local)) {
      moves.push_back(changes.global(move->dot));
    }
    return moves;
  }

  Status undo_moves(const Path& path, const Dot& element) {
    const Three nodes = at(path);
    const auto before = moves(old_changes(), *nodes.before, element);
    const auto after = moves(new_changes(), *nodes.after, element);
    const auto now = moves(changes(), *nodes.now, element);
    const auto is_own = [this](const Dot& dot) { return is_mine(dot); };
    const bool moved = std::any_of(after.begin(), after.end(), is_own);
    const auto mine = std::find_if(now.begin(), now.end(), is_own);
    if (before == after || (moved ? mine == now.end() : !now.empty())) return {};
    if (before.empty()) return withdraw(path, {*mine});
    const Dot& left = before.front();
    const auto right = extras_of(*nodes.now).list.next(changes().find(left));
    return draft_.push(
        path,
        op::Move{element, left, right ? std::optional(changes().global(*right)) : std::nullopt});
  }

  static Node signs_of(const Node& node) {
    Node signs;
    if (!node.extras) return signs;
    for (const FieldKind kind : kContainers) {
      signs.more().present[static_cast<int>(kind)] = node.present(kind);
    }
    return signs;
  }

  /// `stood`: a presence dot stood until now; it may have been removed with the change's additions.
  Status undo_signs(const Path& path, FieldKind kind, bool stood) {
    const Three nodes = at(path);
    const auto before = globals(old_changes(), nodes.before->present(kind));
    const auto after = globals(new_changes(), nodes.after->present(kind));
    const auto now = globals(changes(), nodes.now->present(kind));
    if (!before.empty()) {
      const bool lacks = now.empty() && (after.empty() || stood);
      return lacks ? draft_.push(path, op::Make{kind}) : Status();
    }
    std::vector<Dot> mine;
    std::set_intersection(after.begin(), after.end(), now.begin(), now.end(),
                          std::back_inserter(mine));
    return withdraw(path, std::move(mine));
  }

  Draft& draft_;
  const State& before_;
  const State& after_;
  std::vector<Position> own_;
};

/// Deletions and Restores are undone first; the rest is compared as if neither had been made.
Status Draft::undo(const State& before, std::span<const Placed> undone) {
  RELAIS_CHECK(!undone.empty());
  const auto extent_before = std::pair(full_.size(), change_.ops.size());
  std::vector<Position> own;
  State without = before;
  State after = before;
  for (const Placed& placed : undone) {
    own.push_back(own_position(*placed.change, placed.position));
    for (const Op& op : placed.change->ops) {
      const auto* restore = std::get_if<op::Restore>(&op.what);
      if (restore != nullptr) drop_marks(without.table(), op.path, restore->marks);
    }
    RELAIS_TRY(after.apply(*placed.change, placed.position));
  }
  RELAIS_TRY(undo_deletions(undone, after));
  RELAIS_TRY(undo_restores(undone, before, after));
  undoing_ = true;
  RELAIS_TRY(Undoer(*this, without, after, std::move(own)).run());
  undoing_ = false;
  if (std::pair(full_.size(), change_.ops.size()) != extent_before) return {};
  return Error(ErrorCode::not_found, "Nothing of the change is left to undo.");
}

}  // namespace relais::document
