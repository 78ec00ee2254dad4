#include "property/wide_ops.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <variant>

#include "base/limits.h"
#include "document/utf8.h"

namespace relais::document {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

void sort_dots(std::vector<Dot>& dots) {
  std::sort(dots.begin(), dots.end());
  dots.erase(std::unique(dots.begin(), dots.end()), dots.end());
}

}  // namespace

std::string text_of(const Op& op) {
  static const char* const kNames[] = {
      "set",  "make",        "delete",      "restore", "keep",  "clear", "withdraw", "insert",
      "move", "insert text", "delete text", "count",   "reset", "add",   "remove"};
  static_assert(std::variant_size_v<decltype(Op::what)> == std::size(kNames));
  std::string text = std::string(kNames[op.what.index()]) + " /";
  const auto add = [&text](const Dot& dot) {
    text += "@" + to_hex(dot.author.view().substr(0, 1)) + "." + std::to_string(dot.seq) + "." +
            std::to_string(dot.index);
  };
  for (const Step& step : op.path) {
    const auto* name = std::get_if<std::string>(&step);
    if (name != nullptr) {
      text += *name;
    } else {
      add(std::get<Dot>(step));
    }
    text += "/";
  }
  text += " names";
  each_named_dot(op, [&](const Dot& dot) {
    text += " ";
    add(dot);
  });
  return text;
}

std::uint32_t indices_of(const Op& op) {
  const auto* insert = std::get_if<op::InsertText>(&op.what);
  return insert == nullptr ? 1 : static_cast<std::uint32_t>(count_code_points(insert->text));
}

/// Short ones mostly; now and then of so many steps as there may be: one too many for a list.
Path WideOps::any_path(model::Set saw) {
  static const char* const kNames[] = {"a", "b", "m", "v"};
  Path path;
  const Made* element = chance_.one_in(6) ? any(elements_, saw) : nullptr;
  if (element != nullptr) {
    path = element->path;
    path.emplace_back(element->dot);
  }
  const int most = static_cast<int>(limits::kNestingDepth);
  const int steps = chance_.one_in(6) ? chance_.from(most - 2, most) : chance_.from(1, 3);
  while (static_cast<int>(path.size()) < steps) path.emplace_back(kNames[chance_.below(4)]);
  return path;
}

/// Null if none was seen.
const WideOps::Made* WideOps::any(const std::vector<Made>& made, model::Set saw) {
  if (made.empty()) return nullptr;
  for (int tries = 0; tries < 4; ++tries) {
    const Made& one = made[static_cast<std::size_t>(chance_.below(static_cast<int>(made.size())))];
    if (one.is_nameable && (one.named & ~saw) == 0) return &one;
  }
  return nullptr;
}

std::vector<Dot> WideOps::any_dots(const std::vector<Made>& made, model::Set saw) {
  std::vector<Dot> dots;
  for (int i = chance_.from(1, 3); i > 0; --i) {
    if (const Made* one = any(made, saw)) dots.push_back(one->dot);
  }
  sort_dots(dots);
  return dots;
}

std::optional<Dot> WideOps::neighbour(const std::vector<Made>& made, model::Set saw) {
  const Made* one = chance_.one_in(3) ? nullptr : any(made, saw);
  if (one == nullptr) return std::nullopt;
  Dot dot = one->dot;
  dot.index += static_cast<std::uint32_t>(chance_.below(static_cast<int>(one->count)));
  return dot;
}

Value WideOps::any_value() {
  switch (chance_.below(7)) {
    case 0: return nullptr;
    case 1: return chance_.one_in(2);
    case 2: return std::int64_t{chance_.below(3)};
    case 3: return kMost;
    case 4: return 0.5 * chance_.below(3);
    case 5: return Attachment{{}, 7, "image/png"};
    default: return std::string(static_cast<std::size_t>(chance_.below(3)), 'x');
  }
}

void WideOps::add_value_op(std::vector<Op>& ops, model::Set saw) {
  static constexpr Kind kRules[] = {Kind::value, Kind::last_writer, Kind::ranked};
  static constexpr Kind kMade[] = {Kind::map, Kind::list, Kind::text, Kind::set, Kind::counter};
  const Path path = any_path(saw);
  switch (chance_.below(8)) {
    case 0: ops.push_back({path, op::Make{kMade[chance_.below(5)]}}); break;
    case 1: ops.push_back({path, op::Clear{}}); break;
    case 2: ops.push_back({path, op::Add{any_value()}}); break;
    case 3: ops.push_back({path, op::Remove{any_value()}}); break;
    case 4: {
      std::vector<Dot> dots = any_dots(values_, saw);
      if (!dots.empty()) ops.push_back({path, op::Withdraw{std::move(dots)}});
      break;
    }
    case 5: {
      // Beside one another: so many as may be, or one more.
      const int most = static_cast<int>(limits::kSetsAtOnePath);
      const int many = chance_.one_in(8) ? chance_.from(most, most + 1) : chance_.from(1, 3);
      for (int i = 0; i < many; ++i) {
        ops.push_back({path, op::Set{std::int64_t{i}, any_dots(values_, saw)}});
      }
      break;
    }
    default: {
      op::Set set{any_value(), std::nullopt, kRules[chance_.below(3)], 0};
      if (set.kind == Kind::ranked) set.rank = static_cast<std::uint32_t>(chance_.below(3));
      ops.push_back({path, std::move(set)});
    }
  }
}

