#include <algorithm>
#include <map>

#include "base/try.h"
#include "document/change_reader.h"
#include "document/draft.h"
#include "document/marks.h"
#include "document/op_places.h"

/// Taking back deletions, and what took deletions back.
namespace relais::document {
namespace {

/// The marks that a change made, with their paths.
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

/// One of the marks hid what it covers, and nothing new had begun there.
bool hid_all(const State::Table& table, const Path& path, const std::vector<Dot>& marks) {
  const Node* node = table.find(path);
  if (node == nullptr || !node->extras || is_live(*node)) return false;
  const auto& standing = node->extras->rare->marks;
  return std::any_of(standing.begin(), standing.end(), [&](const Mark& mark) {
    const Dot dot = table.changes.global(mark.dot);
    return !mark.contested && std::find(marks.begin(), marks.end(), dot) != marks.end();
  });
}

}  // namespace

/// Leaves the state after the deed as if its deletions had not been.
Status Draft::undo_deletions(std::span<const Placed> deed, State& after) {
  State::Table& table = after.table();
  std::map<Path, op::Restore> restores;
  for (const Placed& placed : deed) {
    for (auto& [path, mark] : marks_of(*placed.change, placed.position)) {
      drop_marks(table, path, {mark});
      if (stands(state_.table(), path, mark)) restores[path].marks.push_back(mark);
    }
  }
  std::vector<Op> ops;
  for (auto& [path, restore] : restores) ops.push_back({path, std::move(restore)});
  return push_restores(std::move(ops));
}

Status Draft::undo_restores(std::span<const Placed> deed, const State& before) {
  for (const Placed& placed : deed) {
    for (const Op& op : placed.change->ops) {
      const auto* restore = std::get_if<op::Restore>(&op.what);
      // What was contested hid nothing; and a new deletion would take what had begun there too.
      if (restore == nullptr || !hid_all(before.table(), op.path, restore->marks)) continue;
      const Node* node = state_.table().find(op.path);
      if (node != nullptr && is_live(*node)) RELAIS_TRY(push_deletion(op.path, std::nullopt));
    }
  }
  return {};
}

}  // namespace relais::document
