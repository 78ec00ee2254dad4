#include "document/sequence/body.h"

#include <algorithm>

#include "base/check.h"
#include "document/utf8.h"

namespace relais::document {

Sequence::Body::Body(const Body& other)
    : spans_(other.spans_),
      head_(other.head_),
      tail_(other.tail_),
      visible_(other.visible_),
      dead_(other.dead_),
      text_(other.text_),
      large_(other.large_ ? std::make_unique<Large>(*other.large_) : nullptr),
      last_edit_(other.last_edit_),
      end_(other.end_) {}

Sequence::Body::Body(Spans spans, std::string text)
    : spans_(std::move(spans)), text_(std::move(text)) {
  head_ = spans_.empty() ? kNoSpan : 0;
  tail_ = static_cast<std::int32_t>(spans_.size()) - 1;
  for (std::int32_t at = 0; at <= tail_; ++at) {
    span(at).before = at - 1;
    span(at).after = at == tail_ ? kNoSpan : at + 1;
    visible_ += span(at).visible();
    note_end(span(at));
  }
  if (spans_.size() > kFew) large_.reset(new Large{{}, UnitIndex(spans_)});
}

void Sequence::Body::plant() {
  if (large_) large_->tree.build(spans_, head_);
}

bool Sequence::Body::is_distinct() const {
  for (std::int32_t at = head_; at != kNoSpan; at = span(at).after) {
    const std::int32_t next = first_after(span(at).first);
    const std::int32_t same = last_until(span(at).first);
    if (same != at) return false;
    if (next == kNoSpan || span(next).first.change != span(at).first.change) continue;
    if (span(next).first.index < span(at).first.index + span(at).length) return false;
  }
  return true;
}

void Sequence::Body::enlarge() {
  if (large_ || spans_.size() <= kFew) return;
  large_.reset(new Large{{}, UnitIndex(spans_)});
  plant();
}

std::int32_t Sequence::Body::last_until(const LocalDot& unit) const {
  if (large_) return large_->index.last_until(unit);
  std::int32_t last = kNoSpan;
  for (std::size_t at = 0; at < spans_.size(); ++at) {
    const LocalDot& first = spans_[at].first;
    if (first.change != unit.change || first.index > unit.index) continue;
    if (last == kNoSpan || span(last).first.index < first.index)
      last = static_cast<std::int32_t>(at);
  }
  return last;
}

std::int32_t Sequence::Body::first_after(const LocalDot& unit) const {
  if (large_) return large_->index.first_after(unit);
  std::int32_t next = kNoSpan;
  for (std::size_t at = 0; at < spans_.size(); ++at) {
    const LocalDot& first = spans_[at].first;
    if (first.change != unit.change || first.index <= unit.index) continue;
    if (next == kNoSpan || first.index < span(next).first.index)
      next = static_cast<std::int32_t>(at);
  }
  return next;
}

std::optional<Sequence::RunPosition> Sequence::Body::find(const LocalDot& unit) const {
  const std::int32_t at = last_until(unit);
  if (at == kNoSpan) return std::nullopt;
  const Span& found = span(at);
  const std::uint32_t offset = std::uint32_t{unit.index} - std::uint32_t{found.first.index};
  if (found.first.change != unit.change || offset >= found.length) return std::nullopt;
  return RunPosition{at, offset};
}

std::optional<Sequence::RunPosition> Sequence::Body::find_first(const LocalDot& first,
                                                                std::uint32_t length) const {
  if (const auto place = find(first)) return place;
  const std::int32_t next = first_after(first);
  if (next == kNoSpan || span(next).first.change != first.change) return std::nullopt;
  const std::uint32_t gap = std::uint32_t{span(next).first.index} - std::uint32_t{first.index};
  if (gap >= length) return std::nullopt;
  return RunPosition{next, 0};
}

Sequence::RunPosition Sequence::Body::locate(std::uint32_t position) const {
  RELAIS_CHECK(position < visible_);
  if (!large_) {
    std::int32_t at = head_;
    for (; position >= span(at).visible(); at = span(at).after) position -= span(at).visible();
    return {at, position};
  }
  if (last_edit_.unflushed != 0 && position >= last_edit_.start) {
    if (position - last_edit_.start < span(last_edit_.span).visible()) {
      return {last_edit_.span, position - last_edit_.start};
    }
    position = static_cast<std::uint32_t>(position - last_edit_.unflushed);
  }
  const SpanTree::Found found = large_->tree.locate(position);
  return {found.span, found.offset};
}

Sequence::RunPosition Sequence::Body::seek(std::uint32_t position) {
  RELAIS_CHECK(position < visible_);
  std::int32_t at = last_edit_.span;
  std::uint32_t start = last_edit_.start;
  for (int steps = 0; at != kNoSpan && steps < 4; ++steps) {
    if (position < start) {
      at = span(at).before;
      if (at != kNoSpan) start -= span(at).visible();
    } else if (position - start < span(at).visible()) {
      if (at != last_edit_.span) forget_last_edit();
      last_edit_.span = at;
      last_edit_.start = start;
      return {at, position - start};
    } else {
      start += span(at).visible();
      at = span(at).after;
    }
  }
  forget_last_edit();
  const RunPosition place = locate(position);
  last_edit_ = {place.run, position - place.offset, 0};
  return place;
}

void Sequence::Body::flush_visible() {
  if (last_edit_.unflushed != 0)
    large_->tree.add_visible(spans_, last_edit_.span, last_edit_.unflushed);
  last_edit_.unflushed = 0;
}

/// Call before a change that may move the last edit's position.
void Sequence::Body::forget_last_edit() {
  flush_visible();
  last_edit_.span = kNoSpan;
}

std::uint32_t Sequence::Body::visible_before(std::int32_t until) const {
  if (large_) {
    const std::uint32_t sum = large_->tree.visible_before(spans_, until);
    const bool owes =
        last_edit_.unflushed != 0 && last_edit_.span != until && precedes(last_edit_.span, until);
    return owes ? static_cast<std::uint32_t>(sum + last_edit_.unflushed) : sum;
  }
  std::uint32_t sum = 0;
  for (std::int32_t at = head_; at != until; at = span(at).after) sum += span(at).visible();
  return sum;
}

bool Sequence::Body::precedes(std::int32_t a, std::int32_t b) const {
  if (large_) return large_->tree.precedes(spans_, a, b);
  std::int32_t at = span(a).after;
  while (at != kNoSpan && at != b) at = span(at).after;
  return at == b;
}

std::uint32_t Sequence::Body::rank(std::int32_t of) const {
  if (large_) return large_->tree.rank(spans_, of);
  std::uint32_t rank = 0;
  for (std::int32_t at = head_; at != of; at = span(at).after) ++rank;
  return rank;
}

std::int32_t Sequence::Body::at_rank(std::uint32_t rank) const {
  if (large_) return large_->tree.at(rank);
  std::int32_t at = head_;
  for (; rank > 0; --rank) at = span(at).after;
  return at;
}

std::int32_t Sequence::Body::seek(std::int32_t from, bool forward, SpanTree::Turns turns,
                                  std::int32_t most) const {
  if (large_) return large_->tree.seek(spans_, from, forward, turns, most);
  const auto next = [&](std::int32_t at) { return forward ? span(at).after : span(at).before; };
  std::int32_t at = next(from);
  while (at != kNoSpan && span(at).*turns > most) at = next(at);
  return at;
}

bool Sequence::Body::goes_on(std::int32_t at) const {
  const Span& here = span(at);
  if (here.after == kNoSpan) return false;
  const Span& next = span(here.after);
  return next.is_left == 0 && next.first.same(here.unit(here.length)) &&
         next.left.same(here.last()) && next.right.same(here.right);
}

std::uint32_t Sequence::Body::bytes_before(const Span& span, std::uint32_t offset) const {
  if (span.bytes == span.length || span.bytes == 0) return span.bytes == 0 ? 0 : offset;
  const std::string_view all = text(span);
  if (offset <= span.length / 2) return static_cast<std::uint32_t>(bytes_of(all, offset));
  // From the nearer end, so that repeated splits don't scan the whole text.
  std::size_t at = all.size();
  for (std::uint32_t left = span.length - offset; left > 0; --at)
    left -= !document::continues(all[at - 1]);
  return static_cast<std::uint32_t>(at);
}

void Sequence::Body::put_text(Span& span, std::string_view text) {
  span.text = static_cast<std::uint32_t>(text_.size());
  span.bytes = static_cast<std::uint32_t>(text.size());
  text_.append(text);
}

/// Releases some of a span's bytes.
void Sequence::Body::drop_text(const Span& span, std::uint32_t from, std::uint32_t bytes) {
  if (span.text + from + bytes == text_.size()) {
    text_.resize(text_.size() - bytes);
  } else {
    dead_ += bytes;
  }
}

void Sequence::Body::compact() {
  if (dead_ < 1024 || dead_ < text_.size() / 2 || dead_ < spans_.size()) return;
  std::string kept;
  kept.reserve(text_.size() - dead_);
  for (std::int32_t at = head_; at != kNoSpan; at = span(at).after) {
    const std::string_view its = text(span(at));
    span(at).text = static_cast<std::uint32_t>(kept.size());
    kept.append(its);
  }
  text_ = std::move(kept);
  dead_ = 0;
}

void Sequence::Body::add_visible(std::int32_t at, std::int64_t delta) {
  visible_ = static_cast<std::uint32_t>(std::int64_t{visible_} + delta);
  if (at != last_edit_.span) forget_last_edit();
  if (!large_) return;
  if (at == last_edit_.span) {
    last_edit_.unflushed += delta;
  } else {
    large_->tree.add_visible(spans_, at, delta);
  }
}

bool Sequence::Body::extend(std::int32_t at, const LocalDot& first, std::uint32_t length,
                            std::string_view text) {
  Span& here = span(at);
  if (here.deleted != 0 || here.hidden != 0) return false;
  if (!first.same(here.unit(here.length))) return false;
  if (!text.empty() && here.text + here.bytes != text_.size()) return false;
  here.length += length;
  note_end(here);
  here.bytes += static_cast<std::uint32_t>(text.size());
  text_.append(text);
  add_visible(at, length);
  return true;
}

void Sequence::Body::shorten(std::int32_t at, std::uint32_t length) {
  Span& here = span(at);
  RELAIS_CHECK(here.deleted == 0 && length < here.length);
  const std::uint32_t kept = bytes_before(here, here.length - length);
  drop_text(here, kept, here.bytes - kept);
  here.bytes = kept;
  here.length -= length;
  add_visible(at, -std::int64_t{length});
}

void Sequence::Body::link(std::int32_t added, std::int32_t before, std::int32_t after) {
  if (before != last_edit_.span) forget_last_edit();
  span(added).before = before;
  span(added).after = after;
  (before == kNoSpan ? head_ : span(before).after) = added;
  (after == kNoSpan ? tail_ : span(after).before) = added;
  if (!large_) return enlarge();
  large_->index.add(span(added).first, added);
  large_->tree.insert(spans_, added);
}

void Sequence::Body::add(const Span& added, std::string_view text, std::int32_t before) {
  const auto at = static_cast<std::int32_t>(spans_.size());
  spans_.push_back(added);
  put_text(span(at), text);
  note_end(added);
  visible_ += added.visible();
  link(at, before == kNoSpan ? tail_ : span(before).before, before);
}

std::int32_t Sequence::Body::split(std::int32_t at, std::uint32_t offset) {
  RELAIS_CHECK(offset > 0 && offset < span(at).length);
  const auto added = static_cast<std::int32_t>(spans_.size());
  spans_.push_back(span(at));
  Span& rest = spans_.back();
  Span& front = span(at);
  const std::uint32_t bytes = bytes_before(front, offset);
  rest.first = front.unit(offset);
  rest.length = front.length - offset;
  rest.is_left = 0;
  rest.text += bytes;
  rest.bytes -= bytes;
  rest.left = front.unit(offset - 1);
  rest.rights += static_cast<std::int32_t>(offset);
  front.length = offset;
  front.bytes = bytes;
  if (at == last_edit_.span) flush_visible();
  if (large_) large_->tree.add_visible(spans_, at, -std::int64_t{rest.visible()});
  link(added, at, front.after);
  return added;
}

void Sequence::Body::mark_deleted(std::int32_t at) {
  Span& here = span(at);
  add_visible(at, -std::int64_t{here.length});
  drop_text(here, 0, here.bytes);
  here.bytes = 0;
  here.deleted = 1;
}

/// Moves the last units of a span to the deleted span after it.
void Sequence::Body::move_to_next_deleted(std::int32_t at, std::uint32_t length) {
  Span& here = span(at);
  Span& next = span(here.after);
  shorten(at, length);
  const LocalDot first = here.unit(here.length);
  if (large_) large_->index.rename(next.first, first);
  next.first = first;
  next.length += length;
  next.left = here.last();
  next.rights -= static_cast<std::int32_t>(length);
  if (large_ && here.leaf != next.leaf) large_->tree.rights_changed(spans_, here.after);
}

/// Moves the first units of a span to the deleted span before it.
void Sequence::Body::move_to_previous_deleted(std::int32_t at, std::uint32_t length) {
  Span& here = span(at);
  Span& previous = span(here.before);
  const std::uint32_t given = bytes_before(here, length);
  drop_text(here, 0, given);
  here.text += given;
  here.bytes -= given;
  previous.length += length;
  const LocalDot first = here.unit(length);
  if (large_) large_->index.rename(here.first, first);
  here.first = first;
  here.length -= length;
  here.left = previous.last();
  here.rights += static_cast<std::int32_t>(length);
  add_visible(at, -std::int64_t{length});
  if (large_ && here.leaf != previous.leaf) large_->tree.rights_changed(spans_, at);
}

void Sequence::Body::hide(std::int32_t at, bool hidden) {
  Span& here = span(at);
  if (here.deleted != 0 || (here.hidden != 0) == hidden) return;
  const std::int64_t units = here.length;
  here.hidden = hidden ? 1 : 0;
  add_visible(at, hidden ? -units : units);
}

bool Sequence::Body::erase(std::int32_t at, std::uint32_t offset, std::uint32_t length) {
  const Span& here = span(at);
  if (here.deleted != 0) return false;
  const bool was_hidden = here.hidden != 0;
  hide(at, false);  // the rest is hidden again when marks are settled
  const bool to_end = offset + length == here.length;
  const auto takes = [this](std::int32_t other) {
    return other != kNoSpan && span(other).deleted != 0;
  };
  if (to_end && offset > 0 && takes(here.after) && goes_on(at)) {
    move_to_next_deleted(at, length);
  } else if (!to_end && offset == 0 && takes(here.before) && goes_on(here.before)) {
    move_to_previous_deleted(at, length);
  } else {
    if (offset > 0) at = split(at, offset);
    if (span(at).length > length) split(at, length);
    mark_deleted(at);
  }
  compact();
  return was_hidden;
}

}  // namespace relais::document