void WideOps::add_sequence_op(std::vector<Op>& ops, model::Set saw) {
  static const char* const kWords[] = {"a", "bc", "\xd0\x96", "\xf0\x9f\x99\x82x"};
  const Made* element = any(elements_, saw);
  const Made* letters = any(letters_, saw);
  switch (chance_.below(5)) {
    case 0:
    case 1: {
      const Path list = element != nullptr && chance_.one_in(2) ? element->path : any_path(saw);
      op::Insert insert{neighbour(elements_, saw), neighbour(elements_, saw), any_value()};
      if (chance_.one_in(3)) insert.content = chance_.one_in(2) ? Kind::map : Kind::list;
      ops.push_back({list, std::move(insert)});
      break;
    }
    case 2:
      if (element != nullptr) {
        ops.push_back({element->path, op::Move{element->dot, neighbour(elements_, saw),
                                               neighbour(elements_, saw)}});
      }
      break;
    case 3: {
      const Path text = letters != nullptr && chance_.one_in(2) ? letters->path : any_path(saw);
      ops.push_back({text, op::InsertText{neighbour(letters_, saw), neighbour(letters_, saw),
                                          kWords[chance_.below(4)]}});
      break;
    }
    default:
      if (letters != nullptr) {
        const auto count =
            static_cast<std::uint32_t>(chance_.from(1, static_cast<int>(letters->count)));
        ops.push_back({letters->path, op::DeleteText{{{letters->dot, count}}}});
      }
  }
}

void WideOps::add_counter_op(std::vector<Op>& ops, model::Set saw) {
  const Made* total = any(totals_, saw);
  if (total != nullptr && chance_.one_in(3)) {
    ops.push_back({total->path, op::ResetCounter{{{total->dot, chance_.below(3)}}, false}});
    return;
  }
  const Path path = total != nullptr && chance_.one_in(2) ? total->path : any_path(saw);
  const std::int64_t totals[] = {1, 2, -1, kMost, -kMost - 1};
  ops.push_back({path, op::Count{totals[chance_.below(5)]}});
}

void WideOps::add_mark_op(std::vector<Op>& ops, model::Set saw) {
  const Made* mark = any(marks_, saw);
  const Path path = mark != nullptr && chance_.one_in(2) ? mark->path
                    : chance_.one_in(6)                  ? Path()
                                                         : any_path(saw);
  std::vector<Dot> dots = any_dots(marks_, saw);
  switch (chance_.below(6)) {
    case 0:
    case 1: ops.push_back({path, op::Delete{}}); break;
    case 2: ops.push_back({path, op::Delete{"why"}}); break;
    case 3:
      if (!dots.empty()) ops.push_back({path, op::Restore{std::move(dots)}});
      break;
    case 4:
      if (!dots.empty()) ops.push_back({path, op::Keep{std::move(dots)}});
      break;
    default:
      if (!dots.empty()) ops.push_back({path, op::Withdraw{std::move(dots)}});
  }
}

std::vector<Op> WideOps::more(model::Set saw, bool marks) {
  std::vector<Op> ops;
  for (int i = chance_.below(4); i > 0; --i) {
    std::vector<Op> some;
    switch (chance_.below(4)) {
      case 0: add_value_op(some, saw); break;
      case 1: add_sequence_op(some, saw); break;
      case 2: add_counter_op(some, saw); break;
      default:
        if (marks) add_mark_op(some, saw);
    }
    if (without_.count(count_++) == 0) ops.insert(ops.end(), some.begin(), some.end());
  }
  return ops;
}

void WideOps::note(const std::vector<Op>& ops, const Position& position, int number) {
  numbers_[position] = number;
  Dot dot{position.author, position.seq, 0};
  for (const Op& op : ops) {
    const std::uint32_t count = indices_of(op);
    Made made{op.path, dot, count, model::bit(number), true};
    for (const Step& step : op.path) {
      const auto* element = std::get_if<Dot>(&step);
      if (element == nullptr) continue;
      const auto its = numbers_.find({element->author, element->seq});
      made.is_nameable = made.is_nameable && its != numbers_.end();
      if (its != numbers_.end()) made.named |= model::bit(its->second);
    }
    if (std::holds_alternative<op::Insert>(op.what)) elements_.push_back(made);
    if (std::holds_alternative<op::InsertText>(op.what)) letters_.push_back(made);
    if (std::holds_alternative<op::Set>(op.what)) values_.push_back(made);
    if (std::holds_alternative<op::Count>(op.what)) totals_.push_back(made);
    if (std::holds_alternative<op::Delete>(op.what)) marks_.push_back(made);
    dot.index += count;
  }
}

}  // namespace relais::document
