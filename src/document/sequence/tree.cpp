#include "document/sequence/tree.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace relais::document {
namespace {

constexpr std::int32_t kMany = std::numeric_limits<std::int32_t>::max();

template <class T>
void make_room(T* items, std::uint32_t slot, std::uint32_t count) {
  std::copy_backward(items + slot, items + count, items + count + 1);
}

}  // namespace

void SpanTree::Inner::put(std::uint32_t slot, std::int32_t node, const Sum& sum) {
  child[slot] = node;
  spans[slot] = sum.spans;
  visible[slot] = sum.visible;
  lefts[slot] = sum.lefts;
  rights[slot] = sum.rights;
}

SpanTree::Sum SpanTree::Inner::sum(std::uint32_t slot) const {
  return {spans[slot], visible[slot], lefts[slot], rights[slot]};
}

void SpanTree::Inner::make_room(std::uint32_t slot) {
  document::make_room(child, slot, count);
  document::make_room(spans, slot, count);
  document::make_room(visible, slot, count);
  document::make_room(lefts, slot, count);
  document::make_room(rights, slot, count);
  ++count;
}

/// Updates a child that was split, and adds the new child after it; the node must have room.
void SpanTree::Inner::put_split(std::int32_t node, const Sum& sum, std::int32_t added,
                                const Sum& added_sum) {
  const std::uint32_t slot = slot_of(*this, node);
  put(slot, node, sum);
  make_room(slot + 1);
  put(slot + 1, added, added_sum);
}

std::uint32_t SpanTree::slot_of(const Leaf& leaf, std::int32_t span) {
  std::uint32_t slot = 0;
  while (leaf.span[slot] != span) ++slot;
  return slot;
}

std::uint32_t SpanTree::slot_of(const Inner& inner, std::int32_t node) {
  std::uint32_t slot = 0;
  while (inner.child[slot] != node) ++slot;
  return slot;
}

SpanTree::Sum SpanTree::sum_of(const Spans& spans, const Leaf& leaf) {
  Sum sum{leaf.count, 0, kMany, kMany};
  for (std::uint32_t slot = 0; slot < leaf.count; ++slot) {
    const Span& span = spans[static_cast<std::size_t>(leaf.span[slot])];
    sum.visible += leaf.visible[slot];
    sum.lefts = std::min(sum.lefts, span.lefts);
    sum.rights = std::min(sum.rights, span.rights);
  }
  return sum;
}

SpanTree::Sum SpanTree::sum_of(const Inner& inner) {
  Sum sum{0, 0, kMany, kMany};
  for (std::uint32_t slot = 0; slot < inner.count; ++slot) {
    sum.spans += inner.spans[slot];
    sum.visible += inner.visible[slot];
    sum.lefts = std::min(sum.lefts, inner.lefts[slot]);
    sum.rights = std::min(sum.rights, inner.rights[slot]);
  }
  return sum;
}

template <class Self, class Visit>
void SpanTree::climb(Self& self, std::int32_t leaf_node, const Visit& visit) {
  std::int32_t node = leaf_node;
  std::int32_t parent = self.leaf(leaf_node).parent;
  while (parent != kNoNode) {
    auto& above = self.inner(parent);
    if (!visit(above, slot_of(above, node))) return;
    node = std::exchange(parent, above.parent);
  }
}

std::int32_t SpanTree::new_inner(bool above_leaves) {
  inners_.emplace_back();
  inners_.back().above_leaves = above_leaves;
  return static_cast<std::int32_t>(inners_.size() - 1);
}

void SpanTree::set_parent(std::int32_t node, bool is_leaf, std::int32_t parent) {
  (is_leaf ? leaf(node).parent : inner(node).parent) = parent;
}

void SpanTree::build(Spans& spans, std::int32_t head) {
  std::vector<std::int32_t> nodes;
  std::vector<Sum> sums;
  for (std::int32_t at = head; at != kNoSpan;) {
    const auto number = static_cast<std::int32_t>(leaves_.size());
    Leaf& added = leaves_.emplace_back();
    while (added.count < kSpans && at != kNoSpan) {
      Span& span = spans[static_cast<std::size_t>(at)];
      span.leaf = number;
      added.span[added.count] = at;
      added.visible[added.count++] = span.visible();
      at = span.after;
    }
    nodes.push_back(number);
    sums.push_back(sum_of(spans, added));
  }
  build_above(std::move(nodes), std::move(sums));
}

