#include "property/wide_ops.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <variant>

#include "base/limits.h"
#include "document/codec/change_layout.h"
#include "document/state/op_places.h"

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

/// Mostly short; sometimes with the most steps possible, or one too many for a list.
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
  if (chance_.one_in(60)) {
    const int longest = static_cast<int>(limits::kPathStepBytes);
    const int size = chance_.from(longest, longest + 1);
    path.back() = std::string(static_cast<std::size_t>(size), 'n');
  }
  return path;
}

/// Null if none was seen. A lying change names unseen ones.
const WideOps::Made* WideOps::any(const std::vector<Made>& made, model::Set saw) {
  if (made.empty()) return nullptr;
  for (int tries = 0; tries < 4; ++tries) {
    const Made& one = made[static_cast<std::size_t>(chance_.below(static_cast<int>(made.size())))];
    const bool is_seen = (one.named & ~saw) == 0;
    if (is_seen || (is_liar_ && chance_.one_in(2))) return &one;
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
    default: return any_text();
  }
}

/// Mostly short; rarely of the greatest length, or one byte longer.
std::string WideOps::any_text() {
  const int longest = static_cast<int>(limits::kStringBytes);
  const int size = chance_.one_in(150) ? chance_.from(longest, longest + 1) : chance_.below(3);
  return std::string(static_cast<std::size_t>(size), 'x');
}

/// Mostly values at the path, else any.
std::vector<Dot> WideOps::any_listed(const Path& path, model::Set saw) {
  std::vector<Dot> dots = any_dots(values_, saw);
  for (const Made& made : values_) {
    const bool is_seen = is_liar_ || (made.named & ~saw) == 0;
    if (made.path == path && is_seen && chance_.one_in(2)) dots.push_back(made.dot);
  }
  sort_dots(dots);
  return dots;
}

