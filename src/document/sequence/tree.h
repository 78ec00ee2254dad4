#pragma once

#include <cstdint>
#include <vector>

#include "document/sequence/span.h"

namespace relais::document {

/// The spans of a sequence in reading order, as the leaves of a B+ tree whose inner nodes know of
/// what is below them: how many spans, how many visible units, and the fewest left and right turns
/// on the way to one. All it answers takes O(log n); the spans stand elsewhere and are named by
/// their numbers, which never change.
class SpanTree {
 public:
  /// Of all spans, as they are linked.
  void build(Spans& spans, std::int32_t head);
  /// A span that is linked already.
  void insert(Spans& spans, std::int32_t added);
  void add_visible(const Spans& spans, std::int32_t span, std::int64_t delta);
  /// Its turns to the right have become others.
  void rights_changed(const Spans& spans, std::int32_t span);

  std::uint32_t rank(const Spans& spans, std::int32_t span) const;
  std::int32_t at(std::uint32_t rank) const;
  bool precedes(const Spans& spans, std::int32_t a, std::int32_t b) const;

  struct Found {
    std::int32_t span;
    std::uint32_t offset;
  };
  /// The visible unit at a position, which there is.
  Found locate(std::uint32_t position) const;
  /// How many visible units stand before a span.
  std::uint32_t visible_before(const Spans& spans, std::int32_t span) const;

  using Turns = std::int32_t Span::*;
  /// The next (or the one before, with `forward` false) with so many turns at most; kNoSpan if
  /// there is none.
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
  /// Moves what a full leaf has from `keep` on into a new one behind it, whose number it gives.
  std::int32_t split_leaf(Spans& spans, std::int32_t node, std::uint32_t keep);
  void split_inner(std::int32_t node);
  void set_parent(std::int32_t node, bool is_leaf, std::int32_t parent);
  std::int32_t new_inner(bool above_leaves);
  void build_above(std::vector<std::int32_t> nodes, std::vector<Sum> sums);
  /// `visit(inner, slot)` for each node above a leaf, from below, while it gives true.
  template <class Self, class Visit>
  static void climb(Self& self, std::int32_t leaf_node, const Visit& visit);
  /// Below a node, where there is one.
  std::int32_t first_below(const Spans& spans, std::int32_t node, bool is_leaf, bool forward,
                           Turns turns, std::int32_t most) const;

  std::vector<Leaf> leaves_;
  std::vector<Inner> inners_;
  std::int32_t root_ = kNoNode;  ///< an inner node
};

}  // namespace relais::document