void SpanTree::build_above(std::vector<std::int32_t> nodes, std::vector<Sum> sums) {
  for (bool leaves = true; leaves || nodes.size() > 1; leaves = false) {
    std::vector<std::int32_t> above;
    std::vector<Sum> above_sums;
    for (std::size_t i = 0; i < nodes.size();) {
      const std::int32_t number = new_inner(leaves);
      Inner& added = inner(number);
      for (; added.count < kChildren && i < nodes.size(); ++i) {
        added.append(nodes[i], sums[i]);
        set_parent(nodes[i], leaves, number);
      }
      above.push_back(number);
      above_sums.push_back(sum_of(added));
    }
    nodes = std::move(above);
    sums = std::move(above_sums);
  }
  root_ = nodes[0];
}

std::int32_t SpanTree::split_leaf(Spans& spans, std::int32_t node, std::uint32_t keep) {
  if (inner(leaf(node).parent).count == kChildren) split_inner(leaf(node).parent);
  const auto number = static_cast<std::int32_t>(leaves_.size());
  leaves_.emplace_back();
  Leaf& full = leaf(node);
  Leaf& added = leaves_.back();
  for (std::uint32_t slot = keep; slot < full.count; ++slot) {
    added.span[added.count] = full.span[slot];
    added.visible[added.count++] = full.visible[slot];
    spans[static_cast<std::size_t>(full.span[slot])].leaf = number;
  }
  full.count = keep;
  added.parent = full.parent;
  inner(full.parent).put_split(node, sum_of(spans, full), number, sum_of(spans, added));
  return number;
}

void SpanTree::split_inner(std::int32_t node) {
  if (node == root_) {
    const Sum all = sum_of(inner(node));
    root_ = new_inner(false);
    inner(root_).append(node, all);
    inner(node).parent = root_;
  } else if (inner(inner(node).parent).count == kChildren) {
    split_inner(inner(node).parent);
  }
  const std::int32_t number = new_inner(inner(node).above_leaves);
  Inner& full = inner(node);
  Inner& added = inner(number);
  const std::uint32_t keep = full.count / 2;
  for (std::uint32_t slot = keep; slot < full.count; ++slot) {
    added.append(full.child[slot], full.sum(slot));
    set_parent(full.child[slot], full.above_leaves, number);
  }
  full.count = keep;
  added.parent = full.parent;
  inner(full.parent).put_split(node, sum_of(full), number, sum_of(added));
}

void SpanTree::insert(Spans& spans, std::int32_t added) {
  const Span& span = spans[static_cast<std::size_t>(added)];
  const auto leaf_of = [&spans](std::int32_t at) {
    return at == kNoSpan ? kNoNode : spans[static_cast<std::size_t>(at)].leaf;
  };
  const std::int32_t next = leaf_of(span.after);
  std::int32_t node = span.before == kNoSpan ? next : leaf_of(span.before);
  std::uint32_t slot = span.before == kNoSpan ? 0 : slot_of(leaf(node), span.before) + 1;
  if (leaf(node).count == kSpans) {
    if (next != kNoNode && next != node && leaf(next).count < kSpans) {
      node = next;
      slot = 0;
    } else {
      // Appending fills leaves completely.
      const std::uint32_t keep = slot == kSpans ? kSpans : kSpans / 2;
      const std::int32_t behind = split_leaf(spans, node, keep);
      if (slot > keep || keep == kSpans) {
        node = behind;
        slot -= keep;
      }
    }
  }
  Leaf& to = leaf(node);
  make_room(to.span, slot, to.count);
  make_room(to.visible, slot, to.count);
  ++to.count;
  to.span[slot] = added;
  to.visible[slot] = span.visible();
  spans[static_cast<std::size_t>(added)].leaf = node;
  climb(*this, node, [&span](Inner& above, std::uint32_t at) {
    ++above.spans[at];
    above.visible[at] += span.visible();
    above.lefts[at] = std::min(above.lefts[at], span.lefts);
    above.rights[at] = std::min(above.rights[at], span.rights);
    return true;
  });
}

void SpanTree::add_visible(const Spans& spans, std::int32_t span, std::int64_t delta) {
  const std::int32_t node = spans[static_cast<std::size_t>(span)].leaf;
  const auto add = [delta](std::uint32_t& sum) {
    sum = static_cast<std::uint32_t>(std::int64_t{sum} + delta);
  };
  add(leaf(node).visible[slot_of(leaf(node), span)]);
  climb(*this, node, [&add](Inner& above, std::uint32_t at) {
    add(above.visible[at]);
    return true;
  });
}

void SpanTree::rights_changed(const Spans& spans, std::int32_t span) {
  const std::int32_t node = spans[static_cast<std::size_t>(span)].leaf;
  Sum sum = sum_of(spans, leaf(node));
  climb(*this, node, [&sum](Inner& above, std::uint32_t at) {
    if (above.rights[at] == sum.rights) return false;
    above.rights[at] = sum.rights;
    sum = sum_of(above);
    return true;
  });
}

