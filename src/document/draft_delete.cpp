#include <algorithm>
#include <map>

#include "base/limits.h"
#include "base/try.h"
#include "document/draft.h"
#include "document/marks.h"
#include "document/op_places.h"
#include "document/utf8.h"

/// What an edit does to deletions, and what they do to an edit.
namespace relais::document {
namespace {

Error nothing_there() { return Error(ErrorCode::not_found, "nothing is at the path"); }

const Rare& rare_of(const Node& node) {
  static const Rare kNone;
  return node.extras ? *node.extras->rare : kNone;
}

bool hides(const Mark& mark) { return !mark.contested; }

/// Calls `act(path, rare)` at each node with marks, Keeps or signs.
template <class Act>
void each_rare(const ChangeTable& changes, const Node& node, const Path& path, const Act& act) {
  if (node.extras && node.extras->rare.get() != nullptr) act(path, *node.extras->rare);
  for (const Child& child : node.children) {
    each_rare(changes, child.node, path_below(path, changes, child), act);
  }
}

}  // namespace

/// Below what was deleted nothing can be written, unless something new began there.
Status Draft::check_not_deleted(const Path& path) const {
  const State::Table& table = state_.table();
  const Node* at = &table.root;
  for (const Step& step : path) {
    const auto& marks = rare_of(*at).marks;
    if (!marks.empty() && !is_live(*at) && std::any_of(marks.begin(), marks.end(), hides)) {
      return Error(ErrorCode::deleted,
                   "What this is a part of was deleted: restore it, or put all of it anew.");
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
                       [&node](Kind kind) { return is_live(node, kind); });
  };
  const Node& node = *table.find(path);
  // Over an earlier deletion this one is the last word: that one's reason is over.
  if (has_more(node) || !rare_of(node).marks.empty()) return false;
  const Node* hidden = table.find_hidden(path);
  return hidden == nullptr || !has_more(*hidden);
}

Status Draft::push_deletion(const Path& path, std::optional<std::string> reason) {
  const Node* node = state_.table().find(path);
  if (node == nullptr || !is_live(*node)) return nothing_there();
  // A register by itself comes back by being written again: no mark has to tell what was there.
  if (!reason && !path.empty() && is_plain_register(path)) return push(path, op::Clear{});
  RELAIS_TRY(reset_counters(path));
  return push(path, op::Delete{std::move(reason)});
}

Status Draft::erase(const Path& path) { return push_deletion(path, std::nullopt); }

Status Draft::make_void(const Path& path, std::string reason) {
  if (reason.empty() || reason.size() > limits::kReasonBytes || !is_utf8(reason)) {
    return Error(ErrorCode::invalid_argument,
                 "a reason is 1 to " + std::to_string(limits::kReasonBytes) + " bytes of UTF-8");
  }
  return push_deletion(path, std::move(reason));
}

/// The contested ones; if there are none, those on top, and what would then be contested beneath.
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

Status Draft::start_anew(const Path& path, Kind kind) {
  const Node* node = state_.table().find(path);
  const bool is_gone = node != nullptr && !is_live(*node) && !rare_of(*node).marks.empty();
  return is_gone ? push(path, op::Make{kind}) : Status();
}

/// Which marks the author found contested, and hasn't kept before.
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

/// An author's first change that sees a contested mark, and settles it neither way, keeps it
/// contested: else an edit over the contesting one would hide the rest.
void Draft::keep_contested() {
  std::map<Path, op::Keep> keeps;
  for (const auto& [path, mark] : contested_) {
    const bool is_deleted =
        std::any_of(change_.ops.begin(), change_.ops.end(), [&at = path](const Op& op) {
          return std::holds_alternative<op::Delete>(op.what) && is_within(at, op.path);
        });
    if (!is_deleted && stands(state_.table(), path, mark)) keeps[path].marks.push_back(mark);
  }
  for (auto& [path, keep] : keeps) do_op(path, std::move(keep));
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

/// Else the first of several edits below a contested deletion, over the one that contests it, would
/// hide what the next is at.
void Draft::keep_above(const Path& path) {
  std::map<Path, op::Keep> keeps;
  for (const auto& [at, mark] : contested_) {
    if (is_below(path, at) && stands(state_.table(), at, mark)) keeps[at].marks.push_back(mark);
  }
  std::erase_if(contested_, [&path](const auto& mark) { return is_below(path, mark.first); });
  for (auto& [at, keep] : keeps) do_op(at, std::move(keep));
}

/// Who first writes below what another restored takes the deletion away too: else the document
/// would be gone again, but for that write, if the other's Restore came not to count.
void Draft::repeat_restores() {
  const ChangeTable& changes = state_.table().changes;
  std::vector<std::pair<Path, op::Withdraw>> repeats;
  each_rare(changes, state_.table().root, {}, [&](const Path& path, const Rare& rare) {
    const bool writes_here =
        std::any_of(change_.ops.begin(), change_.ops.end(),
                    [&path](const Op& op) { return is_within(op.path, path); });
    if (!writes_here) return;
    op::Withdraw repeat;
    for (const Withdrawn& gone : rare.withdrawn) {
      const bool is_mine = std::any_of(gone.by.begin(), gone.by.end(), [&](const LocalDot& dot) {
        return changes.author(dot) == self_.author;
      });
      if (!is_mine) repeat.dots.push_back(changes.global(gone.mark));
    }
    if (!repeat.dots.empty()) repeats.emplace_back(path, std::move(repeat));
  });
  for (auto& [path, repeat] : repeats) do_op(std::move(path), std::move(repeat));
}

}  // namespace relais::document
