#include <algorithm>
#include <map>
#include <set>

#include "base/try.h"
#include "document/codec/change_reader.h"
#include "document/edit/draft.h"
#include "document/state/each_dot.h"
#include "document/state/marks.h"
#include "document/state/op_places.h"

/// Draft: undoing deletions and Restores.
namespace relais::document {
namespace {

/// The marks of a change, with their paths.
std::vector<std::pair<Path, Dot>> marks_of(const Change& change, const Position& self) {
  const Position own = own_position(change, self);
  std::vector<std::pair<Path, Dot>> marks;
  std::uint32_t index = 0;
  for (const Op& op : change.ops) {
    if (std::holds_alternative<op::Delete>(op.what)) {
      marks.emplace_back(op.path, Dot{own.author, own.seq, index});
    }
    index += indices_of(op);
  }
  return marks;
}

/// The mark that hid all at the path; null if something was shown there.
const Mark* hid_all(const State::Table& table, const Path& path, const std::vector<Dot>& marks) {
  const Node* node = table.find(path);
  if (node == nullptr || !node->extras || is_live(*node)) return nullptr;
  const Mark* found = nullptr;
  for (const Mark& mark : node->extras->rare->marks) {
    const Dot dot = table.changes.global(mark.dot);
    if (mark.contested || std::find(marks.begin(), marks.end(), dot) == marks.end()) continue;
    if (found == nullptr || !is_under_another(table, path, mark)) found = &mark;
  }
  return found;
}

std::set<Dot> dots_at(const State::Table& table, const Path& path) {
  std::set<Dot> dots;
  const Node* node = table.find(path);
  if (node == nullptr) return dots;
  each_dot(*node, [&](const LocalDot& dot) { dots.insert(table.changes.global(dot)); });
  return dots;
}

}  // namespace

/// Removes the changes' marks from the state after them.
Status Draft::undo_deletions(std::span<const Placed> undone, State& after) {
  State::Table& table = after.table();
  std::map<Path, op::Restore> restores;
  for (const Placed& placed : undone) {
    for (auto& [path, mark] : marks_of(*placed.change, placed.position)) {
      drop_marks(table, path, {mark});
      if (stands(state_.table(), path, mark)) restores[path].marks.push_back(mark);
    }
  }
  std::vector<Op> ops;
  for (auto& [path, restore] : restores) ops.push_back({path, std::move(restore)});
  return push_restores(std::move(ops));
}

/// Deletes again what was restored, unless another author has written there since: undo never hides
/// others' writes. For a register alone, it then withdraws the restored values.
Status Draft::delete_again(const Path& path, const Mark& mark, const State& after) {
  const State::Table& now = state_.table();
  const Node* node = now.find(path);
  if (node == nullptr || !is_live(*node)) return {};
  const std::set<Dot> restored = dots_at(after.table(), path);
  std::set<Dot> standing = dots_at(now, path);
  // The draft's own are signs of Restores that undid a deletion.
  const Position& first = full_.empty() ? self_ : full_.front().first;
  std::erase_if(standing, [&first](const Dot& dot) {
    return dot.author == first.author && dot.seq >= first.seq;
  });
  if (std::includes(restored.begin(), restored.end(), standing.begin(), standing.end())) {
    return push_deletion(path, mark.reason);
  }
  if (path.empty() || !is_plain_register(path)) return {};
  op::Withdraw values;
  for (const FieldKind kind : kRegisters) {
    for (const Versioned& version : node->versions(kind)) {
      const Dot dot = now.changes.global(version.dot);
      if (restored.contains(dot)) values.dots.push_back(dot);
    }
  }
  return values.dots.empty() ? Status() : push(path, std::move(values));
}

Status Draft::undo_restores(std::span<const Placed> undone, const State& before,
                            const State& after) {
  for (const Placed& placed : undone) {
    for (const Op& op : placed.change->ops) {
      const auto* restore = std::get_if<op::Restore>(&op.what);
      if (restore == nullptr) continue;
      // A contested mark hid nothing.
      const Mark* mark = hid_all(before.table(), op.path, restore->marks);
      if (mark != nullptr) RELAIS_TRY(delete_again(op.path, *mark, after));
    }
  }
  return {};
}

}  // namespace relais::document
