#include "document/sequence/sequence.h"

#include <algorithm>

#include "document/sequence/body.h"
#include "document/sequence/place.h"

namespace relais::document {
namespace {

LocalDot dot_or(const std::optional<LocalDot>& dot, const LocalDot& otherwise) {
  return dot ? LocalDot{dot->change, dot->index, 0} : otherwise;
}

}  // namespace

Sequence::Sequence() = default;
Sequence::Sequence(const Sequence& other)
    : body_(other.body_ ? std::make_unique<Body>(*other.body_) : nullptr) {}
Sequence::Sequence(Sequence&&) noexcept = default;
Sequence& Sequence::operator=(const Sequence& other) {
  if (this != &other) body_ = other.body_ ? std::make_unique<Body>(*other.body_) : nullptr;
  return *this;
}
Sequence& Sequence::operator=(Sequence&&) noexcept = default;
Sequence::~Sequence() = default;

Sequence::Body& Sequence::body() {
  if (!body_) body_ = std::make_unique<Body>();
  return *body_;
}

void Sequence::insert(const ChangeTable& changes, const LocalDot& first, std::uint32_t length,
                      std::string_view text, const std::optional<LocalDot>& left,
                      const std::optional<LocalDot>& right) {
  Span added;
  added.first = {first.change, first.index, 0};
  added.length = length;
  added.left = dot_or(left, kBorder);
  added.right = dot_or(right, kBorder);
  if (body().has_any(added.first, length)) return;
  SpanPlacer(body(), changes).place(added, text);
}

bool Sequence::erase(const LocalDot& first, std::uint32_t length) {
  if (!body_) return false;
  bool was_hidden = false;
  LocalDot unit{first.change, first.index, 0};
  while (length > 0) {
    const auto place = body_->find_first(unit, length);
    if (!place) return was_hidden;
    const std::uint32_t gap = body_->span(place->run).unit(place->offset).index - unit.index;
    const std::uint32_t count =
        std::min(length - gap, body_->span(place->run).length - place->offset);
    was_hidden = body_->erase(place->run, place->offset, count) || was_hidden;
    unit.index += gap + count;
    length -= gap + count;
  }
  return was_hidden;
}

void Sequence::hide(std::int32_t run, bool hidden) { body_->hide(run, hidden); }

std::int32_t Sequence::head() const { return body_ ? body_->head() : kNone; }

Sequence::Run Sequence::run(std::int32_t at) const {
  const Span& span = body_->span(at);
  return {span.first,        span.length, span.deleted != 0, span.hidden != 0,
          body_->text(span), span.before, span.after};
}

std::optional<Sequence::RunPosition> Sequence::find(const LocalDot& unit) const {
  return body_ ? body_->find(unit) : std::nullopt;
}

LocalDot Sequence::unit(const RunPosition& place) const {
  return body_->span(place.run).unit(place.offset);
}

std::optional<LocalDot> Sequence::next(const std::optional<LocalDot>& before) const {
  if (!body_) return std::nullopt;
  if (!before) return body_->span(body_->head()).first;
  const auto place = body_->find(*before);
  return place ? next(*place) : std::nullopt;
}

std::optional<LocalDot> Sequence::next(const RunPosition& before) const {
  const Span& span = body_->span(before.run);
  if (before.offset < span.last_offset()) return span.unit(before.offset + 1);
  return span.after == kNone ? std::nullopt : std::optional(body_->span(span.after).first);
}

std::size_t Sequence::size() const { return body_ ? body_->visible() : 0; }

Sequence::RunPosition Sequence::at(std::size_t position) const {
  return body_->locate(static_cast<std::uint32_t>(position));
}

Sequence::RunPosition Sequence::seek(std::size_t position) {
  return body_->seek(static_cast<std::uint32_t>(position));
}

bool Sequence::extend(const RunPosition& last, std::uint32_t length, std::string_view text) {
  const Span& span = body_->span(last.run);
  if (last.offset != span.last_offset()) return false;
  const auto after = next(last);
  if (!span.right.same(dot_or(after, kBorder))) return false;
  return body_->extend(last.run, span.unit(span.length), length, text);
}

void Sequence::take_back(std::int32_t run, std::uint32_t length) { body_->shorten(run, length); }

void Sequence::erase(const RunPosition& first, std::uint32_t length) {
  body_->erase(first.run, first.offset, length);
}

std::size_t Sequence::position(const RunPosition& place) const {
  const bool here = body_->span(place.run).visible() != 0;
  return body_->visible_before(place.run) + (here ? place.offset : 0);
}

void Sequence::read(std::string& text) const {
  for (std::int32_t at = head(); at != kNone; at = body_->span(at).after) {
    if (body_->span(at).hidden == 0) text.append(body_->text(body_->span(at)));
  }
}

}  // namespace relais::document
