// What is too large for one change, in several of one transaction.
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/try.h"
#include "document/apply.h"
#include "document/draft.h"

namespace relais::document {
namespace {

/// Of the dots of one op: what they take is far below a change.
constexpr std::size_t kDotsPerOp = 4096;
/// An op takes up to this much less than is reckoned: what is left is measured only while there is
/// enough left to gain by it.
constexpr std::size_t kWorthMeasuring = limits::kChangeBytes / 8;
/// What the transaction's id and the user take, who are named at the end.
constexpr std::size_t kAttributionBytes = 16 + limits::kUserBytes;

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
  // An op that only lists dots does the same in pieces.
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

Status Draft::make_room(std::size_t bytes) {
  const auto fits = [&] {
    return change_.ops.size() < limits::kOpsPerChange && bytes_ + bytes <= limits::kChangeBytes;
  };
  if (fits()) return {};
  if (change_.ops.size() < limits::kOpsPerChange && !change_.ops.empty()) {
    const std::size_t exact = encode(change_, self_).size() + kAttributionBytes;
    if (exact + kWorthMeasuring <= limits::kChangeBytes || !more_) bytes_ = exact;
    if (fits()) return {};
  }
  if (!more_ || change_.ops.empty()) {
    return Error(ErrorCode::limit_exceeded, "the change is larger than " +
                                                std::to_string(limits::kChangeBytes) +
                                                " bytes: write it in parts");
  }
  full_.emplace_back(self_, std::move(change_));
  change_ = Change{};
  change_.address = full_.back().second.address;
  change_.stamp = full_.back().second.stamp;
  begin(more_());
  return {};
}

Change Draft::finish() && {
  RELAIS_CHECK(full_.empty() && !change_.ops.empty());
  return std::move(change_);
}

std::vector<std::pair<Position, Change>> Draft::finish_all() && {
  RELAIS_CHECK(!change_.ops.empty());
  full_.emplace_back(self_, std::move(change_));
  return std::move(full_);
}

State Draft::take_state() {
  state_.table().root.prune();
  return std::move(state_);
}

}  // namespace relais::document
