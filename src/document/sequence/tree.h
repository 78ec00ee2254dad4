#pragma once

#include <cstdint>
#include <vector>

#include "document/sequence/span.h"

namespace relais::document {

/// A B+ tree over the spans of a sequence in reading order. Inner nodes sum up their subtrees: the
/// number of spans, of visible units, and the fewest left and right turns of a span. All queries
/// take O(log n). The caller owns the spans; their numbers never change.
class SpanTree {
 public:
  /// Builds the tree of all spans, in their linked order.
  void build(Spans& spans, std::int32_t head);
  /// Inserts a span that is already linked.
  void insert(Spans& spans, std::int32_t added);
  void add_visible(const Spans& spans, std::int32_t span, std::int64_t delta);
  /// Updates the tree after a change of the span's right turns.
  void rights_changed(const Spans& spans, std::int32_t span);

  std::uint32_t rank(const Spans& spans, std::int32_t span) const;
  std::int32_t at(std::uint32_t rank) const;
  bool precedes(const Spans& spans, std::int32_t a, std::int32_t b) const;

  struct Found {
    std::int32_t span;
    std::uint32_t offset;
  };
  /// The visible unit at a position, which must exist.
  Found locate(std::uint32_t position) const;
  /// The number of visible units before a span.
  std::uint32_t visible_before(const Spans& spans, std::int32_t span) const;

  using Turns = std::int32_t Span::*;
  /// The nearest span after (with `forward` false: before) this one with at most `most` turns;
  /// kNoSpan if there is none.
  std::int32_t seek(const Spans& spans, std::int32_t span, bool forward, Turns turns,
                    std::int32_t most) const;

 private:
  static constexpr std::uint32_t kSpans = 32;
  static constexpr std::uint32_t kChildren = 32;
  static constexpr std::int32_t kNoNode = -1;

  struct Leaf {
    std::int32_t parent = kNoNode;
    std::uint32_t count = 0;
    std::int32_t span[kSpans];
    std::uint32_t visible[kSpans];
  };
  struct Sum {
    std::uint32_t spans = 0;
    std::uint32_t visible = 0;
    std::int32_t lefts = 0;
    std::int32_t rights = 0;
  };
  struct Inner {
    std::int32_t parent = kNoNode;
    std::uint32_t count = 0;
    bool above_leaves = false;
    std::int32_t child[kChildren];
    std::uint32_t spans[kChildren];
    std::uint32_t visible[kChildren];
    std::int32_t lefts[kChildren];
    std::int32_t rights[kChildren];

    void put(std::uint32_t slot, std::int32_t node, const Sum& sum);
    void append(std::int32_t node, const Sum& sum) { put(count++, node, sum); }
    void make_room(std::uint32_t slot);
    void put_split(std::int32_t node, const Sum& sum, std::int32_t added, const Sum& added_sum);
    Sum sum(std::uint32_t slot) const;
    const std::int32_t* fewest(Turns turns) const { return turns == &Span::lefts ? lefts : rights; }
  };

  Leaf& leaf(std::int32_t node) { return leaves_[static_cast<std::size_t>(node)]; }
  const Leaf& leaf(std::int32_t node) const { return leaves_[static_cast<std::size_t>(node)]; }
  Inner& inner(std::int32_t node) { return inners_[static_cast<std::size_t>(node)]; }
  const Inner& inner(std::int32_t node) const { return inners_[static_cast<std::size_t>(node)]; }
  const Leaf& leaf_of(const Spans& spans, std::int32_t span) const;
  static std::uint32_t slot_of(const Leaf& leaf, std::int32_t span);
  static std::uint32_t slot_of(const Inner& inner, std::int32_t node);

  static Sum sum_of(const Spans& spans, const Leaf& leaf);
  static Sum sum_of(const Inner& inner);
  /// Moves a full leaf's spans from `keep` on into a new leaf after it; returns the new leaf.
  std::int32_t split_leaf(Spans& spans, std::int32_t node, std::uint32_t keep);
  void split_inner(std::int32_t node);
  void set_parent(std::int32_t node, bool is_leaf, std::int32_t parent);
  std::int32_t new_inner(bool above_leaves);
  void build_above(std::vector<std::int32_t> nodes, std::vector<Sum> sums);
  /// Calls `visit(inner, slot)` for each ancestor of a leaf, from below, while it returns true.
  template <class Self, class Visit>
  static void climb(Self& self, std::int32_t leaf_node, const Visit& visit);
  /// The first such span below a node, which must have one.
  std::int32_t first_below(const Spans& spans, std::int32_t node, bool is_leaf, bool forward,
                           Turns turns, std::int32_t most) const;

  std::vector<Leaf> leaves_;
  std::vector<Inner> inners_;
  std::int32_t root_ = kNoNode;  ///< an inner node
};

}  // namespace relais::document
