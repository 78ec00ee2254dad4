#include "document/draft.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "document/apply.h"
#include "document/list_view.h"
#include "document/utf8.h"
#include "document/value_code.h"

namespace relais::document {
namespace {

constexpr std::size_t kDotBytes = 14;    // at most, in a change
constexpr std::size_t kOpBytes = 24;     // at most, without its path, dots and text
constexpr std::size_t kEntryBytes = 34;  // of a context
constexpr std::size_t kHeadBytes = 384;  // without its context

Error invalid(std::string what) { return Error(ErrorCode::invalid_argument, std::move(what)); }

/// An upper bound of what the op takes in a change.
struct SizeOf {
  std::size_t operator()(const op::Set& set) const {
    return value(set.value) + sizeof set.rank + (set.over ? set.over->size() * kDotBytes : 0);
  }
  std::size_t operator()(const op::Insert& insert) const {
    const auto* scalar = std::get_if<Value>(&insert.content);
    return 2 * kDotBytes + (scalar != nullptr ? value(*scalar) : 0);
  }
  std::size_t operator()(const op::InsertText& insert) const {
    return 2 * kDotBytes + insert.text.size();
  }
  std::size_t operator()(const op::DeleteText& erase) const {
    return erase.runs.size() * (kDotBytes + 4);
  }
  std::size_t operator()(const op::ResetCounter& reset) const {
    return reset.seen.size() * (kDotBytes + 10);
  }
  std::size_t operator()(const op::Add& add) const { return value(add.value); }
  std::size_t operator()(const op::Remove& remove) const { return value(remove.value); }
  std::size_t operator()(const op::Delete& erase) const {
    return erase.reason ? erase.reason->size() : 0;
  }
  std::size_t operator()(const op::Withdraw& withdraw) const {
    return withdraw.dots.size() * kDotBytes;
  }
  std::size_t operator()(const op::Restore& restore) const {
    return restore.marks.size() * kDotBytes;
  }
  std::size_t operator()(const op::Keep& keep) const { return keep.marks.size() * kDotBytes; }
  std::size_t operator()(const op::Move&) const { return 3 * kDotBytes + kEntryBytes; }
  template <class Other>
  std::size_t operator()(const Other&) const {
    return 0;
  }
  static std::size_t value(const Value& value) {
    return value.text() != nullptr ? value.text()->size() : value.packed_attachment().size();
  }
};

std::size_t path_bytes(const Path& path) {
  std::size_t bytes = 0;
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    bytes += name != nullptr ? name->size() + 2 : kDotBytes + 1;
  }
  return bytes;
}

Status check_path(const Path& path) {
  if (path.size() > limits::kNestingDepth) {
    return invalid("a path has at most " + std::to_string(limits::kNestingDepth) + " steps");
  }
  for (const Step& step : path) {
    const auto* name = std::get_if<std::string>(&step);
    if (name != nullptr && (name->size() > limits::kPathStepBytes || !is_utf8(*name))) {
      return invalid("a step of a path is at most " + std::to_string(limits::kPathStepBytes) +
                     " bytes of UTF-8");
    }
  }
  if (!path.empty() && !std::holds_alternative<std::string>(path[0])) {
    return invalid("a path starts with a name");
  }
  return {};
}

Status check_value(const ValueView& value) {
  if (value.type == Value::Type::text && value.text.size() > limits::kStringBytes) {
    return Error(ErrorCode::limit_exceeded,
                 "the string is longer than " + std::to_string(limits::kStringBytes) + " bytes");
  }
  if (is_valid(value)) return {};
  return invalid(
      "the value is not UTF-8, not a finite number, or an attachment without a media type");
}

bool has_content(const State::Table& table, const AuthorId& author) {
  const auto& contents = table.contents;
  return std::any_of(contents.begin(), contents.end(),
                     [&author](const Content& content) { return content.author == author; });
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

/// Whether anything but an object (or a list) may live at the node; seldom true without need.
bool has_other_kind(const Node& node, bool is_list) {
  if (!node.values.empty()) return true;
  const bool names = !node.children.empty() && !node.children.front().is_element;
  const bool elements = !node.children.empty() && node.children.back().is_element;
  if (is_list ? names : elements) return true;
  if (!node.extras) return false;
  const Rare& rare = *node.extras->rare;
  if (!rare.last_writer.empty() || !rare.ranked.empty()) return true;
  const Kind own = is_list ? Kind::list : Kind::map;
  return std::any_of(std::begin(kContainers), std::end(kContainers),
                     [&](Kind kind) { return kind != own && !node.present(kind).empty(); });
}

}  // namespace

Draft::Draft(State base, Position self, Address address, Stamp stamp)
    : state_(std::move(base)), self_(self) {
  change_.address = std::move(address);
  seen_ = state_.context();
  for (const Position& entry : seen_.entries()) {
    if (!has_content(state_.table(), entry.author)) {
      change_.context.advance(entry.author, entry.seq);
    }
  }
  change_.stamp = stamp;
  const std::size_t contents = std::min(state_.table().contents.size(), layout::kListedContents);
  bytes_ = kHeadBytes + change_.context.entries().size() * kEntryBytes + contents * AuthorId::kSize;
  number_ = state_.table().changes.intern(self_, stamp);
  state_.table().context.advance(self_.author, self_.seq);
  if (state_.table().contested != 0) note_contested();
}

/// By-content changes are cited by who carried them; here, where ops name their dots, and where a
/// deletion must say exactly what it saw.
void Draft::cite_contents() {
  const std::vector<Content>& contents = state_.table().contents;
  std::set<AuthorId> cited;
  const bool marks = std::any_of(change_.ops.begin(), change_.ops.end(), [](const Op& op) {
    return std::holds_alternative<op::Delete>(op.what) ||
           std::holds_alternative<op::Restore>(op.what);
  });
  // What isn't listed is named in full.
  const auto add = [&cited](const AuthorId& content) {
    if (cited.size() < layout::kListedContents) cited.insert(content);
  };
  for (const Op& op : change_.ops) {
    each_named_dot(op, [&](const Dot& dot) {
      if (has_content(state_.table(), dot.author)) add(dot.author);
    });
  }
  for (const Content& content : contents) {
    if (marks) add(content.author);
  }
  change_.cites.contents.assign(cited.begin(), cited.end());
}

/// A write has seen what of another kind stands on the way to it, and so takes it away.
Status Draft::clear_above(const Path& path) {
  const Node* at = &state_.table().root;
  for (std::size_t depth = 1; depth < path.size(); ++depth) {
    at = find_child(state_.table(), *at, path[depth - 1]);
    if (at == nullptr) return {};
    const bool in_list = std::holds_alternative<Dot>(path[depth]);
    if (!has_other_kind(*at, in_list)) continue;
    const Path above(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth));
    for (const Kind kind : kKinds) {
      if (kind == (in_list ? Kind::list : Kind::map)) continue;
      at = state_.table().find(above);
      if (at != nullptr && is_live(*at, kind)) RELAIS_TRY(drop_kind(above, kind));
    }
    at = state_.table().find(above);
    if (at == nullptr) return {};
  }
  return {};
}

