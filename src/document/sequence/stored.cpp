#include <algorithm>
#include <limits>
#include <utility>

#include "document/sequence/body.h"

namespace relais::document {

bool Sequence::continues(std::int32_t run) const {
  const Span& span = body_->span(run);
  return body_->goes_on(run) && body_->span(span.after).deleted == span.deleted;
}

Sequence::Stored Sequence::stored(std::int32_t run) const {
  const Span& span = body_->span(run);
  Stored stored;
  stored.first = span.first;
  stored.length = span.length;
  stored.deleted = span.deleted != 0;
  stored.text = body_->text(span);
  if (is_unit(span.right)) stored.right = span.right;
  if (span.is_left != 0) {
    stored.under = Stored::Under::later;
    stored.parent = span.right;
  } else if (is_unit(span.left)) {
    stored.under = Stored::Under::earlier;
    stored.parent = span.left;
  } else {
    stored.under = span.left.same(kDetached) ? Stored::Under::nothing : Stored::Under::start;
  }
  return stored;
}

namespace {

/// Without its text and turns.
Span span_of(const Sequence::Stored& run) {
  using Under = Sequence::Stored::Under;
  Span span;
  span.first = run.first;
  span.length = run.length;
  span.deleted = run.deleted ? 1 : 0;
  span.is_left = run.under == Under::later ? 1 : 0;
  span.left = run.under == Under::earlier ? run.parent
              : run.under == Under::start ? kBorder
                                          : kDetached;
  span.right = run.right.value_or(kBorder);
  return span;
}

/// Most lists are one unchanged run, which is always valid.
bool is_plain(std::span<const Sequence::Stored> runs) {
  return runs.size() == 1 && runs[0].under == Sequence::Stored::Under::start && !runs[0].right;
}

}  // namespace

/// Checks stored runs, and derives each run's ancestors and turns.
class StoredCheck {
 public:
  using Body = Sequence::Body;
  using RunPosition = Sequence::RunPosition;
  using Stored = Sequence::Stored;
  using Under = Stored::Under;

  StoredCheck(const ChangeTable& changes, std::span<const Stored> stored)
      : changes_(changes), stored_(stored) {}

  std::unique_ptr<Body> run() {
    make_body();
    if (!body_->is_distinct()) return nullptr;
    if (!goes_one_way()) {
      links_.resize(stored_.size());
      if (!find_neighbours() || !find_left() || !find_turns()) return nullptr;
      if (!reads_in_order() || !can_have_grown()) return nullptr;
    }
    body_->plant();
    return std::move(body_);
  }

 private:
  struct Links {
    RunPosition parent{kNoSpan, 0};
    RunPosition right{kNoSpan, 0};  ///< the right origin
    RunPosition left{kNoSpan, 0};   ///< the nearest unit with it in the right subtree
    /// The nearest run with it in the left subtree of the first unit.
    std::int32_t below = kNoSpan;
  };
  /// A unit whose right subtree is being read.
  struct Open {
    RunPosition unit{kNoSpan, 0};
    std::int32_t child = kNoSpan;  ///< the last of its right children so far
    std::size_t waiting = 0;       ///< the size of waiting_ when its subtree began
  };

  const Stored& stored(std::int32_t run) const { return stored_[static_cast<std::size_t>(run)]; }
  Span& span(std::int32_t run) { return body_->span(run); }
  Links& links(std::int32_t run) { return links_[static_cast<std::size_t>(run)]; }
  std::int32_t count() const { return static_cast<std::int32_t>(stored_.size()); }

  void make_body();
  bool goes_one_way();
  bool find(const LocalDot& unit, std::int32_t guess, RunPosition& place);
  bool find_neighbours();
  bool find_left();
  bool find_turns();
  bool reads_in_order();
  bool open_above(std::int32_t run);
  bool close();
  bool is_next_child(const Open& above, std::int32_t run);
  bool can_have_grown();

