#include "document/sequence/place.h"

namespace relais::document {

// How turns tell where a subtree ends. All units in the right subtree of L have more right turns
// than L; the unit read after the subtree doesn't: it is an ancestor of L, or in the left part of
// an adjacent subtree whose root has as many right turns. Mirrored: all units in the left subtree
// of R have more left turns than R, and the unit read before that subtree doesn't.
//
// L's right children have the turns (lefts, rights + 1) of L, R's left children (lefts + 1, rights)
// of R. To find the child whose subtree holds a unit x, or else the next child: the first unit from
// x on with at most a child's right turns is on the path of left turns down from that child; the
// child is the first unit from there on with at most a child's left turns. So a binary search over
// a range finds children without a list of them.

namespace {

constexpr SpanTree::Turns kLefts = &Span::lefts;
constexpr SpanTree::Turns kRights = &Span::rights;

}  // namespace

void SpanPlacer::place(Span added, std::string_view text) {
  const auto left = is_unit(added.left) ? body_.find(added.left) : std::nullopt;
  const bool left_is_here = left || added.left.same(kBorder);
  if (left_is_here && place_between(added, text, left)) return;
  const auto right = is_unit(added.right) ? body_.find(added.right) : std::nullopt;
  const bool right_is_here = right || !is_unit(added.right);
  const Range siblings = !left_is_here || !right_is_here             ? detached(added)
                         : right && left_of(*right).same(added.left) ? under_right(added, *right)
                                                                     : under_left(added, left);
  body_.add(added, text, place_among(added, siblings));
}

/// Adds the span if the two units are adjacent; else returns false.
bool SpanPlacer::place_between(Span& added, std::string_view text,
                               const std::optional<Place>& left) {
  std::int32_t next = left ? left->run : body_.head();
  std::uint32_t offset = left ? left->offset + 1 : 0;
  if (left && offset == body_.span(next).length) {
    next = body_.span(next).after;
    offset = 0;
  }
  const bool at_end = next == kNoSpan || body_.span(next).left.same(kDetached);
  const bool is_between = is_unit(added.right)
                              ? next != kNoSpan && body_.span(next).unit(offset).same(added.right)
                              : at_end && offset == 0;
  if (!is_between) return false;
  if (is_unit(added.right) && left_of({next, offset}).same(added.left)) {
    added.is_left = 1;
    added.lefts = body_.span(next).lefts + 1;
    added.rights = body_.span(next).rights + static_cast<std::int32_t>(offset);
  } else {
    added.lefts = left ? body_.span(left->run).lefts : 0;
    added.rights = 1;
    if (left)
      added.rights += body_.span(left->run).rights + static_cast<std::int32_t>(left->offset);
    const bool goes_on =
        left && added.deleted == 0 && body_.span(left->run).right.same(added.right);
    if (goes_on && body_.extend(left->run, added.first, added.length, text)) return true;
  }
  if (offset > 0) next = body_.split(next, offset);
  body_.add(added, text, next);
  return true;
}

LocalDot SpanPlacer::left_of(const Place& unit) const {
  const Span& span = body_.span(unit.run);
  return unit.offset > 0 ? span.unit(unit.offset - 1) : span.left;
}

SpanPlacer::Range SpanPlacer::under_left(Span& added, const std::optional<Place>& left) {
  if (!left) {
    added.lefts = 0;
    added.rights = 1;
    const std::int32_t first = body_.head();
    if (first == kNoSpan || body_.span(first).rights == 0) return {first, first};
    return {first, body_.seek(first, true, kRights, 0)};
  }
  if (left->offset + 1 < body_.span(left->run).length) body_.split(left->run, left->offset + 1);
  const Span& parent = body_.span(left->run);
  const std::int32_t rights = parent.rights + static_cast<std::int32_t>(left->offset);
  added.lefts = parent.lefts;
  added.rights = rights + 1;
  return {parent.after, body_.seek(left->run, true, kRights, rights)};
}

SpanPlacer::Range SpanPlacer::under_right(Span& added, const Place& right) {
  const std::int32_t run = right.offset > 0 ? body_.split(right.run, right.offset) : right.run;
  const Span& parent = body_.span(run);
  added.is_left = 1;
  added.lefts = parent.lefts + 1;
  added.rights = parent.rights;
  const std::int32_t before = body_.seek(run, false, kLefts, parent.lefts);
  return {before == kNoSpan ? body_.head() : body_.span(before).after, run};
}

SpanPlacer::Range SpanPlacer::detached(Span& added) {
  added.left = kDetached;
  added.right = kBorder;
  added.lefts = added.rights = 0;
  const std::int32_t first = body_.head();
  if (first == kNoSpan || body_.span(first).rights == 0) return {first, kNoSpan};
  return {body_.seek(first, true, kRights, 0), kNoSpan};
}

/// The first child at or after a span of the range; kNoSpan if none.
std::int32_t SpanPlacer::root(const Span& added, std::int32_t from, std::int32_t end) const {
  const auto first = [&](std::int32_t at, SpanTree::Turns turns, std::int32_t most) {
    return body_.span(at).*turns <= most ? at : body_.seek(at, true, turns, most);
  };
  const std::int32_t at = first(from, kRights, added.rights);
  return at == kNoSpan || at == end ? kNoSpan : first(at, kLefts, added.lefts);
}

/// The span that the added one is read before.
std::int32_t SpanPlacer::place_among(const Span& added, const Range& siblings) const {
  if (siblings.from == siblings.to) return siblings.to;
  std::int32_t next = kNoSpan;
  std::uint32_t low = body_.rank(siblings.from);
  auto high =
      siblings.to == kNoSpan ? static_cast<std::uint32_t>(body_.size()) : body_.rank(siblings.to);
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const std::int32_t sibling = root(added, body_.at_rank(middle), siblings.to);
    if (sibling != kNoSpan && !goes_before(added, body_.span(sibling))) {
      low = body_.rank(sibling) + 1;
    } else {
      high = middle;
      if (sibling != kNoSpan) next = sibling;
    }
  }
  if (next == kNoSpan) return siblings.to;
  const std::int32_t before = body_.seek(next, false, kLefts, added.lefts);
  return before == kNoSpan ? body_.head() : body_.span(before).after;
}

bool SpanPlacer::goes_before(const Span& added, const Span& sibling) const {
  if (added.is_left == 0 && !added.left.same(kDetached)) {
    const int by_right = order(added.right, sibling.right);
    if (by_right != 0) return by_right > 0;
  }
  return changes_.less(added.first, sibling.first);
}

/// Compares the positions of two right origins: -1, 0 or 1.
int SpanPlacer::order(const LocalDot& a, const LocalDot& b) const {
  if (a.same(b)) return 0;
  if (!is_unit(a) || !is_unit(b)) return is_unit(a) ? -1 : 1;
  const auto place_a = body_.find(a);
  const auto place_b = body_.find(b);
  if (!place_a || !place_b) return 0;  // only in a damaged state
  if (place_a->run == place_b->run) return place_a->offset < place_b->offset ? -1 : 1;
  return body_.precedes(place_a->run, place_b->run) ? -1 : 1;
}

}  // namespace relais::document