Status Draft::push(Path path, decltype(Op::what) what) {
  RELAIS_TRY(check_path(path));
  const auto* make = std::get_if<op::Make>(&what);
  const bool is_of_all =
      std::holds_alternative<op::Delete>(what) || std::holds_alternative<op::Restore>(what) ||
      std::holds_alternative<op::Keep>(what) || std::holds_alternative<op::Withdraw>(what) ||
      (make != nullptr && make->kind == Kind::map);
  if (path.empty() && !is_of_all) return invalid("a document is an object: its fields have names");
  const bool is_deeper =
      std::holds_alternative<op::Insert>(what) || std::holds_alternative<op::Move>(what);
  if (is_deeper && path.size() == limits::kNestingDepth) {
    return invalid("a list stands at most at step " + std::to_string(limits::kNestingDepth - 1) +
                   " of a path");
  }
  if (change_.context.entries().size() > limits::kContextEntries) {
    return Error(
        ErrorCode::limit_exceeded,
        "the document has more than " + std::to_string(limits::kContextEntries) + " writers");
  }
  const bool restores = std::holds_alternative<op::Restore>(what);
  if (state_.table().marked && !restores) RELAIS_TRY(check_not_deleted(path));
  if (makes_content(what) && !takes_back_) RELAIS_TRY(clear_above(path));
  bytes_ += kOpBytes + path_bytes(path) + std::visit(SizeOf{}, what);
  // What isn't cited is named in full.
  for (const Step& step : path) {
    const auto* element = std::get_if<Dot>(&step);
    if (element == nullptr || Position{element->author, element->seq} == self_) continue;
    if (!seen_.covers(*element)) bytes_ += kEntryBytes;
  }
  if (change_.ops.size() >= limits::kOpsPerChange || bytes_ > limits::kChangeBytes) {
    return Error(ErrorCode::limit_exceeded, "the change is larger than " +
                                                std::to_string(limits::kChangeBytes) +
                                                " bytes: write it in parts");
  }
  do_op(std::move(path), std::move(what));
  return {};
}

void Draft::do_op(Path path, decltype(Op::what) what) {
  change_.ops.push_back({std::move(path), std::move(what)});
  const Op& op = change_.ops.back();
  State::Table& table = state_.table();
  Applying applying{seen_, self_, number_, index_};
  apply_op(table, applying, op);
  index_ = applying.index;
  if (may_empty(op)) table.root.prune();
}

Status Draft::check_kind(const Path& path, Kind kind, const char* what) const {
  const Node* node = state_.table().find(path);
  if (node == nullptr || is_live(*node, kind) || !is_live(*node)) return {};
  return Error(ErrorCode::wrong_kind, std::string("the field is not a ") + what);
}

