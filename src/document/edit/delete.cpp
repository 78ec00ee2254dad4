#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/limits.h"
#include "base/try.h"
#include "document/codec/op_size.h"
#include "document/edit/draft.h"
#include "document/state/marks.h"
#include "document/state/op_places.h"
#include "document/utf8.h"

/// Draft: deletions, and edits under deletions.
namespace relais::document {
namespace {

Error nothing_there() { return Error(ErrorCode::not_found, "Nothing is at the path."); }

const Rare& rare_of(const Node& node) {
  static const Rare kNone;
  return node.extras ? *node.extras->rare : kNone;
}

/// Whether the ops take more than 1/`parts` of a change's limits.
bool takes_more_than(const std::vector<Op>& ops, std::size_t parts) {
  std::size_t bytes = 0;
  for (const Op& op : ops) bytes += op_bytes(op.path, op.what);
  return bytes > limits::kChangeBytes / parts || ops.size() > limits::kOpsPerChange / parts;
}

bool hides(const Mark& mark) { return !mark.contested; }

/// Calls `act(path, rare)` at each node with marks, Keeps or signs of Restores.
template <class Act>
void each_rare(const ChangeTable& changes, const Node& node, const Path& path, const Act& act) {
  if (node.extras && node.extras->rare.get() != nullptr) act(path, *node.extras->rare);
  for (const Child& child : node.children) {
    each_rare(changes, child.node, path_below(path, changes, child), act);
  }
}

}  // namespace

/// Refuses a write below a deleted path, unless something is shown there again.
Status Draft::check_not_deleted(const Path& path) const {
  const State::Table& table = state_.table();
  const Node* at = &table.root;
  for (const Step& step : path) {
    const auto& marks = rare_of(*at).marks;
    if (!marks.empty() && !is_live(*at) && std::any_of(marks.begin(), marks.end(), hides)) {
      return Error(
          ErrorCode::deleted,
          "The parent of the field was deleted: restore the parent, or write all of it again.");
    }
    at = find_child(table, *at, step);
    if (at == nullptr) return {};
  }
  return {};
}

bool Draft::is_plain_register(const Path& path) const {
  const State::Table& table = state_.table();
  const auto has_more = [](const Node& node) {
    return !node.children.empty() ||
           std::any_of(std::begin(kContainers), std::end(kContainers),
                       [&node](FieldKind kind) { return is_live(node, kind); });
  };
  const Node& node = *table.find(path);
  // A Delete over an earlier one supersedes it and its reason.
  if (has_more(node) || !rare_of(node).marks.empty()) return false;
  const Node* hidden = table.find_hidden(path);
  return hidden == nullptr || !has_more(*hidden);
}

/// Counters below the path are reset in the same change, which links a base to its mark.
Status Draft::push_deletion(const Path& path, std::optional<std::string> reason) {
  const Node* node = state_.table().find(path);
  if (node == nullptr || !is_live(*node)) return nothing_there();
  // A register alone needs no mark: undo writes its value again.
  if (!reason && !path.empty() && is_plain_register(path)) return push(path, op::Clear{});
  std::vector<Op> ops = resets_for_mark(path);
  if (more_ && takes_more_than(ops, 2)) {
    std::vector<Op> some;  // as many children at once as fit: each push settles the state
    const auto push_some = [&] {
      return some.empty() ? Status() : push_together(std::exchange(some, {}));
    };
    for (const bool elements : {false, true}) {
      for (const Path& child : live_children(path, elements)) {
        std::vector<Op> below = resets_for_mark(child);
        if (below.empty()) continue;
        if (takes_more_than(below, 2)) {
          RELAIS_TRY(push_some());
          RELAIS_TRY(push_deletion(child, std::nullopt));
          continue;
        }
        below.push_back({child, op::Delete{}});
        std::move(below.begin(), below.end(), std::back_inserter(some));
        if (takes_more_than(some, 4)) RELAIS_TRY(push_some());
      }
    }
    RELAIS_TRY(push_some());
    ops = resets_for_mark(path);
  }
  ops.push_back({path, op::Delete{std::move(reason)}});
  return push_together(std::move(ops));
}

/// An object whose last field is deleted stays, like an emptied list.
Status Draft::erase_field(const Path& path, std::optional<std::string> reason) {
  const bool empties = empties_container(path);
  RELAIS_TRY(push_deletion(path, std::move(reason)));
  if (!empties) return {};
  const bool in_list = std::holds_alternative<Dot>(path.back());
  return push(Path(path.begin(), path.end() - 1),
              op::Make{in_list ? FieldKind::list : FieldKind::map});
}

/// Whether the parent object is present only by this field.
bool Draft::empties_container(const Path& path) const {
  if (path.empty()) return false;
  const bool in_list = std::holds_alternative<Dot>(path.back());
  const Node* node = state_.table().find(Path(path.begin(), path.end() - 1));
  if (node == nullptr || !node->present(in_list ? FieldKind::list : FieldKind::map).empty())
    return false;
  const auto live = std::count_if(
      node->children.begin(), node->children.end(),
      [&](const Child& child) { return child.is_element == in_list && is_live(child.node); });
  return live == 1;
}

Status Draft::erase(const Path& path) { return erase_field(path, std::nullopt); }

Status Draft::make_void(const Path& path, std::string reason) {
  if (reason.empty() || reason.size() > limits::kReasonBytes || !is_utf8(reason)) {
    return Error(
        ErrorCode::invalid_argument,
        "A reason must be 1 to " + std::to_string(limits::kReasonBytes) + " bytes of UTF-8.");
  }
  return erase_field(path, std::move(reason));
}

/// The contested marks; if there are none, the uncovered ones, and those beneath that would then be
/// contested.
std::vector<Dot> Draft::marks_to_restore(const Path& path) {
  const State::Table& table = state_.table();
  const Node* node = table.find(path);
  std::vector<Dot> chosen;
  if (node == nullptr) return chosen;
  const std::vector<Mark>& marks = rare_of(*node).marks;
  for (const Mark& mark : marks) {
    if (mark.contested) chosen.push_back(table.changes.global(mark.dot));
  }
  if (!chosen.empty()) return chosen;
  for (const Mark& mark : marks) {
    if (!is_under_another(table, path, mark)) chosen.push_back(table.changes.global(mark.dot));
  }
  while (!chosen.empty()) {
    State without = state_;
    Node& there = *without.table().find(path);
    Rare* rare = there.extras->rare.get();
    std::erase_if(rare->marks, [&](const Mark& mark) {
      return std::find(chosen.begin(), chosen.end(), table.changes.global(mark.dot)) !=
             chosen.end();
    });
    settle(without.table());
    const std::size_t before = chosen.size();
    const Node* after = without.table().find(path);
    for (const Mark& mark : after != nullptr ? rare_of(*after).marks : std::vector<Mark>()) {
      if (mark.contested) chosen.push_back(table.changes.global(mark.dot));
    }
    if (chosen.size() == before) break;
  }
  return chosen;
}

Status Draft::restore(const Path& path) {
  std::vector<Dot> marks = marks_to_restore(path);
  if (marks.empty()) return Error(ErrorCode::not_found, "Nothing was deleted at the path.");
  return push(path, op::Restore{std::move(marks)});
}

Status Draft::start_anew(const Path& path, FieldKind kind) {
  const Node* node = state_.table().find(path);
  const bool is_gone = node != nullptr && !is_live(*node) && !rare_of(*node).marks.empty();
  return is_gone ? push(path, op::Make{kind}) : Status();
}

/// Notes the contested marks that the author hasn't kept before.
void Draft::note_contested() {
  const ChangeTable& changes = state_.table().changes;
  each_rare(changes, state_.table().root, {}, [&](const Path& path, const Rare& rare) {
    for (const Mark& mark : rare.marks) {
      const bool is_kept = std::any_of(rare.keeps.begin(), rare.keeps.end(), [&](const Keep& k) {
        return changes.author(k.dot) == self_.author &&
               std::any_of(k.marks.begin(), k.marks.end(),
                           [&mark](const LocalDot& dot) { return dot.same(mark.dot); });
      });
      if (mark.contested && !is_kept) contested_.emplace_back(path, changes.global(mark.dot));
    }
  });
}

/// An author's first change that sees a contested mark and doesn't settle it keeps it contested:
/// else an edit over the contesting edit would hide the rest.
std::vector<Op> Draft::keeps_of_contested() const {
  return keeps_where([this](const Path& at) {
    return std::none_of(change_.ops.begin(), change_.ops.end(), [&at](const Op& op) {
      return std::holds_alternative<op::Delete>(op.what) && is_within(at, op.path);
    });
  });
}

std::vector<Op> Draft::keeps_where(const IsMeant& is_meant) const {
  std::map<Path, op::Keep> keeps;
  for (const auto& [at, mark] : contested_) {
    if (is_meant(at) && stands(state_.table(), at, mark)) keeps[at].marks.push_back(mark);
  }
  std::vector<Op> ops;
  for (auto& [at, keep] : keeps) ops.push_back({at, std::move(keep)});
  return ops;
}

namespace {

bool is_below(const Path& path, const Path& above) {
  return path != above && is_within(path, above);
}

}  // namespace

bool Draft::is_below_contested(const Path& path) const {
  return std::any_of(contested_.begin(), contested_.end(),
                     [&path](const auto& mark) { return is_below(path, mark.first); });
}

/// Without these Keeps, the first of several edits below a contested mark could overwrite the
/// contesting edit and so hide the next edit's target.
void Draft::keep_above(const Path& path) {
  keep_where([&path](const Path& at) { return is_below(path, at); });
}

/// The same before an op at the path; an op that settles the mark needs no Keep.
void Draft::keep_contested(const Path& path, const decltype(Op::what)& what) {
  if (std::holds_alternative<op::Restore>(what) || std::holds_alternative<op::Withdraw>(what)) {
    return;
  }
  const bool deletes = std::holds_alternative<op::Delete>(what);
  keep_where([&path, deletes](const Path& at) {
    return deletes ? is_below(path, at) : is_within(path, at);
  });
}

void Draft::keep_where(const IsMeant& is_meant) {
  std::vector<Op> ops = keeps_where(is_meant);
  std::erase_if(contested_, [&is_meant](const auto& mark) { return is_meant(mark.first); });
  for (const Op& op : ops) spare_bytes_ -= bytes_of(op);  // begin() reserved the room
  spare_ops_ -= ops.size();
  do_ops(std::move(ops));
}

/// An author's first write below a path that another author restored repeats the Restore: if the
/// other's Restore came not to count, the document would be gone except for that write.
std::vector<Op> Draft::repeats_of_restores() const {
  const ChangeTable& changes = state_.table().changes;
  std::vector<Op> repeats;
  each_rare(changes, state_.table().root, {}, [&](const Path& path, const Rare& rare) {
    op::Withdraw repeat;
    for (const Withdrawn& gone : rare.withdrawn) {
      const bool is_mine = std::any_of(gone.by.begin(), gone.by.end(), [&](const LocalDot& dot) {
        return changes.author(dot) == self_.author;
      });
      if (!is_mine) repeat.dots.push_back(changes.global(gone.mark));
    }
    if (!repeat.dots.empty()) repeats.push_back({path, std::move(repeat)});
  });
  return repeats;
}

}  // namespace relais::document
