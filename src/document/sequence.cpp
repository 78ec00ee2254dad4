#include "document/sequence.h"

#include <algorithm>

#include "base/check.h"
#include "document/utf8.h"

namespace relais::document {

std::optional<Sequence::Place> Sequence::find(const LocalDot& unit) const {
  const auto later = [this](const LocalDot& dot, std::int32_t other) {
    const LocalDot& first = run(other).first;
    return dot.change != first.change ? dot.change < first.change : dot.index < first.index;
  };
  const auto at = std::upper_bound(by_dot_.begin(), by_dot_.end(), unit, later);
  if (at == by_dot_.begin()) return std::nullopt;
  const std::int32_t candidate = *(at - 1);
  const Run& found = run(candidate);
  const std::uint32_t offset = std::uint32_t{unit.index} - std::uint32_t{found.first.index};
  if (found.first.change != unit.change || offset >= found.length) return std::nullopt;
  return Place{candidate, offset};
}

LocalDot Sequence::unit(const Place& place) const {
  LocalDot dot = run(place.run).first;
  dot.index += place.offset;
  return dot;
}

std::optional<LocalDot> Sequence::next(const std::optional<LocalDot>& unit_before) const {
  std::int32_t after = head_;
  if (unit_before) {
    const auto place = find(*unit_before);
    if (!place) return std::nullopt;
    if (place->offset + 1 < run(place->run).length) return unit({place->run, place->offset + 1});
    after = run(place->run).after;
  }
  return after == kNone ? std::nullopt : std::optional(run(after).first);
}

std::optional<LocalDot> Sequence::parent_unit(const Run& of) const {
  if (of.parent < 0) return std::nullopt;
  const Run& parent = run(of.parent);
  return unit({of.parent, of.side == Side::right ? parent.length - 1 : 0});
}

bool Sequence::continues(const Run& earlier, const Run& later) const {
  if (later.side != Side::right || later.parent < 0 || &run(later.parent) != &earlier) return false;
  const bool same_right = earlier.right.has_value() == later.right.has_value() &&
                          (!later.right || earlier.right->same(*later.right));
  return same_right && earlier.deleted == later.deleted &&
         later.first.change == earlier.first.change &&
         later.first.index == earlier.first.index + earlier.length;
}

void Sequence::register_run(std::int32_t added) {
  const LocalDot& first = run(added).first;
  const auto later = [this](const LocalDot& dot, std::int32_t other) {
    const LocalDot& its = run(other).first;
    return dot.change != its.change ? dot.change < its.change : dot.index < its.index;
  };
  by_dot_.insert(std::upper_bound(by_dot_.begin(), by_dot_.end(), first, later), added);
}

std::int32_t Sequence::split(const Place& place) {
  RELAIS_CHECK(place.offset > 0 && place.offset < run(place.run).length);
  const auto added = static_cast<std::int32_t>(runs_.size());
  Run rest = run(place.run);
  Run& front = at(place.run);
  const std::size_t bytes = bytes_of(front.text, place.offset);
  rest.text = front.text.substr(bytes);
  front.text.resize(bytes);
  rest.first.index += place.offset;
  rest.length -= place.offset;
  front.length = place.offset;
  rest.parent = place.run;
  rest.side = Side::right;
  rest.first_left = kNone;
  rest.sibling = kNone;
  rest.before = place.run;
  front.first_right = added;
  front.after = added;
  if (rest.after != kNone) at(rest.after).before = added;
  runs_.push_back(std::move(rest));
  for (auto child = run(added).first_right; child != kNone; child = run(child).sibling) {
    at(child).parent = added;
  }
  register_run(added);
  return added;
}

/// The run that now ends with the unit.
std::int32_t Sequence::split_after(const LocalDot& unit) {
  const Place place = find(unit).value();
  if (place.offset + 1 < run(place.run).length) split({place.run, place.offset + 1});
  return place.run;
}

/// The run that now starts with the unit.
std::int32_t Sequence::split_before(const LocalDot& unit) {
  const Place place = find(unit).value();
  return place.offset == 0 ? place.run : split(place);
}

bool Sequence::is_right_descendant(const Place& right, const std::optional<LocalDot>& left) const {
  // As its author saw it, `right` was read just after `left`: below `left` it is reached by one
  // step to the right and then only to the left.
  std::int32_t at = right.run;
  if (right.offset > 0) return left && unit({at, right.offset - 1}).same(*left);
  while (run(at).side == Side::left && run(at).parent >= 0) at = run(at).parent;
  if (run(at).parent == kDetached) return false;
  if (run(at).parent == kStart) return !left;
  return left && parent_unit(run(at))->same(*left);
}

Sequence::Attachment Sequence::attachment(const std::optional<LocalDot>& left,
                                          const std::optional<LocalDot>& right) {
  const auto place_right = right ? find(*right) : std::nullopt;
  if ((left && !find(*left)) || (right && !place_right)) return {kDetached, Side::right};
  if (place_right && is_right_descendant(*place_right, left)) {
    return {split_before(*right), Side::left};
  }
  return {left ? split_after(*left) : kStart, Side::right};
}

void Sequence::insert(const ChangeTable& changes, const LocalDot& first, std::uint32_t length,
                      std::string_view text, const std::optional<LocalDot>& left,
                      const std::optional<LocalDot>& right) {
  const Attachment where = attachment(left, right);
  Run added;
  added.first = LocalDot{first.change, first.index, 0};
  added.length = length;
  added.parent = where.parent;
  added.side = where.side;
  if (where.parent != kDetached) added.right = right;
  added.text = text;
  add(changes, std::move(added));
}

void Sequence::add(const ChangeTable& changes, Run added) {
  const auto number = static_cast<std::int32_t>(runs_.size());
  runs_.push_back(std::move(added));
  register_run(number);
  enter(changes, number);
}

std::int32_t& Sequence::first_child(std::int32_t parent, Side side) {
  if (parent == kStart) return first_of_start_;
  if (parent == kDetached) return first_detached_;
  return side == Side::left ? at(parent).first_left : at(parent).first_right;
}

int Sequence::order(const std::optional<LocalDot>& a, const std::optional<LocalDot>& b) const {
  if (!a || !b) return static_cast<int>(!a) - static_cast<int>(!b);
  if (a->same(*b)) return 0;
  const auto place_a = find(*a);
  const auto place_b = find(*b);
  if (!place_a || !place_b) return 0;  // only in a damaged state
  if (place_a->run == place_b->run) return place_a->offset < place_b->offset ? -1 : 1;
  for (std::int32_t at = place_a->run; at != kNone; at = run(at).after) {
    if (at == place_b->run) return -1;
  }
  return 1;
}

bool Sequence::goes_before(const ChangeTable& changes, const Run& a, const Run& b) const {
  if (a.side == Side::right && a.parent != kDetached) {
    const int by_right = order(a.right, b.right);
    if (by_right != 0) return by_right > 0;
  }
  return changes.less(a.first, b.first);
}

/// Puts a run that has a parent among its siblings, and into the reading order.
void Sequence::enter(const ChangeTable& changes, std::int32_t added) {
  std::int32_t previous = kNone;
  std::int32_t sibling = first_child(run(added).parent, run(added).side);
  while (sibling != kNone && goes_before(changes, run(sibling), run(added))) {
    previous = sibling;
    sibling = run(sibling).sibling;
  }
  at(added).sibling = sibling;
  (previous == kNone ? first_child(run(added).parent, run(added).side) : at(previous).sibling) =
      added;
  link(added, previous);
}

std::int32_t Sequence::last_below(std::int32_t at) const {
  while (run(at).first_right != kNone) {
    at = run(at).first_right;
    while (run(at).sibling != kNone) at = run(at).sibling;
  }
  return at;
}

std::int32_t Sequence::first_below(std::int32_t at) const {
  while (run(at).first_left != kNone) at = run(at).first_left;
  return at;
}

std::int32_t Sequence::last_attached() const {
  std::int32_t last = first_of_start_;
  if (last == kNone) return kNone;
  while (run(last).sibling != kNone) last = run(last).sibling;
  return last_below(last);
}

void Sequence::link_after(std::int32_t added, std::int32_t before) {
  std::int32_t& after = before == kNone ? head_ : at(before).after;
  at(added).before = before;
  at(added).after = after;
  if (after != kNone) at(after).before = added;
  after = added;
}

void Sequence::link(std::int32_t added, std::int32_t previous_sibling) {
  const std::int32_t parent = run(added).parent;
  if (parent >= 0 && run(added).side == Side::left) {
    const std::int32_t sibling = run(added).sibling;
    const std::int32_t after = sibling == kNone ? parent : first_below(sibling);
    return link_after(added, run(after).before);
  }
  if (previous_sibling != kNone) return link_after(added, last_below(previous_sibling));
  link_after(added, parent == kDetached ? last_attached() : std::max(parent, kNone));
}

void Sequence::erase_run(std::int32_t erased) {
  at(erased).deleted = true;
  at(erased).text.clear();
}

void Sequence::erase(const LocalDot& first, std::uint32_t length) {
  LocalDot unit = first;
  const std::uint64_t end = std::uint64_t{first.index} + length;
  // Whole runs; a gap can only be what was never here.
  for (std::uint64_t index = first.index; index < end;) {
    unit.index = static_cast<std::uint32_t>(index);
    auto place = find(unit);
    if (!place) return;
    const std::int32_t erased = place->offset == 0 ? place->run : split(*place);
    if (run(erased).length > end - index) {
      split({erased, static_cast<std::uint32_t>(end - index)});
    }
    index += run(erased).length;
    erase_run(erased);
  }
}

}  // namespace relais::document
