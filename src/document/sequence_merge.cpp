#include <algorithm>

#include "document/sequence.h"

namespace relais::document {
namespace {

LocalDot renumber(const LocalDot& dot, const std::vector<std::uint32_t>& number) {
  return {number[dot.change], dot.index, 0};
}

}  // namespace

void Sequence::merge(const ChangeTable& changes, const Sequence& other,
                     const std::vector<std::uint32_t>& number) {
  add_missing(changes, other, number);
  for (const Run& theirs : other.runs_) {
    if (theirs.deleted) erase(renumber(theirs.first, number), theirs.length);
  }
}

/// Parents and right origins come before what hangs on them: an explicit stack, for they nest as
/// deep as a text is long.
void Sequence::add_missing(const ChangeTable& changes, const Sequence& other,
                           const std::vector<std::uint32_t>& number) {
  enum : std::uint8_t { kNew, kOpen, kDone };
  std::vector<std::uint8_t> state(other.runs_.size(), kNew);
  std::vector<std::int32_t> stack;
  const auto visit = [&](std::int32_t run) {
    if (run >= 0 && state[static_cast<std::size_t>(run)] == kNew) stack.push_back(run);
  };
  for (std::int32_t start = 0; start < static_cast<std::int32_t>(other.runs_.size()); ++start) {
    visit(start);
    while (!stack.empty()) {
      const std::int32_t top = stack.back();
      const Run& theirs = other.run(top);
      std::uint8_t& its = state[static_cast<std::size_t>(top)];
      const LocalDot first = renumber(theirs.first, number);
      if (its == kNew && !find(first)) {
        its = kOpen;
        visit(theirs.parent);
        const auto right = theirs.right ? other.find(*theirs.right) : std::nullopt;
        if (right) visit(right->run);
        continue;
      }
      if (its == kOpen) {
        Run added = theirs;
        added.first = first;
        added.first_left = added.first_right = added.sibling = added.before = added.after = kNone;
        if (theirs.right) added.right = renumber(*theirs.right, number);
        if (const auto parent = other.parent_unit(theirs)) {
          const LocalDot unit = renumber(*parent, number);
          if (!find(unit)) {  // only of a damaged state
            added.parent = kDetached;
            added.side = Side::right;
          } else {
            added.parent = theirs.side == Side::right ? split_after(unit) : split_before(unit);
          }
        }
        add(changes, std::move(added));
      }
      its = kDone;
      stack.pop_back();
    }
  }
}

bool Sequence::resolve_parents(std::vector<Stored>& stored) {
  for (const Stored& entry : stored) {
    if (!entry.has_parent) continue;
    if (!find(entry.parent)) return false;
    if (entry.run.side == Side::right) {
      split_after(entry.parent);
    } else {
      split_before(entry.parent);
    }
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    Run& run = runs_[i];
    if (stored[i].has_parent) run.parent = find(stored[i].parent)->run;
    if (run.right && (run.parent == kDetached || !find(*run.right))) return false;
    if (run.side == Side::left && (run.parent < 0 || !run.right)) return false;
  }
  return true;
}

bool Sequence::reads_in_order(const ChangeTable& changes) const {
  std::size_t seen = 0;
  std::int32_t expected = head_;
  struct Visit {
    std::int32_t run;
    bool left_done;
  };
  std::vector<Visit> stack;
  for (const std::int32_t root : {first_of_start_, first_detached_}) {
    if (root != kNone) stack.push_back({root, false});
    while (!stack.empty()) {
      const Visit visit = stack.back();
      stack.pop_back();
      const Run& at = run(visit.run);
      if (!visit.left_done) {
        if (at.sibling != kNone && !goes_before(changes, at, run(at.sibling))) return false;
        stack.push_back({visit.run, true});
        if (at.first_left != kNone) stack.push_back({at.first_left, false});
        continue;
      }
      if (visit.run != expected) return false;
      expected = at.after;
      ++seen;
      // The sibling is read after all that is below, so it is pushed first.
      if (at.sibling != kNone) stack.push_back({at.sibling, false});
      if (at.first_right != kNone) stack.push_back({at.first_right, false});
    }
  }
  return seen == runs_.size();
}

std::optional<Sequence> Sequence::from(const ChangeTable& changes, std::vector<Stored> stored) {
  Sequence built;
  built.runs_.reserve(stored.size());
  for (Stored& entry : stored) {
    const auto number = static_cast<std::int32_t>(built.runs_.size());
    entry.run.before = number - 1;
    entry.run.after = static_cast<std::size_t>(number) + 1 < stored.size() ? number + 1 : kNone;
    built.runs_.push_back(std::move(entry.run));
    entry.run = {};
    entry.run.side = built.runs_.back().side;
    built.register_run(number);
  }
  built.head_ = stored.empty() ? kNone : 0;
  for (std::size_t i = 1; i < built.by_dot_.size(); ++i) {
    const Run& a = built.run(built.by_dot_[i - 1]);
    const Run& b = built.run(built.by_dot_[i]);
    if (a.first.change == b.first.change && a.first.index + a.length > b.first.index) {
      return std::nullopt;
    }
  }
  if (!built.resolve_parents(stored)) return std::nullopt;
  std::vector<std::int32_t> order;
  for (std::int32_t run = built.head_; run != kNone; run = built.run(run).after) {
    order.push_back(run);
    built.at(run).first_left = built.at(run).first_right = kNone;
  }
  for (auto run = order.rbegin(); run != order.rend(); ++run) {
    std::int32_t& first = built.first_child(built.run(*run).parent, built.run(*run).side);
    built.at(*run).sibling = first;
    first = *run;
  }
  if (!built.reads_in_order(changes)) return std::nullopt;
  return built;
}

}  // namespace relais::document
