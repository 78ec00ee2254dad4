#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "document/sequence/index.h"
#include "document/sequence/sequence.h"
#include "document/sequence/span.h"
#include "document/sequence/tree.h"

namespace relais::document {

/// The spans of a sequence, linked in reading order. More than kFew spans are also in a SpanTree
/// and a UnitIndex. Only for the files of Sequence.
class Sequence::Body {
 public:
  Body() = default;
  Body(const Body& other);
  /// From spans in reading order, whose text is in the buffer. `plant` builds the tree and index;
  /// before that, only find units and change spans.
  Body(Spans spans, std::string text);
  void plant();
  /// Whether no unit is in two spans.
  bool is_distinct() const;
  Span& span(std::int32_t at) { return spans_[static_cast<std::size_t>(at)]; }

  const Span& span(std::int32_t at) const { return spans_[static_cast<std::size_t>(at)]; }
  std::int32_t head() const { return head_; }
  std::size_t size() const { return spans_.size(); }
  std::uint32_t visible() const { return visible_; }
  std::string_view text(const Span& span) const { return {text_.data() + span.text, span.bytes}; }

  std::optional<RunPosition> find(const LocalDot& unit) const;
  /// The first of these units that the sequence has.
  std::optional<RunPosition> find_first(const LocalDot& first, std::uint32_t length) const;
  bool has_any(const LocalDot& first, std::uint32_t length) const {
    return key_of(first) < end_ && find_first(first, length);
  }
  RunPosition locate(std::uint32_t position) const;
  /// The same, from the last result: a nearby position takes a few steps.
  RunPosition seek(std::uint32_t position);
  std::uint32_t visible_before(std::int32_t at) const;
  bool precedes(std::int32_t a, std::int32_t b) const;
  std::uint32_t rank(std::int32_t at) const;
  std::int32_t at_rank(std::uint32_t rank) const;
  /// As SpanTree::seek.
  std::int32_t seek(std::int32_t at, bool forward, SpanTree::Turns turns, std::int32_t most) const;

  /// Extends a span by the units read just after it; false if impossible.
  bool extend(std::int32_t at, const LocalDot& first, std::uint32_t length, std::string_view text);
  /// Removes the last units of a span, not all.
  void shorten(std::int32_t at, std::uint32_t length);
  /// Adds a span before another one in reading order (kNone: at the end).
  void add(const Span& span, std::string_view text, std::int32_t before);
  /// Splits a span before a unit other than its first; returns the new span, which has the rest.
  std::int32_t split(std::int32_t at, std::uint32_t offset);
  /// Deletes units of one span. Returns whether the span was hidden: then its rest is shown until
  /// marks are settled.
  bool erase(std::int32_t at, std::uint32_t offset, std::uint32_t length);
  /// Hides or shows a span that isn't deleted; its text stays.
  void hide(std::int32_t at, bool hidden);
  /// Whether the next span could be joined to this one, apart from `deleted`.
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
  void flush_visible();
  void forget_last_edit();
  void move_to_next_deleted(std::int32_t at, std::uint32_t length);
  void move_to_previous_deleted(std::int32_t at, std::uint32_t length);
  void mark_deleted(std::int32_t at);

  /// The position of the last edit. Consecutive edits there update the tree once.
  struct LastEdit {
    std::int32_t span = kNoSpan;
    std::uint32_t start = 0;     ///< visible units before it
    std::int64_t unflushed = 0;  ///< its visible units that the tree lacks
  };

  Spans spans_;
  std::int32_t head_ = kNoSpan;
  std::int32_t tail_ = kNoSpan;
  std::uint32_t visible_ = 0;
  std::uint32_t dead_ = 0;  ///< bytes of the buffer that no span uses
  std::string text_;
  std::unique_ptr<Large> large_;
  LastEdit last_edit_;
  std::uint64_t end_ = 0;  ///< above the key of every unit
};

}  // namespace relais::document
