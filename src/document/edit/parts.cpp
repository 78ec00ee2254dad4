// Draft: splitting a large edit into several changes of one transaction.
#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "document/codec/change_layout.h"
#include "document/codec/op_size.h"
#include "document/edit/draft.h"
#include "document/state/apply.h"
#include "document/state/op_places.h"
#include "document/state/table.h"

namespace relais::document {
namespace {

constexpr std::size_t kEntryBytes = 34;  // one entry of a context
constexpr std::size_t kHeadBytes = 384;  // without its context
/// Limits the dots of one op to a small part of a change.
constexpr std::size_t kDotsPerOp = 4096;
/// bytes_ is an upper bound: measure the exact size only while that may free this much.
constexpr std::size_t kWorthMeasuring = limits::kChangeBytes / 8;
/// The attribution, which is known only at the end.
constexpr std::size_t kAttributionBytes = 24 + limits::kUserBytes;
/// A position's seq, and the exceptions, which are cited at the end.
constexpr std::size_t kSeqBytes = 7;
constexpr std::size_t kExceptionsBytes = limits::kContextExceptions * (AuthorId::kSize + kSeqBytes);

struct ByAuthor {
  bool operator()(const Content& content, const AuthorId& id) const { return content.author < id; }
  bool operator()(const AuthorId& id, const Content& content) const { return id < content.author; }
};
bool has_content(const State::Table& table, const AuthorId& author) {
  return std::binary_search(table.contents.begin(), table.contents.end(), author, ByAuthor());
}

/// Takes the first `count` items out of a list.
template <class List>
List take_first(List& list, std::size_t count) {
  const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(count, list.size()));
  List first(std::make_move_iterator(list.begin()), std::make_move_iterator(end));
  list.erase(list.begin(), end);
  return first;
}

}  // namespace

Status Draft::push(Path path, decltype(Op::what) what) {
  // An op that only lists dots can be split.
  if (auto* erase = std::get_if<op::DeleteText>(&what)) {
    while (erase->runs.size() > kDotsPerOp) {
      RELAIS_TRY(push_one(path, op::DeleteText{take_first(erase->runs, kDotsPerOp)}));
    }
  }
  if (auto* withdraw = std::get_if<op::Withdraw>(&what)) {
    while (withdraw->dots.size() > kDotsPerOp) {
      RELAIS_TRY(push_one(path, op::Withdraw{take_first(withdraw->dots, kDotsPerOp)}));
    }
  }
  return push_one(std::move(path), std::move(what));
}

Status Draft::push_together(std::vector<Op> ops) {
  std::size_t bytes = 0;
  for (const Op& op : ops) bytes += bytes_of(op);
  RELAIS_TRY(make_room(bytes, ops));
  // All are at, above or below the first op's path: checking the state between them would settle it
  // for each.
  Op first = std::move(ops.front());
  ops.erase(ops.begin());
  RELAIS_TRY(push_one(std::move(first.path), std::move(first.what)));
  for (const Op& op : ops) bytes_ += bytes_of(op);
  do_ops(std::move(ops));
  return {};
}

Status Draft::push_restores(std::vector<Op> restores) {
  std::vector<Op> some;
  std::size_t bytes = 0;
  const auto push_some = [&]() -> Status {
    RELAIS_TRY(make_room(bytes, some));
    bytes_ += std::exchange(bytes, 0);
    do_ops(std::exchange(some, {}));
    return {};
  };
  for (Op& restore : restores) {
    bytes += bytes_of(restore);
    some.push_back(std::move(restore));
    if (bytes > limits::kChangeBytes / 4 || some.size() > limits::kOpsPerChange / 4) {
      RELAIS_TRY(push_some());
    }
  }
  return some.empty() ? Status() : push_some();
}

std::size_t Draft::bytes_of(const Op& op) const {
  std::size_t bytes = op_bytes(op.path, op.what);
  const bool lists_all = state_.table().contents.size() <= layout::kListedContents;
  // What isn't cited is named in full.
  each_named_dot(op, [&](const Dot& dot) {
    if (Position{dot.author, dot.seq} == self_) return;
    const bool cited = lists_all || !has_content(state_.table(), dot.author);
    if (!cited || !seen_.covers(dot)) bytes += kEntryBytes;
  });
  return bytes;
}

