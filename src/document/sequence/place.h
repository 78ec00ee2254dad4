#pragma once

#include <string_view>

#include "document/change_table.h"
#include "document/sequence/body.h"

namespace relais::document {

/// Finds the position of a new span between two units. Short-lived.
class SpanPlacer {
 public:
  SpanPlacer(Sequence::Body& body, const ChangeTable& changes) : body_(body), changes_(changes) {}

  /// Adds the span. Its `left` and `right` are the units that its author saw on both sides; its
  /// other position fields are computed here.
  void place(Span added, std::string_view text);

 private:
  using Place = Sequence::RunPosition;

  /// Spans in reading order, from the first to before the second (kNoSpan: the end).
  struct Range {
    std::int32_t from;
    std::int32_t to;
  };

  bool place_between(Span& added, std::string_view text, const std::optional<Place>& left);
  Range under_left(Span& added, const std::optional<Place>& left);
  Range under_right(Span& added, const Place& right);
  Range detached(Span& added);
  LocalDot left_of(const Place& unit) const;
  std::int32_t place_among(const Span& added, const Range& siblings) const;
  std::int32_t root(const Span& added, std::int32_t from, std::int32_t end) const;
  bool goes_before(const Span& added, const Span& sibling) const;
  int order(const LocalDot& a, const LocalDot& b) const;

  Sequence::Body& body_;
  const ChangeTable& changes_;
};

}  // namespace relais::document
