#include "replica/projection/judge.h"

#include <algorithm>

#include "base/limits.h"
#include "replica/protected_documents.h"

namespace relais::replica {

using store::SetAside;

namespace {

void set_aside(JudgedPosition& position, SetAside reason) {
  position.aside = reason;
  position.change.clear();
}

}  // namespace

JudgedPosition Judge::change(const store::LogRow& row, std::uint64_t seq, Bytes change) {
  JudgedPosition position;
  position.at = {row.no, seq};
  const document::Position self{row.id.author, seq};
  auto summary = document::inspect_change(change, self, row.id.compartment);
  if (!summary) {
    const bool too_large = summary.error().code() == ErrorCode::limit_exceeded;
    auto header = document::decode_header(change, self, row.id.compartment);
    if (!header) {
      set_aside(position, too_large ? SetAside::over_limit : SetAside::unreadable);
      return position;
    }
    position.header = std::move(*header);
    set_aside(position, too_large ? SetAside::over_limit : SetAside::invalid);
  } else {
    position.header = std::move(summary->header);
    position.may_conflict = summary->may_conflict;
    position.replaces = summary->replaces;
    position.kinds = std::move(summary->kinds);
    latest_stamp_ = document::observe(latest_stamp_, position.header.stamp, now_);
    position.change = std::move(change);
  }
  const document::Address& address = position.header.address;
  position.document = store::document_key(*logs_.compartment_no(row.id.compartment), address);
  if (position.aside) return position;
  if (!gate_.filed_right(row.id.compartment, address.collection, summary->sections)) {
    set_aside(position, SetAside::misfiled);
  } else if (!may_change(membership_, address, row.device_key)) {
    set_aside(position, SetAside::is_protected);
  }
  return position;
}

std::vector<JudgedPosition> Judge::transaction(const store::LogRow& row,
                                               std::vector<OpenedBlock> blocks) {
  std::vector<JudgedPosition> positions;
  positions.reserve(blocks.size());
  std::size_t inflated = 0;
  bool over = false;
  for (OpenedBlock& block : blocks) {
    if (block.change) {
      inflated += block.change->size();
      positions.push_back(change(row, block.seq, std::move(*block.change)));
    } else {
      positions.push_back({{row.no, block.seq}, {}, block.reason, {}, {}, false, false, {}});
    }
    over = over || positions.back().aside == SetAside::over_limit;
  }
  if (!over && inflated <= limits::kTransactionInflatedBytes) return positions;
  for (JudgedPosition& position : positions) {
    const bool opened = !position.aside || !position.document.empty();
    if (opened) set_aside(position, SetAside::over_limit);
  }
  return positions;
}

}  // namespace relais::replica
