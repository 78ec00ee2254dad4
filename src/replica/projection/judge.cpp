#include "replica/projection/judge.h"

#include <algorithm>

#include "base/limits.h"
#include "replica/protected_documents.h"

namespace relais::replica {

using store::SetAside;

namespace {

void set_aside(JudgedPlace& place, SetAside reason) {
  place.aside = reason;
  place.change.clear();
}

}  // namespace

JudgedPlace Judge::change(const store::LogRow& row, std::uint64_t seq, Bytes change) {
  JudgedPlace place;
  place.at = {row.no, seq};
  const document::Position self{row.id.author, seq};
  auto summary = document::inspect_change(change, self, row.id.compartment);
  if (!summary) {
    const bool too_large = summary.error().code() == ErrorCode::limit_exceeded;
    auto header = document::decode_header(change, self, row.id.compartment);
    if (!header) {
      set_aside(place, too_large ? SetAside::over_limit : SetAside::unreadable);
      return place;
    }
    place.header = std::move(*header);
    set_aside(place, too_large ? SetAside::over_limit : SetAside::invalid);
  } else {
    place.header = std::move(summary->header);
    place.may_conflict = summary->may_conflict;
    place.replaces = summary->replaces;
    place.kinds = std::move(summary->kinds);
    latest_stamp_ = document::observe(latest_stamp_, place.header.stamp, now_);
    place.change = std::move(change);
  }
  const document::Address& address = place.header.address;
  place.document = store::document_key(*logs_.compartment_no(row.id.compartment), address);
  if (place.aside) return place;
  if (!gate_.filed_right(row.id.compartment, address.collection, summary->sections)) {
    set_aside(place, SetAside::misfiled);
  } else if (!may_change(membership_, address, row.device_key)) {
    set_aside(place, SetAside::is_protected);
  }
  return place;
}

std::vector<JudgedPlace> Judge::transaction(const store::LogRow& row,
                                            std::vector<OpenedBlock> blocks) {
  std::vector<JudgedPlace> places;
  places.reserve(blocks.size());
  std::size_t inflated = 0;
  bool over = false;
  for (OpenedBlock& block : blocks) {
    if (block.change) {
      inflated += block.change->size();
      places.push_back(change(row, block.seq, std::move(*block.change)));
    } else {
      places.push_back({{row.no, block.seq}, {}, block.reason, {}, {}, false, false, {}});
    }
    over = over || places.back().aside == SetAside::over_limit;
  }
  if (!over && inflated <= limits::kTransactionInflatedBytes) return places;
  for (JudgedPlace& place : places) {
    const bool opened = !place.aside || !place.document.empty();
    if (opened) set_aside(place, SetAside::over_limit);
  }
  return places;
}

}  // namespace relais::replica