  const ChangeTable& changes_;
  const std::span<const Stored> stored_;
  std::unique_ptr<Body> body_;
  std::vector<Links> links_;
  std::vector<Open> open_;
  std::vector<std::int32_t> waiting_;  ///< left children whose parent is not read yet
  bool detached_ = false;              ///< reading detached runs
};

void StoredCheck::make_body() {
  Spans spans(stored_.size());
  std::string text;
  std::size_t bytes = 0;
  for (const Stored& run : stored_) bytes += run.text.size();
  text.reserve(bytes);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Stored& run = stored_[i];
    spans[i] = span_of(run);
    spans[i].text = static_cast<std::uint32_t>(text.size());
    spans[i].bytes = static_cast<std::uint32_t>(run.text.size());
    text.append(run.text);
  }
  body_ = std::make_unique<Body>(std::move(spans), std::move(text));
}

/// Nearly all others: each unit is the right child of the one before it, to the end.
bool StoredCheck::goes_one_way() {
  std::int32_t rights = 1;
  for (std::int32_t run = 0; run < count(); ++run) {
    Span& here = span(run);
    const bool follows =
        run == 0 ? stored(run).under == Under::start
                 : stored(run).under == Under::earlier && here.left.same(span(run - 1).last());
    if (!follows || is_unit(here.right)) return false;
    here.rights = rights;
    rights += static_cast<std::int32_t>(here.length);
  }
  return true;
}

bool StoredCheck::find(const LocalDot& unit, std::int32_t guess, RunPosition& place) {
  if (guess >= 0 && guess < count() && span(guess).first.same(unit)) {
    place = {guess, 0};
    return true;
  }
  const auto found = body_->find(unit);
  if (found) place = *found;
  return found.has_value();
}

bool StoredCheck::find_neighbours() {
  for (std::int32_t run = 0; run < count(); ++run) {
    const Under under = stored(run).under;
    Links& to = links(run);
    if (is_unit(span(run).right)) {
      if (under == Under::nothing || !find(span(run).right, run + 1, to.right)) return false;
    }
    if (under == Under::later) {
      to.parent = to.right;
      if (to.parent.run <= run || to.parent.offset > 0) return false;
    } else if (under == Under::earlier) {
      const Span& before = span(std::max(run - 1, 0));
      if (run > 0 && stored(run).parent.same(before.last())) {
        to.parent = {run - 1, before.last_offset()};
      } else if (!find(stored(run).parent, kNoSpan, to.parent) || to.parent.run >= run) {
        return false;
      }
    }
  }
  return true;
}

/// A left child is in the same right subtree as its parent, which is read later. A right child
/// whose right origin is the first unit of that subtree is invalid: it would be that unit's left
/// child.
bool StoredCheck::find_left() {
  for (std::int32_t run = count() - 1; run >= 0; --run) {
    Links& to = links(run);
    if (stored(run).under != Under::later) {
      to.left = to.parent;
      continue;
    }
    to.left = links(to.parent.run).left;
    span(run).left = span(to.parent.run).left;
    if (span(run).left.same(kDetached)) return false;
  }
  for (std::int32_t run = 0; run < count(); ++run) {
    const RunPosition& right = links(run).right;
    if (right.run == kNoSpan || span(run).is_left != 0) continue;
    const LocalDot& left =
        right.offset > 0 ? span(right.run).unit(right.offset - 1) : span(right.run).left;
    if (left.same(span(run).left)) return false;
  }
  return true;
}

bool StoredCheck::find_turns() {
  for (std::int32_t run = 0; run < count(); ++run) {
    Links& to = links(run);
    if (stored(run).under == Under::later) {
      to.below = to.parent.run;
    } else if (stored(run).under == Under::earlier) {
      to.below = links(to.parent.run).below;
    }
    if (to.left.run >= run) return false;
    const bool top = to.left.run == kNoSpan;
    span(run).rights =
        top ? (span(run).left.same(kDetached) ? 0 : 1)
            : span(to.left.run).rights + static_cast<std::int32_t>(to.left.offset) + 1;
  }
  for (std::int32_t run = count() - 1; run >= 0; --run) {
    const std::int32_t below = links(run).below;
    if (below != kNoSpan && below <= run) return false;
    span(run).lefts = below == kNoSpan ? 0 : span(below).lefts + 1;
  }
  return true;
}

/// Ends the right subtree that was opened last.
bool StoredCheck::close() {
  const bool all_read = waiting_.size() == open_.back().waiting;
  open_.pop_back();
  return all_read;
}

