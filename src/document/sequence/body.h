#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "document/sequence/index.h"
#include "document/sequence/sequence.h"
#include "document/sequence/span.h"
#include "document/sequence/tree.h"

namespace relais::document {

/// The spans of a sequence, linked in reading order; from kFew on, also under a tree, and found by
/// an index. Only for the files of Sequence.
class Sequence::Body {
 public:
  Body() = default;
  Body(const Body& other);
  /// From spans in reading order, whose text stands in the buffer. `plant` makes it whole; before,
  /// only units can be found, and spans be changed.
  Body(Spans spans, std::string text);
  void plant();
  /// No unit is in two spans.
  bool is_distinct() const;
  Span& span(std::int32_t at) { return spans_[static_cast<std::size_t>(at)]; }

  const Span& span(std::int32_t at) const { return spans_[static_cast<std::size_t>(at)]; }
  std::int32_t head() const { return head_; }
  std::size_t size() const { return spans_.size(); }
  std::uint32_t visible() const { return visible_; }
  std::string_view text(const Span& span) const { return {text_.data() + span.text, span.bytes}; }

  std::optional<RunPosition> find(const LocalDot& unit) const;
  /// The first of these units that is here.
  std::optional<RunPosition> find_first(const LocalDot& first, std::uint32_t length) const;
  bool has_any(const LocalDot& first, std::uint32_t length) const {
    return key_of(first) < end_ && find_first(first, length);
  }
  RunPosition locate(std::uint32_t position) const;
  /// The same, and remembers it: what is near the last one is found by a few steps.
  RunPosition seek(std::uint32_t position);
  std::uint32_t visible_before(std::int32_t at) const;
  bool precedes(std::int32_t a, std::int32_t b) const;
  std::uint32_t rank(std::int32_t at) const;
  std::int32_t at_rank(std::uint32_t rank) const;
  /// As SpanTree::seek.
  std::int32_t seek(std::int32_t at, bool forward, SpanTree::Turns turns, std::int32_t most) const;

  /// Lets a span go on with units that are read just after it; false if it can't.
  bool extend(std::int32_t at, const LocalDot& first, std::uint32_t length, std::string_view text);
  /// Forgets the last units of a span, not all.
  void shorten(std::int32_t at, std::uint32_t length);
  /// Adds a span that is read before another one (kNone: at the end).
  void add(const Span& span, std::string_view text, std::int32_t before);
  /// The rest of a span, from a unit that isn't its first: a span of its own now.
  std::int32_t split(std::int32_t at, std::uint32_t offset);
  /// Deletes units of one span.
  /// Whether the run was hidden: then what is left of it is shown until marks are settled.
  bool erase(std::int32_t at, std::uint32_t offset, std::uint32_t length);
  /// Lets a span that isn't deleted be read, or not; its text stays.
  void hide(std::int32_t at, bool hidden);
  /// Whether the span read after this one could be one with it, if both were deleted or not.
  bool goes_on(std::int32_t at) const;

 private:
  static constexpr std::size_t kFew = 32;

  struct Large {
    SpanTree tree;
    UnitIndex index;
  };

  void note_end(const Span& span) { end_ = std::max(end_, key_of(span.unit(span.length))); }
  std::int32_t last_until(const LocalDot& unit) const;
  std::int32_t first_after(const LocalDot& unit) const;
  std::uint32_t bytes_before(const Span& span, std::uint32_t offset) const;
  void put_text(Span& span, std::string_view text);
  void drop_text(const Span& span, std::uint32_t from, std::uint32_t bytes);
  void compact();
  void link(std::int32_t added, std::int32_t before, std::int32_t after);
  void enlarge();
  void add_visible(std::int32_t at, std::int64_t delta);
  void settle();
  void leave();
  void give_to_next(std::int32_t at, std::uint32_t length);
  void give_to_previous(std::int32_t at, std::uint32_t length);
  void mark_deleted(std::int32_t at);

  /// Where the last edit was. What is typed there in a row reaches the tree as one number.
  struct Near {
    std::int32_t span = kNoSpan;
    std::uint32_t start = 0;  ///< visible units before it
    std::int64_t owed = 0;    ///< visible units of it that the tree doesn't know of
  };

  Spans spans_;
  std::int32_t head_ = kNoSpan;
  std::int32_t tail_ = kNoSpan;
  std::uint32_t visible_ = 0;
  std::uint32_t dead_ = 0;  ///< bytes of the buffer that no span has
  std::string text_;
  std::unique_ptr<Large> large_;
  Near near_;
  std::uint64_t end_ = 0;  ///< no unit's key reaches it
};

}  // namespace relais::document
