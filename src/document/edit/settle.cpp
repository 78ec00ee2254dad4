#include <algorithm>

#include "base/try.h"
#include "document/edit/draft.h"
#include "document/state/table.h"
#include "document/utf8.h"

namespace relais::document {

std::vector<Path> Draft::live_children(const Path& path, bool elements) const {
  std::vector<Path> paths;
  const Node* node = state_.table().find(path);
  if (node == nullptr) return paths;
  for (const Child& child : node->children) {
    if (child.is_element == elements && is_live(child.node)) {
      paths.push_back(path_below(path, state_.table().changes, child));
    }
  }
  return paths;
}

Status Draft::keep(const Path& path) {
  const Node* node = state_.table().find(path);
  if (node == nullptr || !is_live(*node)) {
    return Error(ErrorCode::not_found, "Nothing is at the path.");
  }
  if (is_below_contested(path)) {
    Draft trial = *this;
    trial.keep_above(path);
    const auto extent = std::pair(trial.full_.size(), trial.change_.ops.size());
    const Status kept = trial.keep_node(path);
    const bool wrote = std::pair(trial.full_.size(), trial.change_.ops.size()) != extent;
    if (!wrote) return kept;   // there was no conflict
    *this = std::move(trial);  // even on failure: it may have taken positions
    return kept;
  }
  return keep_node(path);
}

Status Draft::keep_node(const Path& path) {
  if (has_contested_mark(*state_.table().find(path))) RELAIS_TRY(restore(path));
  const FieldKind shown = shown_kind(*state_.table().find(path)).value();
  for (const FieldKind kind : kKinds) {
    if (kind != shown) RELAIS_TRY(drop_kind(path, kind));
  }
  RELAIS_TRY(keep_kind(path, shown));
  for (const bool elements : {false, true}) {
    for (const Path& child : live_children(path, elements)) RELAIS_TRY(keep_node(child));
  }
  return {};
}

/// Writes what the conflict shows again: that write overwrites all siblings.
Status Draft::keep_kind(const Path& path, FieldKind kind) {
  const ChangeTable& changes = state_.table().changes;
  const Node& node = *state_.table().find(path);
  if (is_register(kind)) {
    const auto& versions = node.versions(kind);
    if (versions.size() == 1) return {};
    const Versioned& shown = *shown_values(changes, node, kind).front();
    return push(path, op::Set{shown.value, std::nullopt, kind, shown.rank});
  }
  std::vector<op::Move> moves;
  for (const Child& child : node.children) {
    if (!child.is_element || !is_live(child.node)) continue;
    const auto several = moves_of(changes, node, child.element);
    if (several.size() < 2) continue;
    const LocalDot& stands = several.front()->dot;
    const auto right = node.extras->list.next(stands);
    moves.push_back({changes.global(child.element), changes.global(stands),
                     right ? std::optional(changes.global(*right)) : std::nullopt});
  }
  for (const op::Move& move : moves) RELAIS_TRY(push(path, move));
  return {};
}

/// Deletes one live kind at the path and keeps the others.
Status Draft::drop_kind(const Path& path, FieldKind kind) {
  const ChangeTable& changes = state_.table().changes;
  const Node* node = state_.table().find(path);
  if (!is_live(*node, kind)) return {};
  op::Withdraw withdraw;
  const auto add = [&](const Dots& dots) {
    for (const LocalDot& dot : dots) withdraw.dots.push_back(changes.global(dot));
  };
  add(node->present(kind));
  if (is_register(kind)) {
    for (const Versioned& version : node->versions(kind)) add({version.dot});
  } else if (kind == FieldKind::set) {
    for (const SetElement& element : node->extras->set) add(element.dots);
  } else if (kind == FieldKind::text) {
    RELAIS_TRY(splice_text(path, 0, count_code_points(visible_text(*node)), {}));
  } else if (kind == FieldKind::counter) {
    op::ResetCounter reset = reset_of(*node, false);
    if (!reset.seen.empty()) RELAIS_TRY(push(path, std::move(reset)));
  } else {
    for (const Path& child : live_children(path, kind == FieldKind::list)) {
      RELAIS_TRY(push_deletion(child, std::nullopt));
    }
  }
  return withdraw.dots.empty() ? Status() : push(path, std::move(withdraw));
}

}  // namespace relais::document