Status Draft::reset_counter(const Path& path, bool of_mark) {
  const Node* node = state_.table().find(path);
  if (!node->extras) return {};
  op::ResetCounter reset{{}, of_mark};
  for (const Total& count : node->extras->counts) {
    reset.seen.push_back({state_.table().changes.global(count.dot), count.total});
  }
  return reset.seen.empty() ? Status() : push(path, std::move(reset));
}

Status Draft::reset_counters(const Path& path) {
  const Node* top = state_.table().find(path);
  if (top == nullptr) return {};
  std::vector<std::pair<Path, const Node*>> todo{{path, top}};
  std::vector<Path> counters;
  while (!todo.empty()) {
    auto [at, node] = std::move(todo.back());
    todo.pop_back();
    for (const Child& child : node->children) {
      todo.emplace_back(path_below(at, state_.table().changes, child), &child.node);
    }
    if (node->extras && !node->extras->counts.empty()) counters.push_back(std::move(at));
  }
  for (const Path& counter : counters) RELAIS_TRY(reset_counter(counter, true));
  return {};
}

Status Draft::clear_for(const Path& path, Kind kind) {
  const Node* node = state_.table().find(path);
  if (node == nullptr) return {};
  const bool other = std::any_of(std::begin(kKinds), std::end(kKinds), [&](Kind candidate) {
    return candidate != kind && is_live(*node, candidate);
  });
  return other ? erase(path) : Status();
}

Status Draft::set_register(const Path& path, Value value, Kind kind, std::uint32_t rank) {
  RELAIS_TRY(check_value(value));
  if (!path.empty()) RELAIS_TRY(clear_for(path, kind));
  return push(path, op::Set{std::move(value), std::nullopt, kind, rank});
}

Status Draft::set(const Path& path, Value value) {
  const Node* node = state_.table().find(path);
  const auto shown = node != nullptr ? shown_kind(*node) : std::nullopt;
  if (shown == Kind::last_writer) return set_last_writer(path, std::move(value));
  if (shown != Kind::ranked) return set_register(path, std::move(value), Kind::value, 0);
  for (const Versioned& version : node->versions(Kind::ranked)) {
    if (compare(version.value, value) == 0) return set_ranked(path, std::move(value), version.rank);
  }
  return Error(ErrorCode::wrong_kind, "the field is ranked: a new value needs a rank");
}

Status Draft::set_last_writer(const Path& path, Value value) {
  return set_register(path, std::move(value), Kind::last_writer, 0);
}

Status Draft::set_ranked(const Path& path, Value value, std::uint32_t rank) {
  if (rank >= layout::kRanks) return invalid("a rank has at most 31 bits");
  return set_register(path, std::move(value), Kind::ranked, rank);
}

Status Draft::add(const Path& set, Value value) {
  RELAIS_TRY(check_value(value));
  RELAIS_TRY(check_kind(set, Kind::set, "set"));
  return push(set, op::Add{std::move(value)});
}

Status Draft::remove(const Path& set, const Value& value) {
  RELAIS_TRY(check_kind(set, Kind::set, "set"));
  const Node* node = state_.table().find(set);
  const auto is_it = [&value](const SetElement& e) { return compare(e.value, value) == 0; };
  if (node == nullptr || !node->extras ||
      std::none_of(node->extras->set.begin(), node->extras->set.end(), is_it)) {
    return Error(ErrorCode::not_found, "the set has no such element");
  }
  return push(set, op::Remove{value});
}

Status Draft::count(const Path& counter, std::int64_t delta) {
  RELAIS_TRY(check_kind(counter, Kind::counter, "counter"));
  return add_to_counter(counter, delta);
}

Status Draft::add_to_counter(const Path& counter, std::int64_t delta) {
  const State::Table& table = state_.table();
  const Node* node = table.find(counter);
  Wide shown = node != nullptr ? counter_value(table.changes, *node) : 0;
  // An author's total goes on even from where it was deleted.
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
    return Error(ErrorCode::limit_exceeded, "the counter would leave the range of 64 bits");
  }
  return push(counter, op::Count{total});
}

Status Draft::move(const Path& list, std::size_t from, std::size_t to) {
  RELAIS_TRY(check_kind(list, Kind::list, "list"));
  const ListView view(state_, list);
  if (from >= view.size() || to >= view.size()) {
    return invalid("the list has only " + std::to_string(view.size()) + " elements");
  }
  if (from == to) return {};
  const layout::Neighbours where = view.place(to < from ? to : to + 1);
  return push(list, op::Move{view.ids()[from], where.left, where.right});
}

Change Draft::finish() && {
  RELAIS_CHECK(!change_.ops.empty());
  if (state_.table().marked) {
    keep_contested();
    repeat_restores();
  }
  if (!state_.table().contents.empty()) cite_contents();
  return std::move(change_);
}

}  // namespace relais::document
