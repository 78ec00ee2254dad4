#include "document/draft.h"

#include <algorithm>

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
constexpr std::size_t kEntryBytes = 26;  // of a context
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
  std::size_t operator()(const op::Move&) const { return 3 * kDotBytes; }
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

/// An element of a list at the last step would stand beyond it.
bool is_for_lists(const decltype(Op::what)& what) {
  const auto* make = std::get_if<op::Make>(&what);
  return std::holds_alternative<op::Insert>(what) || std::holds_alternative<op::Move>(what) ||
         (make != nullptr && make->kind == Kind::list);
}

Status check_reason(std::string_view reason) {
  if (!reason.empty() && reason.size() <= limits::kReasonBytes && is_utf8(reason)) return {};
  return invalid("a reason is 1 to " + std::to_string(limits::kReasonBytes) + " bytes of UTF-8");
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

}  // namespace

Draft::Draft(State base, Position self, Address address, Stamp stamp, NextPosition more)
    : state_(std::move(base)), more_(std::move(more)) {
  change_.address = std::move(address);
  change_.stamp = stamp;
  begin(self);
}

void Draft::begin(const Position& self) {
  self_ = self;
  index_ = 0;
  change_.ops.clear();
  change_.context = state_.context();
  bytes_ = kHeadBytes + change_.context.entries().size() * kEntryBytes;
  number_ = state_.table().changes.intern(self_, change_.stamp);
  state_.table().context.advance(self_.author, self_.seq);
}

Status Draft::push_one(Path path, decltype(Op::what) what) {
  RELAIS_TRY(check_path(path));
  const bool whole =
      std::holds_alternative<op::Delete>(what) || std::holds_alternative<op::Withdraw>(what) ||
      (std::holds_alternative<op::Make>(what) && std::get<op::Make>(what).kind == Kind::map);
  if (path.empty() && !whole) return invalid("a document is an object: its fields have names");
  if (path.size() >= limits::kNestingDepth && is_for_lists(what)) {
    return Error(ErrorCode::limit_exceeded,
                 "nested deeper than " + std::to_string(limits::kNestingDepth) + " levels");
  }
  if (change_.context.entries().size() > limits::kContextEntries) {
    return Error(
        ErrorCode::limit_exceeded,
        "the document has more than " + std::to_string(limits::kContextEntries) + " writers");
  }
  const std::size_t bytes = kOpBytes + path_bytes(path) + std::visit(SizeOf{}, what);
  RELAIS_TRY(make_room(bytes));
  bytes_ += bytes;
  change_.ops.push_back({std::move(path), std::move(what)});
  State::Table& table = state_.table();
  Applying applying{change_.context, self_, number_, index_};
  apply_op(table, applying, change_.ops.back());
  index_ = applying.index;
  return {};
}

Status Draft::check_kind(const Path& path, Kind kind, const char* what) const {
  const Node* node = state_.table().find(path);
  if (node == nullptr || is_live(*node, kind) || !is_live(*node)) return {};
  return Error(ErrorCode::wrong_kind, std::string("the field is not a ") + what);
}

Status Draft::reset_counter(const Path& path) {
  const Node* node = state_.table().find(path);
  if (!node->extras) return {};
  op::ResetCounter reset;
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
  for (const Path& counter : counters) RELAIS_TRY(reset_counter(counter));
  return {};
}

Status Draft::clear_for(const Path& path, Kind kind) {
  const Node* node = state_.table().find(path);
  if (node == nullptr) return {};
  const bool other = std::any_of(std::begin(kKinds), std::end(kKinds), [&](Kind candidate) {
    return candidate != kind && is_live(*node, candidate);
  });
  return other ? erase_all(path) : Status();
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
  std::int64_t total = 0;
  Wide shown = 0;
  if (const Node* node = table.find(counter); node != nullptr && node->extras) {
    shown = counter_value(table.changes, *node);
    for (const Total& count : node->extras->counts) {
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

Status Draft::check_there(const Path& path) const {
  const Node* node = state_.table().find(path);
  if (node != nullptr && is_live(*node)) return {};
  return Error(ErrorCode::not_found, "nothing is at the path");
}

Status Draft::erase(const Path& path) {
  RELAIS_TRY(check_there(path));
  return erase_alone(path, std::nullopt);
}

Status Draft::make_void(const Path& path, std::string reason) {
  RELAIS_TRY(check_reason(reason));
  RELAIS_TRY(check_there(path));
  return erase_alone(path, std::move(reason));
}

Status Draft::erase_document(const std::optional<std::string>& reason) {
  if (reason) RELAIS_TRY(check_reason(*reason));
  RELAIS_TRY(check_there({}));
  std::vector<Path> sections;
  for (const Child& child : state_.table().root.children) {
    if (is_live(child.node)) sections.push_back(Path{child.name});
  }
  if (sections.empty()) return erase_all({}, reason);
  for (const Path& section : sections) RELAIS_TRY(erase_all(section, reason));
  op::Withdraw sign;
  for (const LocalDot& dot : state_.table().root.present(Kind::map)) {
    sign.dots.push_back(state_.table().changes.global(dot));
  }
  return sign.dots.empty() ? Status() : push({}, std::move(sign));
}

Status Draft::erase_all(const Path& path, std::optional<std::string> reason) {
  RELAIS_TRY(reset_counters(path));
  return push(path, op::Delete{std::move(reason)});
}

/// An object that is there only by its last field stays, as an emptied list does.
Status Draft::erase_alone(const Path& path, std::optional<std::string> reason) {
  const bool empties = empties_container(path);
  RELAIS_TRY(erase_all(path, std::move(reason)));
  if (!empties) return {};
  const bool in_list = std::holds_alternative<Dot>(path.back());
  return push(Path(path.begin(), path.end() - 1), op::Make{in_list ? Kind::list : Kind::map});
}

/// What no sign keeps.
bool Draft::empties_container(const Path& path) const {
  if (path.empty()) return false;
  const bool in_list = std::holds_alternative<Dot>(path.back());
  const Node* node = state_.table().find(Path(path.begin(), path.end() - 1));
  if (!node->present(in_list ? Kind::list : Kind::map).empty()) return false;
  const auto live = std::count_if(
      node->children.begin(), node->children.end(),
      [&](const Child& child) { return child.is_element == in_list && is_live(child.node); });
  return live == 1;
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

}  // namespace relais::document