std::uint32_t SpanTree::rank(const Spans& spans, std::int32_t span) const {
  const std::int32_t node = spans[static_cast<std::size_t>(span)].leaf;
  std::uint32_t rank = slot_of(leaf(node), span);
  climb(*this, node, [&rank](const Inner& above, std::uint32_t at) {
    for (std::uint32_t slot = 0; slot < at; ++slot) rank += above.spans[slot];
    return true;
  });
  return rank;
}

std::int32_t SpanTree::at(std::uint32_t rank) const {
  std::int32_t node = root_;
  for (bool is_leaf = false; !is_leaf;) {
    const Inner& here = inner(node);
    std::uint32_t slot = 0;
    for (; rank >= here.spans[slot]; ++slot) rank -= here.spans[slot];
    node = here.child[slot];
    is_leaf = here.above_leaves;
  }
  return leaf(node).span[rank];
}

bool SpanTree::precedes(const Spans& spans, std::int32_t a, std::int32_t b) const {
  std::int32_t leaf_a = spans[static_cast<std::size_t>(a)].leaf;
  std::int32_t leaf_b = spans[static_cast<std::size_t>(b)].leaf;
  if (leaf_a == leaf_b) return slot_of(leaf(leaf_a), a) < slot_of(leaf(leaf_a), b);
  std::int32_t above_a = leaf(leaf_a).parent;
  std::int32_t above_b = leaf(leaf_b).parent;
  while (above_a != above_b) {
    leaf_a = std::exchange(above_a, inner(above_a).parent);
    leaf_b = std::exchange(above_b, inner(above_b).parent);
  }
  return slot_of(inner(above_a), leaf_a) < slot_of(inner(above_a), leaf_b);
}

SpanTree::Found SpanTree::locate(std::uint32_t position) const {
  std::int32_t node = root_;
  for (bool is_leaf = false; !is_leaf;) {
    const Inner& here = inner(node);
    std::uint32_t slot = 0;
    for (; position >= here.visible[slot]; ++slot) position -= here.visible[slot];
    node = here.child[slot];
    is_leaf = here.above_leaves;
  }
  const Leaf& here = leaf(node);
  std::uint32_t slot = 0;
  for (; position >= here.visible[slot]; ++slot) position -= here.visible[slot];
  return {here.span[slot], position};
}

std::uint32_t SpanTree::visible_before(const Spans& spans, std::int32_t span) const {
  const std::int32_t node = spans[static_cast<std::size_t>(span)].leaf;
  std::uint32_t sum = 0;
  for (std::uint32_t slot = 0; leaf(node).span[slot] != span; ++slot) {
    sum += leaf(node).visible[slot];
  }
  climb(*this, node, [&sum](const Inner& above, std::uint32_t at) {
    for (std::uint32_t slot = 0; slot < at; ++slot) sum += above.visible[slot];
    return true;
  });
  return sum;
}

std::int32_t SpanTree::first_below(const Spans& spans, std::int32_t node, bool is_leaf,
                                   bool forward, Turns turns, std::int32_t most) const {
  const auto first = [forward](std::uint32_t count, const auto& holds) {
    for (std::uint32_t i = 0;; ++i) {  // always terminates
      const std::uint32_t slot = forward ? i : count - 1 - i;
      if (holds(slot)) return slot;
    }
  };
  while (!is_leaf) {
    const Inner& here = inner(node);
    const std::int32_t* fewest = here.fewest(turns);
    node = here.child[first(here.count, [&](std::uint32_t at) { return fewest[at] <= most; })];
    is_leaf = here.above_leaves;
  }
  const Leaf& here = leaf(node);
  return here.span[first(here.count, [&](std::uint32_t at) {
    return spans[static_cast<std::size_t>(here.span[at])].*turns <= most;
  })];
}

std::int32_t SpanTree::seek(const Spans& spans, std::int32_t span, bool forward, Turns turns,
                            std::int32_t most) const {
  const std::int32_t node = spans[static_cast<std::size_t>(span)].leaf;
  const Leaf& here = leaf(node);
  const std::uint32_t step = forward ? 1 : std::uint32_t{0} - 1;  // past the first it wraps
  for (auto slot = slot_of(here, span) + step; slot < here.count; slot += step) {
    if (spans[static_cast<std::size_t>(here.span[slot])].*turns <= most) return here.span[slot];
  }
  std::int32_t found = kNoSpan;
  climb(*this, node, [&](const Inner& above, std::uint32_t at) {
    for (auto slot = at + step; slot < above.count; slot += step) {
      if (above.fewest(turns)[slot] > most) continue;
      found = first_below(spans, above.child[slot], above.above_leaves, forward, turns, most);
      return false;
    }
    return true;
  });
  return found;
}

}  // namespace relais::document