bool Draft::fits(std::size_t bytes, std::size_t ops) const {
  return change_.ops.size() + spare_ops_ + ops <= limits::kOpsPerChange &&
         bytes_ + bytes <= limits::kChangeBytes;
}

bool Draft::deletes_too_often(const std::vector<Op>& ops) const {
  return std::any_of(ops.begin(), ops.end(), [this](const Op& op) {
    const auto done = deletions_.find(op.path);
    return std::holds_alternative<op::Delete>(op.what) && done != deletions_.end() &&
           done->second >= limits::kMarksAtOnePath;
  });
}

Status Draft::make_room(std::size_t bytes, const std::vector<Op>& ops) {
  const bool too_often = deletes_too_often(ops);
  if (!too_often && fits(bytes, ops.size())) return {};
  if (!too_often && fits(0, ops.size()) && !change_.ops.empty()) {
    cite_contents();
    const std::size_t exact = encode(change_, self_).size() + kAttributionBytes + spare_bytes_;
    if (exact + kWorthMeasuring <= limits::kChangeBytes || !more_) bytes_ = exact;
    if (fits(bytes, ops.size())) return {};
  }
  if (more_ && !change_.ops.empty()) begin_next();
  if (deletes_too_often(ops)) {
    return Error(ErrorCode::limit_exceeded, "One change can delete a path at most " +
                                                std::to_string(limits::kMarksAtOnePath) +
                                                " times: split it into several changes.");
  }
  if (fits(bytes, ops.size())) return {};
  return Error(ErrorCode::limit_exceeded, "The change is larger than " +
                                              std::to_string(limits::kChangeBytes) +
                                              " bytes: split it into several changes.");
}

void Draft::begin_next() {
  complete();
  full_.emplace_back(self_, std::move(change_));
  change_ = Change{};
  change_.address = full_.back().second.address;
  change_.stamp = full_.back().second.stamp;
  begin(more_());
}

void Draft::begin(const Position& self) {
  State::Table& table = state_.table();
  self_ = self;
  index_ = 0;
  deletions_.clear();
  seen_ = table.context;
  change_.context = Context();
  for (const Position& entry : seen_.entries()) {
    if (!has_content(table, entry.author)) change_.context.advance(entry.author, entry.seq);
  }
  number_ = table.changes.intern(self_, change_.stamp);
  table.context.advance(self_.author, self_.seq);
  contested_.clear();
  if (table.contested != 0) note_contested();
  // Exceptions and floors occur only in a draft with a log.
  spare_bytes_ = more_ ? kExceptionsBytes + change_.context.entries().size() * kSeqBytes : 0;
  spare_ops_ = 0;
  if (table.marked) {
    for (const auto& ops : {keeps_of_contested(), repeats_of_restores()}) {
      for (const Op& op : ops) spare_bytes_ += bytes_of(op);
      spare_ops_ += ops.size();
    }
  }
  bytes_ = kHeadBytes + change_.context.entries().size() * kEntryBytes +
           std::min(table.contents.size(), layout::kListedContents) * AuthorId::kSize +
           spare_bytes_;
}

/// By-content changes are usually cited by their carriers. This lists those whose dots the ops
/// name, and if a deletion must cite exactly what it saw, all.
void Draft::cite_contents() {
  const std::vector<Content>& contents = state_.table().contents;
  if (contents.empty()) return;
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

void Draft::complete() {
  if (state_.table().marked) {
    do_ops(keeps_of_contested());
    std::vector<Op> repeats = repeats_of_restores();
    std::erase_if(repeats, [this](const Op& repeat) {
      return std::none_of(change_.ops.begin(), change_.ops.end(),
                          [&repeat](const Op& op) { return is_within(op.path, repeat.path); });
    });
    do_ops(std::move(repeats));
  }
  cite_contents();
}

Change Draft::finish() && {
  RELAIS_CHECK(full_.empty() && !change_.ops.empty());
  complete();
  return std::move(change_);
}

std::vector<std::pair<Position, Change>> Draft::finish_all() && {
  RELAIS_CHECK(!change_.ops.empty());
  complete();
  full_.emplace_back(self_, std::move(change_));
  return std::move(full_);
}

State Draft::take_state() {
  state_.table().root.prune();
  return std::move(state_);
}

}  // namespace relais::document
