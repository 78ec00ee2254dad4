#include "replica/read/history.h"

#include <queue>
#include <tuple>

#include "base/try.h"
#include "document/json/json.h"
#include "document/view/describe.h"
#include "document/view/differences.h"
#include "document/view/path_text.h"

namespace relais::replica {
namespace {

using document::Position;
using document::Stamp;

Error no_document() { return Error(ErrorCode::not_found, "There is no such document."); }
Error no_change() { return Error(ErrorCode::not_found, "The document has no such change."); }

/// A history entry with its stamp, which orders it among those of other compartments.
struct OrderedEntry {
  Stamp stamp;
  HistoryEntry entry;
};

/// Merges several lists by the stamps of their next entries; each list keeps its order.
std::vector<HistoryEntry> in_one_order(std::vector<std::vector<OrderedEntry>> lists) {
  std::vector<std::size_t> at(lists.size());
  const auto next = [&](std::size_t list) -> OrderedEntry& { return lists[list][at[list]]; };
  const auto later = [&](std::size_t a, std::size_t b) {
    const auto key = [](const OrderedEntry& ordered) {
      return std::tie(ordered.stamp, ordered.entry.id);
    };
    return key(next(b)) < key(next(a));
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> waiting(later);
  for (std::size_t list = 0; list < lists.size(); ++list) {
    if (!lists[list].empty()) waiting.push(list);
  }
  std::vector<HistoryEntry> history;
  while (!waiting.empty()) {
    const std::size_t list = waiting.top();
    waiting.pop();
    history.push_back(std::move(next(list).entry));
    if (++at[list] < lists[list].size()) waiting.push(list);
  }
  return history;
}

}  // namespace

Result<std::vector<History::Part>> History::parts(const DocumentId& document) {
  ReadView reader(from_);
  RELAIS_ASSIGN(const auto compartments, reader.compartments_with(document));
  if (compartments.empty()) return no_document();
  std::vector<Part> parts;
  for (const CompartmentId& compartment : compartments) {
    RELAIS_ASSIGN(auto changes,
                  causal_changes(from_, compartment, {document.collection, document.id}));
    parts.push_back({compartment, std::move(changes)});
  }
  return parts;
}

Result<std::vector<HistoryEntry>> History::history(const DocumentId& document,
                                                   std::string_view path) {
  const ReadView reader(from_);
  RELAIS_ASSIGN(const auto all, parts(document));
  std::vector<std::vector<OrderedEntry>> ordered(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [compartment, changes] = all[i];
    RELAIS_ASSIGN(const auto state, state_of(changes, std::vector<bool>(changes.size(), true)));
    const auto above = document::parse_path(path, state);
    if (!above) continue;  // the path never existed
    document::PathTexts texts(state);
    for (const CausalChange& causal : changes) {
      auto edits = document::describe(causal.change, causal.position, texts, *above);
      if (edits.empty()) continue;
      ordered[i].push_back({causal.change.stamp,
                            {{compartment, causal.position.author, causal.position.seq},
                             reader.provenance(causal.position, compartment, causal.change),
                             std::move(edits),
                             causal.change.attribution.transaction}});
    }
  }
  return in_one_order(std::move(ordered));
}

Result<History::States> History::states(const DocumentId& document, const Moment& moment) {
  RELAIS_ASSIGN(const auto all, parts(document));
  const CausalChange* after = nullptr;
  for (const auto& [compartment, changes] : all) {
    if (!moment.change() || moment.change()->compartment != compartment) continue;
    for (const CausalChange& causal : changes) {
      const bool it = causal.position == Position{moment.change()->author, moment.change()->seq};
      if (it) after = &causal;
    }
  }
  if (moment.change() && after == nullptr) return no_change();
  const std::int64_t until =
      after != nullptr ? document::written_at(after->change).ms : moment.time_ms();
  States states;
  for (const auto& [compartment, changes] : all) {
    const bool its_own = after != nullptr && moment.change()->compartment == compartment;
    std::vector<bool> wanted(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      wanted[i] =
          its_own ? &changes[i] == after : document::written_at(changes[i].change).ms <= until;
    }
    RELAIS_ASSIGN(auto state, state_of(changes, with_all_before(changes, std::move(wanted))));
    states.emplace_back(compartment, std::move(state));
  }
  return states;
}

Result<std::string> History::json(const DocumentId& document, const Moment& moment) {
  RELAIS_ASSIGN(const auto at, states(document, moment));
  std::vector<const document::State*> shown;
  for (const auto& [compartment, state] : at) {
    if (!state.empty()) shown.push_back(&state);
  }
  if (shown.empty()) return Error(ErrorCode::not_found, "The document didn't exist at that time.");
  return document::to_json(shown);
}

Result<std::vector<FieldDifference>> History::differences(const DocumentId& document,
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

}  // namespace relais::replica
