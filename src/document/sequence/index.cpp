#include "document/sequence/index.h"

#include <algorithm>
#include <numeric>

namespace relais::document {

UnitIndex::UnitIndex(const Spans& spans) {
  std::vector<std::int32_t> sorted(spans.size());
  std::iota(sorted.begin(), sorted.end(), 0);
  const auto key = [&spans](std::int32_t span) {
    return key_of(spans[static_cast<std::size_t>(span)].first);
  };
  std::sort(sorted.begin(), sorted.end(),
            [&key](std::int32_t a, std::int32_t b) { return key(a) < key(b); });
  for (const std::int32_t span : sorted) {
    if (chunks_.empty() || chunks_.back().count == kKeys) {
      order_.push_back(static_cast<std::uint32_t>(chunks_.size()));
      firsts_.push_back(key(span));
      chunks_.emplace_back();
    }
    Chunk& last = chunks_.back();
    last.key[last.count] = key(span);
    last.span[last.count++] = span;
  }
}

UnitIndex::Slot UnitIndex::place_behind(std::uint64_t key) const {
  const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), key);
  const auto at = static_cast<std::size_t>(after - firsts_.begin());
  if (at == 0) return {0, 0};
  const Chunk& in = chunk(at - 1);
  const auto* slot = std::upper_bound(in.key, in.key + in.count, key);
  return {at - 1, static_cast<std::uint32_t>(slot - in.key)};
}

void UnitIndex::split(std::size_t at, std::uint32_t keep) {
  const auto number = static_cast<std::uint32_t>(chunks_.size());
  chunks_.emplace_back();
  Chunk& full = chunk(at);
  Chunk& added = chunks_.back();
  std::copy(full.key + keep, full.key + full.count, added.key);
  std::copy(full.span + keep, full.span + full.count, added.span);
  added.count = full.count - keep;
  full.count = keep;
  const auto behind = static_cast<std::ptrdiff_t>(at) + 1;
  order_.insert(order_.begin() + behind, number);
  firsts_.insert(firsts_.begin() + behind, added.key[0]);
}

void UnitIndex::add(const LocalDot& first, std::int32_t span) {
  const std::uint64_t key = key_of(first);
  Slot place = place_behind(key);
  if (chunk(place.chunk).count == kKeys) {
    const bool appends = place.slot == kKeys && place.chunk + 1 == order_.size();
    const std::uint32_t keep = appends ? kKeys - 1 : kKeys / 2;
    split(place.chunk, keep);
    if (place.slot > keep) place = {place.chunk + 1, place.slot - keep};
  }
  Chunk& to = chunk(place.chunk);
  std::copy_backward(to.key + place.slot, to.key + to.count, to.key + to.count + 1);
  std::copy_backward(to.span + place.slot, to.span + to.count, to.span + to.count + 1);
  ++to.count;
  to.key[place.slot] = key;
  to.span[place.slot] = span;
  firsts_[place.chunk] = to.key[0];
}

void UnitIndex::rename(const LocalDot& from, const LocalDot& to) {
  const Slot behind = place_behind(key_of(from));
  Chunk& in = chunk(behind.chunk);
  in.key[behind.slot - 1] = key_of(to);
  firsts_[behind.chunk] = in.key[0];
}

std::int32_t UnitIndex::last_until(const LocalDot& unit) const {
  const Slot behind = place_behind(key_of(unit));
  return behind.slot == 0 ? kNoSpan : chunk(behind.chunk).span[behind.slot - 1];
}

std::int32_t UnitIndex::first_after(const LocalDot& unit) const {
  const Slot behind = place_behind(key_of(unit));
  if (behind.slot < chunk(behind.chunk).count) return chunk(behind.chunk).span[behind.slot];
  const std::size_t next = behind.chunk + 1;
  return next < order_.size() ? chunk(next).span[0] : kNoSpan;
}

}  // namespace relais::document