void WideOps::add_value_op(std::vector<Op>& ops, model::Set saw) {
  static constexpr FieldKind kRules[] = {FieldKind::value, FieldKind::last_writer,
                                         FieldKind::ranked};
  static constexpr FieldKind kMade[] = {FieldKind::map, FieldKind::list, FieldKind::text,
                                        FieldKind::set, FieldKind::counter};
  const Made* value = chance_.one_in(3) ? any(values_, saw) : nullptr;
  const Path path = value != nullptr ? value->path : any_path(saw);
  switch (chance_.below(8)) {
    case 0: ops.push_back({path, op::Make{kMade[chance_.below(5)]}}); break;
    case 1: ops.push_back({path, op::Clear{}}); break;
    case 2: ops.push_back({path, op::Add{any_value()}}); break;
    case 3: ops.push_back({path, op::Remove{any_value()}}); break;
    case 4: {
      std::vector<Dot> dots = any_listed(path, saw);
      if (!dots.empty()) ops.push_back({path, op::Withdraw{std::move(dots)}});
      break;
    }
    case 5: {
      // Side by side: as many as allowed, or one more.
      const int most = static_cast<int>(limits::kSetsAtOnePath);
      const int many = chance_.one_in(8) ? chance_.from(most, most + 1) : chance_.from(1, 3);
      for (int i = 0; i < many; ++i) {
        ops.push_back({path, op::Set{std::int64_t{i}, any_listed(path, saw)}});
      }
      break;
    }
    default: {
      op::Set set{any_value(), std::nullopt, kRules[chance_.below(3)], 0};
      if (set.kind == FieldKind::ranked) {
        const auto most = static_cast<std::uint32_t>(layout::kRanks) - 1;
        set.rank = chance_.one_in(20) ? most + static_cast<std::uint32_t>(chance_.below(2))
                                      : static_cast<std::uint32_t>(chance_.below(3));
      }
      if (chance_.one_in(3)) set.over = any_listed(path, saw);
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
      if (chance_.one_in(3)) insert.content = chance_.one_in(2) ? FieldKind::map : FieldKind::list;
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
      ops.push_back({text, op::InsertText{
                               neighbour(letters_, saw), neighbour(letters_, saw),
                               chance_.one_in(100) ? any_text() + "y" : kWords[chance_.below(4)]}});
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
  if (total != nullptr && chance_.one_in(2)) {
    op::ResetCounter reset{{{total->dot, chance_.below(3)}}, chance_.one_in(2)};
    const Made* other = any(totals_, saw);
    const bool is_another = other != nullptr && other->dot.author != total->dot.author;
    if (is_another) reset.seen.push_back({other->dot, chance_.below(3)});
    ops.push_back({total->path, std::move(reset)});
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
    case 0: ops.push_back({path, op::Delete{}}); break;
    case 1: {
      // Nested: rarely as many as count, or one more.
      const bool many = dots.size() == 3 && path.size() == 2;
      const std::size_t most = limits::kMarksAtOnePath + marks_.size() % 2;
      for (std::size_t i = many ? most : 1; i > 0; --i) ops.push_back({path, op::Delete{}});
      break;
    }
    case 2: {
      const int longest = static_cast<int>(limits::kReasonBytes);
      const int size = chance_.one_in(30) ? chance_.from(longest, longest + 1) : 3;
      ops.push_back({path, op::Delete{std::string(static_cast<std::size_t>(size), 'w')}});
      break;
    }
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

/// As many ops as a change may have, or one more; or as many bytes.
void WideOps::add_many(std::vector<Op>& ops, model::Set saw) {
  const Path path = any_path(saw);
  if (chance_.one_in(2)) {
    const int most = static_cast<int>(limits::kOpsPerChange);
    // Besides the other ops of the change.
    for (int i = chance_.from(most - 8, most + 1); i > 0; --i) {
      ops.push_back({path, op::Make{FieldKind::map}});
    }
    return;
  }
  const int most = static_cast<int>(limits::kChangeBytes);
  int left = chance_.from(most - 2000, most);
  for (int size = static_cast<int>(limits::kStringBytes); left > 0; left -= size) {
    ops.push_back(
        {path, op::Add{std::string(static_cast<std::size_t>(std::min(left, size)), 'z')}});
  }
}

void WideOps::add_some(std::vector<Op>& ops, model::Set saw, bool marks) {
  if (chance_.one_in(400)) return add_many(ops, saw);
  switch (chance_.below(4)) {
    case 0: return add_value_op(ops, saw);
    case 1: return add_sequence_op(ops, saw);
    case 2: return add_counter_op(ops, saw);
    default:
      // A listed context has no marks: a single one is too many.
      if (marks || chance_.one_in(20)) add_mark_op(ops, saw);
  }
}

std::vector<Op> WideOps::more(model::Set saw, bool marks) {
  is_liar_ = chance_.one_in(3);
  std::vector<Op> ops;
  for (int i = chance_.below(4); i > 0; --i) {
    std::vector<Op> some;
    add_some(some, saw, marks);
    if (without_.count(count_++) == 0) ops.insert(ops.end(), some.begin(), some.end());
  }
  return ops;
}

std::vector<Op> WideOps::more_content(int content) const {
  WideOps only(seed_ * 64 + static_cast<std::uint64_t>(content));
  std::vector<Op> ops;
  for (int i = only.chance_.below(4); i > 0; --i) only.add_some(ops, 0, true);
  return ops;
}

void WideOps::twist(ChangeHeader& header, const Position& self) {
  if (chance_.one_in(4)) {
    const std::uint64_t stamps[] = {0, ~std::uint64_t{0}, header.stamp.bits + 1, header.stamp.bits};
    header.stamp = {stamps[chance_.below(4)]};
  }
  if (header.content) return;
  Citations& cites = header.cites;
  if (chance_.one_in(4) && !contents_.empty()) {
    const auto which = static_cast<std::size_t>(chance_.below(static_cast<int>(contents_.size())));
    cites.contents.push_back(contents_[which]);
    std::sort(cites.contents.begin(), cites.contents.end());
    cites.contents.erase(std::unique(cites.contents.begin(), cites.contents.end()),
                         cites.contents.end());
  }
  if (!is_liar_ || !cites.whole || !chance_.one_in(3)) return;
  for (const auto& [position, number] : numbers_) {
    if (position == self || !header.context.covers(position.author, position.seq)) continue;
    if (chance_.one_in(3)) cites.exceptions.push_back(position);
  }
  std::sort(cites.exceptions.begin(), cites.exceptions.end());
}

void WideOps::note(const std::vector<Op>& ops, const Position& own, int number) {
  const bool is_new = numbers_.emplace(own, number).second;
  if (own.seq == 1) {  // only contents have it
    if (!is_new) return;
    contents_.push_back(own.author);
  }
  Dot dot{own.author, own.seq, 0};
  for (const Op& op : ops) {
    const std::uint32_t count = indices_of(op);
    Made made{op.path, dot, count, model::bit(number)};
    for (const Step& step : op.path) {
      const auto* element = std::get_if<Dot>(&step);
      if (element == nullptr) continue;
      const auto its = numbers_.find({element->author, element->seq});
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
