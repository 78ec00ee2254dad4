#include "document/edit/draft.h"

#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "document/codec/op_size.h"
#include "document/codec/value_code.h"
#include "document/state/apply.h"
#include "document/utf8.h"
#include "document/view/list_view.h"

namespace relais::document {
namespace {

Error invalid(std::string what) { return Error(ErrorCode::invalid_argument, std::move(what)); }

Status check_path(const Path& path) {
  if (path.size() > limits::kNestingDepth) {
    return invalid("A path can have at most " + std::to_string(limits::kNestingDepth) + " steps.");
  }
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    if (name != nullptr && (name->size() > limits::kPathStepBytes || !is_utf8(*name))) {
      return invalid("A step of a path can have at most " + std::to_string(limits::kPathStepBytes) +
                     " bytes of UTF-8.");
    }
  }
  if (!path.empty() && !std::holds_alternative<std::string>(path[0])) {
    return invalid("A path must start with the name of a field.");
  }
  return {};
}

/// Whether the op may target the whole document.
bool is_of_all(const decltype(Op::what)& what) {
  const auto* make = std::get_if<op::Make>(&what);
  return std::holds_alternative<op::Delete>(what) || std::holds_alternative<op::Restore>(what) ||
         std::holds_alternative<op::Keep>(what) || std::holds_alternative<op::Withdraw>(what) ||
         (make != nullptr && make->kind == FieldKind::map);
}

/// Whether the op's element would be one step deeper than its path.
bool is_for_lists(const decltype(Op::what)& what) {
  const auto* make = std::get_if<op::Make>(&what);
  return std::holds_alternative<op::Insert>(what) || std::holds_alternative<op::Move>(what) ||
         (make != nullptr && make->kind == FieldKind::list);
}

Status check_value(const ValueView& value) {
  if (value.type == Value::Type::text && value.text.size() > limits::kStringBytes) {
    return Error(ErrorCode::limit_exceeded,
                 "The string is longer than " + std::to_string(limits::kStringBytes) + " bytes.");
  }
  if (is_valid(value)) return {};
  return invalid(
      "The value is not UTF-8, not a finite number, or an attachment without a media type.");
}

struct MakesContent {
  bool operator()(const op::Set&) const { return true; }
  bool operator()(const op::Make&) const { return true; }
  bool operator()(const op::Insert&) const { return true; }
  bool operator()(const op::InsertText&) const { return true; }
  bool operator()(const op::Count&) const { return true; }
  bool operator()(const op::Add&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};
bool makes_content(const decltype(Op::what)& what) { return std::visit(MakesContent{}, what); }

/// False only if nothing but an object (or a list) is live at the node.
bool has_other_kind(const Node& node, bool is_list) {
  if (!node.values.empty()) return true;
  const bool names = !node.children.empty() && !node.children.front().is_element;
  const bool elements = !node.children.empty() && node.children.back().is_element;
  if (is_list ? names : elements) return true;
  if (!node.extras) return false;
  const Rare& rare = *node.extras->rare;
  if (!rare.last_writer.empty() || !rare.ranked.empty()) return true;
  const FieldKind own = is_list ? FieldKind::list : FieldKind::map;
  return std::any_of(std::begin(kContainers), std::end(kContainers),
                     [&](FieldKind kind) { return kind != own && !node.present(kind).empty(); });
}

}  // namespace

Draft::Draft(State base, Position self, Address address, Stamp stamp, NextPosition more)
    : state_(std::move(base)), more_(std::move(more)) {
  change_.address = std::move(address);
  change_.stamp = stamp;
  begin(self);
}

/// A write removes other kinds on its path, which it has seen.
Status Draft::clear_above(const Path& path) {
  const Node* at = &state_.table().root;
  for (std::size_t depth = 1; depth < path.size(); ++depth) {
    at = find_child(state_.table(), *at, path[depth - 1]);
    if (at == nullptr) return {};
    const bool in_list = std::holds_alternative<Dot>(path[depth]);
    if (!has_other_kind(*at, in_list)) continue;
    const Path above(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    for (const FieldKind kind : kKinds) {
      if (kind == (in_list ? FieldKind::list : FieldKind::map)) continue;
      at = state_.table().find(above);
      if (at != nullptr && is_live(*at, kind)) RELAIS_TRY(drop_kind(above, kind));
    }
    at = state_.table().find(above);
    if (at == nullptr) return {};
  }
  return {};
}

Status Draft::push_one(Path path, decltype(Op::what) what) {
  RELAIS_TRY(check_path(path));
  if (path.empty() && !is_of_all(what)) {
    return invalid("A document is an object: give the field a name.");
  }
  if (path.size() >= limits::kNestingDepth && is_for_lists(what)) {
    return Error(ErrorCode::limit_exceeded, "The document is nested deeper than " +
                                                std::to_string(limits::kNestingDepth) + " levels.");
  }
  if (change_.context.entries().size() > limits::kContextEntries) {
    return Error(
        ErrorCode::limit_exceeded,
        "The document has more than " + std::to_string(limits::kContextEntries) + " writers.");
  }
  const bool restores = std::holds_alternative<op::Restore>(what);
  if (state_.table().marked && !restores) RELAIS_TRY(check_not_deleted(path));
  if (!contested_.empty() && !undoing_) keep_contested(path, what);
  if (makes_content(what) && !undoing_) RELAIS_TRY(clear_above(path));
  std::vector<Op> ops;
  ops.push_back({std::move(path), std::move(what)});
  const std::size_t bytes = bytes_of(ops.front());
  RELAIS_TRY(make_room(bytes, ops));
  bytes_ += bytes;
  do_ops(std::move(ops));
  return {};
}

/// Doesn't prune emptied nodes: finding them after each op would take time linear in the document.
void Draft::do_ops(std::vector<Op> ops) {
  State::Table& table = state_.table();
  for (Op& op : ops) {
    change_.ops.push_back(std::move(op));
    if (std::holds_alternative<op::Delete>(change_.ops.back().what)) {
      ++deletions_[change_.ops.back().path];
    }
    Applying applying{seen_, self_, number_, index_};
    apply_op(table, applying, change_.ops.back());
    index_ = applying.index;
  }
}

Status Draft::check_kind(const Path& path, FieldKind kind, const char* what) const {
  const Node* node = state_.table().find(path);
  if (node == nullptr || is_live(*node, kind) || !is_live(*node)) return {};
  return Error(ErrorCode::wrong_kind, std::string("The field is not a ") + what + '.');
}

op::ResetCounter Draft::reset_of(const Node& node, bool of_mark) const {
  op::ResetCounter reset{{}, of_mark};
  if (!node.extras) return reset;
  for (const Total& count : node.extras->counts) {
    reset.seen.push_back({state_.table().changes.global(count.dot), count.total});
  }
  return reset;
}

std::vector<Op> Draft::resets_for_mark(const Path& path) const {
  std::vector<std::pair<Path, const Node*>> todo{{path, state_.table().find(path)}};
  std::vector<Op> resets;
  while (!todo.empty()) {
    auto [at, node] = std::move(todo.back());
    todo.pop_back();
    for (const Child& child : node->children) {
      todo.emplace_back(path_below(at, state_.table().changes, child), &child.node);
    }
    op::ResetCounter reset = reset_of(*node, true);
    if (!reset.seen.empty()) resets.push_back({std::move(at), std::move(reset)});
  }
  return resets;
}

Status Draft::clear_for(const Path& path, FieldKind kind) {
  const Node* node = state_.table().find(path);
  if (node == nullptr) return {};
  const bool other = std::any_of(std::begin(kKinds), std::end(kKinds), [&](FieldKind candidate) {
    return candidate != kind && is_live(*node, candidate);
  });
  return other ? push_deletion(path, std::nullopt) : Status();
}

Status Draft::set_register(const Path& path, Value value, FieldKind kind, std::uint32_t rank) {
  RELAIS_TRY(check_value(value));
  if (!path.empty()) RELAIS_TRY(clear_for(path, kind));
  return push(path, op::Set{std::move(value), std::nullopt, kind, rank});
}

Status Draft::set(const Path& path, Value value) {
  const Node* node = state_.table().find(path);
  const auto shown = node != nullptr ? shown_kind(*node) : std::nullopt;
  if (shown == FieldKind::last_writer) return set_last_writer(path, std::move(value));
  if (shown != FieldKind::ranked) return set_register(path, std::move(value), FieldKind::value, 0);
  for (const Versioned& version : node->versions(FieldKind::ranked)) {
    if (compare(version.value, value) == 0) return set_ranked(path, std::move(value), version.rank);
  }
  return Error(ErrorCode::wrong_kind, "The field is ranked: give the new value a rank.");
}

Status Draft::set_last_writer(const Path& path, Value value) {
  return set_register(path, std::move(value), FieldKind::last_writer, 0);
}

Status Draft::set_ranked(const Path& path, Value value, std::uint32_t rank) {
  if (rank >= layout::kRanks) return invalid("A rank can have at most 31 bits.");
  return set_register(path, std::move(value), FieldKind::ranked, rank);
}

Status Draft::add(const Path& set, Value value) {
  RELAIS_TRY(check_value(value));
  RELAIS_TRY(check_kind(set, FieldKind::set, "set"));
  return push(set, op::Add{std::move(value)});
}

Status Draft::remove(const Path& set, const Value& value) {
  RELAIS_TRY(check_kind(set, FieldKind::set, "set"));
  const Node* node = state_.table().find(set);
  const auto is_it = [&value](const SetElement& e) { return compare(e.value, value) == 0; };
  if (node == nullptr || !node->extras ||
      std::none_of(node->extras->set.begin(), node->extras->set.end(), is_it)) {
    return Error(ErrorCode::not_found, "The set has no such element.");
  }
  return push(set, op::Remove{value});
}

Status Draft::count(const Path& counter, std::int64_t delta) {
  RELAIS_TRY(check_kind(counter, FieldKind::counter, "counter"));
  return add_to_counter(counter, delta);
}

Status Draft::add_to_counter(const Path& counter, std::int64_t delta) {
  const State::Table& table = state_.table();
  const Node* node = table.find(counter);
  Wide shown = node != nullptr ? counter_value(table.changes, *node) : 0;
  // An author's total continues even after a deletion.
  std::int64_t total = 0;
  for (const Node* at : {node, table.find_hidden(counter)}) {
    if (at == nullptr || !at->extras) continue;
    for (const Total& count : at->extras->counts) {
      if (table.changes.author(count.dot) == self_.author) total = count.total;
    }
  }
  shown += delta;
  const bool fits = shown == static_cast<std::int64_t>(shown);
  if (!fits || __builtin_add_overflow(total, delta, &total)) {
    return Error(ErrorCode::limit_exceeded, "The counter would exceed 64 bits.");
  }
  return push(counter, op::Count{total});
}

Status Draft::move(const Path& list, std::size_t from, std::size_t to) {
  RELAIS_TRY(check_kind(list, FieldKind::list, "list"));
  const ListView view(state_, list);
  if (from >= view.size() || to >= view.size()) {
    return invalid("The index is beyond the end of the list, whose length is " +
                   std::to_string(view.size()) + ".");
  }
  if (from == to) return {};
  const layout::Neighbours where = view.place(to < from ? to : to + 1);
  return push(list, op::Move{view.ids()[from], where.left, where.right});
}

}  // namespace relais::document