/// Ends the subtrees that don't contain the run.
bool StoredCheck::open_above(std::int32_t run) {
  const bool starts_detached = !detached_ && span(run).left.same(kDetached);
  const RunPosition& left = links(run).left;
  while (starts_detached ? !open_.empty() : open_.back().unit.run != left.run) {
    if (!close() || (open_.empty() && !starts_detached)) return false;
  }
  if (starts_detached) {
    detached_ = true;
    open_.emplace_back();
  }
  Open& above = open_.back();
  if (left.run == kNoSpan) return detached_ == span(run).left.same(kDetached);
  if (left.offset > above.unit.offset) return false;
  if (left.offset < above.unit.offset) {
    if (waiting_.size() != above.waiting) return false;
    above.unit.offset = left.offset;
    above.child = left.run;
  }
  return true;
}

bool StoredCheck::is_next_child(const Open& above, std::int32_t run) {
  if (above.child == kNoSpan) return true;
  const Span& before = span(above.child);
  // The first child of a unit inside a run is the run's next unit.
  const bool same_run = above.child == above.unit.run;
  const LocalDot first = same_run ? before.unit(above.unit.offset + 1) : before.first;
  if (!detached_ || above.unit.run != kNoSpan) {
    const RunPosition& a = links(above.child).right;
    const RunPosition& b = links(run).right;
    const auto rank = [](const RunPosition& place) {
      return place.run == kNoSpan ? std::pair(std::numeric_limits<std::int32_t>::max(), 0U)
                                  : std::pair(place.run, place.offset);
    };
    if (rank(a) != rank(b)) return rank(a) > rank(b);
  }
  return changes_.less(first, span(run).first);
}

bool StoredCheck::reads_in_order() {
  open_.emplace_back();
  for (std::int32_t run = 0; run < count(); ++run) {
    if (!open_above(run)) return false;
    Open& above = open_.back();
    const auto waits = [&] { return waiting_.size() > above.waiting; };
    while (waits() && links(waiting_.back()).parent.run == run) waiting_.pop_back();
    if (span(run).is_left != 0) {
      const bool sibling = waits() && links(waiting_.back()).parent.run == links(run).parent.run;
      if (sibling && !changes_.less(span(waiting_.back()).first, span(run).first)) return false;
      waiting_.push_back(run);
    } else {
      if (waits() || !is_next_child(above, run)) return false;
      above.child = run;
    }
    open_.push_back({{run, span(run).last_offset()}, kNoSpan, waiting_.size()});
  }
  while (!open_.empty()) {
    if (!close()) return false;
  }
  return true;
}

/// Whether the runs can be ordered so that each comes after its parent and its right origin.
bool StoredCheck::can_have_grown() {
  enum : std::uint8_t { kNew, kOpen, kDone };
  std::vector<std::uint8_t> state(stored_.size(), kNew);
  std::vector<std::int32_t> stack;
  for (std::int32_t start = 0; start < count(); ++start) {
    stack.push_back(start);
    while (!stack.empty()) {
      const std::int32_t top = stack.back();
      std::uint8_t& its = state[static_cast<std::size_t>(top)];
      if (its != kNew) {
        its = kDone;
        stack.pop_back();
        continue;
      }
      its = kOpen;
      for (const std::int32_t needed : {links(top).parent.run, links(top).right.run}) {
        if (needed == kNoSpan) continue;
        const std::uint8_t other = state[static_cast<std::size_t>(needed)];
        if (other == kOpen) return false;
        if (other == kNew) stack.push_back(needed);
      }
    }
  }
  return true;
}

std::optional<Sequence> Sequence::from(const ChangeTable& changes, std::span<const Stored> runs) {
  Sequence sequence;
  if (runs.empty()) return sequence;
  if (is_plain(runs)) {
    Span span = span_of(runs[0]);
    span.rights = 1;
    sequence.body().add(span, runs[0].text, kNone);
    return sequence;
  }
  sequence.body_ = StoredCheck(changes, runs).run();
  return sequence.body_ ? std::optional(std::move(sequence)) : std::nullopt;
}

}  // namespace relais::document
