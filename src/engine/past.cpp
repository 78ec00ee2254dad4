#include "engine/past.h"

#include <algorithm>
#include <tuple>

#include "base/try.h"
#include "document/differences.h"
#include "document/json.h"
#include "document/retelling.h"

namespace relais::engine {
namespace {

using document::Position;

Error no_document() { return Error(ErrorCode::not_found, "There is no such document."); }
Error no_change() { return Error(ErrorCode::not_found, "The document has no such change."); }

}  // namespace

Result<std::vector<PastChange>> past_changes(Core& core, const store::Reads& reads,
                                             const CompartmentId& compartment,
                                             const document::Address& address) {
  const Bytes key = store::document_key(*core.logs.compartment_no(compartment), address);
  RELAIS_ASSIGN(const auto record, Documents::record(reads, key));
  RELAIS_ASSIGN(auto placed, core.documents.changes(core.control, reads, key, record));
  std::vector<PastChange> changes;
  changes.reserve(placed.size());
  for (PlacedChange& each : placed) changes.push_back({each.position, std::move(each.change)});
  return changes;
}

Result<document::State> state_of(const std::vector<PastChange>& changes,
                                 const std::function<bool(const PastChange&)>& wanted) {
  document::State state;
  for (const PastChange& past : changes) {
    if (!wanted(past)) continue;
    if (!state.ready(past.change)) continue;
    RELAIS_TRY(state.apply(past.change, past.position));
  }
  return state;
}

Result<document::State> state_before(const std::vector<PastChange>& changes,
                                     const PastChange& change) {
  const document::Context& seen = change.change.context;
  return state_of(changes, [&](const PastChange& past) {
    return seen.covers(past.position.author, past.position.seq);
  });
}

Status Past::add_history(const CompartmentId& compartment, const DocumentId& document,
                         std::string_view path, std::vector<HistoryEntry>& history) {
  const document::Address address{document.collection, document.id};
  RELAIS_ASSIGN(const auto changes, past_changes(core_, reads_, compartment, address));
  RELAIS_ASSIGN(const auto state, state_of(changes, [](const PastChange&) { return true; }));
  Reader reader(core_, reads_);
  for (const PastChange& past : changes) {
    HistoryEntry entry{
        {compartment, past.position.author, past.position.seq},
        reader.provenance(past.position, compartment, past.change.stamp),
        document::retell(past.change, past.position, state, path),
        past.change.attribution.transaction,
    };
    entry.written.user = past.change.attribution.user;
    if (!entry.edits.empty()) history.push_back(std::move(entry));
  }
  return {};
}

Result<std::vector<HistoryEntry>> Past::history(const DocumentId& document, std::string_view path) {
  Reader reader(core_, reads_);
  RELAIS_ASSIGN(const auto compartments, reader.compartments_with(document));
  if (compartments.empty()) return no_document();
  std::vector<HistoryEntry> history;
  for (const CompartmentId& compartment : compartments) {
    RELAIS_TRY(add_history(compartment, document, path, history));
  }
  std::stable_sort(history.begin(), history.end(), [](const auto& a, const auto& b) {
    return std::tie(a.written.time_ms, a.written.author, a.written.seq) <
           std::tie(b.written.time_ms, b.written.author, b.written.seq);
  });
  return history;
}

Result<Past::States> Past::states(const DocumentId& document, const Moment& moment) {
  Reader reader(core_, reads_);
  RELAIS_ASSIGN(const auto compartments, reader.compartments_with(document));
  if (compartments.empty()) return no_document();
  std::vector<std::pair<CompartmentId, std::vector<PastChange>>> parts;
  for (const CompartmentId& compartment : compartments) {
    RELAIS_ASSIGN(auto changes,
                  past_changes(core_, reads_, compartment, {document.collection, document.id}));
    parts.emplace_back(compartment, std::move(changes));
  }
  const PastChange* after = nullptr;
  for (const auto& [compartment, changes] : parts) {
    if (!moment.change() || moment.change()->compartment != compartment) continue;
    for (const PastChange& past : changes) {
      const bool it = past.position == Position{moment.change()->author, moment.change()->seq};
      if (it) after = &past;
    }
  }
  if (moment.change() && after == nullptr) return no_change();
  const std::int64_t time_ms = after != nullptr ? after->change.stamp.wall().ms : moment.time_ms();
  States states;
  for (const auto& [compartment, changes] : parts) {
    const bool its_own = after != nullptr && moment.change()->compartment == compartment;
    RELAIS_ASSIGN(auto state, state_of(changes, [&](const PastChange& past) {
                    const Position& at = past.position;
                    if (!its_own) return past.change.stamp.wall().ms <= time_ms;
                    return at == after->position || after->change.context.covers(at.author, at.seq);
                  }));
    states.emplace_back(compartment, std::move(state));
  }
  return states;
}

Result<std::string> Past::json(const DocumentId& document, const Moment& moment) {
  RELAIS_ASSIGN(const auto at, states(document, moment));
  std::vector<const document::State*> shown;
  for (const auto& [compartment, state] : at) {
    if (!state.empty()) shown.push_back(&state);
  }
  if (shown.empty()) return Error(ErrorCode::not_found, "The document wasn't there then.");
  return document::to_json(shown);
}

Result<std::vector<FieldDifference>> Past::differences(const DocumentId& document,
                                                       const Moment& from, const Moment& to) {
  RELAIS_ASSIGN(const auto before, states(document, from));
  RELAIS_ASSIGN(const auto after, states(document, to));
  std::vector<FieldDifference> all;
  for (std::size_t i = 0; i < after.size(); ++i) {
    auto found = document::differences(before[i].second, after[i].second);
    all.insert(all.end(), std::make_move_iterator(found.begin()),
               std::make_move_iterator(found.end()));
  }
  return all;
}

}  // namespace relais::engine
