// The changes of a document in causal order: replica/read/history.h.
#include <map>
#include <queue>
#include <set>
#include <tuple>

#include "base/try.h"
#include "replica/read/history.h"

namespace relais::replica {
namespace {

using document::Position;
using Found = std::map<Position, CausalChange>;

/// The author's last change up to a position; `end` if there is none.
Found::iterator last_up_to(Found& found, const Position& position) {
  const auto after = found.upper_bound(position);
  if (after == found.begin()) return found.end();
  const auto last = std::prev(after);
  return last->first.author == position.author ? last : found.end();
}

/// For each change its direct predecessors: its entries, and its author's previous change.
class Graph {
 public:
  explicit Graph(Found& found) {
    for (auto& [position, causal] : found) {
      std::set<const CausalChange*> before;
      const auto add = [&](const Position& entry) {
        const auto last = last_up_to(found, entry);
        if (last != found.end()) before.insert(&last->second);
      };
      for (const Position& entry : causal.change.context.entries()) add(entry);
      add({position.author, position.seq - 1});
      for (const CausalChange* earlier : before) after_[earlier].push_back(&causal);
      lacks_[&causal] = before.size();
      before_[&causal] = std::move(before);
    }
  }

  /// In causal order; of concurrent changes, the one with the earlier stamp first.
  std::vector<CausalChange> in_order() {
    const auto later = [](const CausalChange* a, const CausalChange* b) {
      return std::tie(b->change.stamp, b->position) < std::tie(a->change.stamp, a->position);
    };
    std::priority_queue<CausalChange*, std::vector<CausalChange*>, decltype(later)> ready(later);
    for (const auto& [causal, count] : lacks_) {
      if (count == 0) ready.push(causal);
    }
    std::vector<CausalChange> ordered;
    std::map<const CausalChange*, std::size_t> positions;
    while (!ready.empty()) {
      CausalChange* next = ready.top();
      ready.pop();
      for (const CausalChange* earlier : before_[next])
        next->before.push_back(positions.at(earlier));
      for (CausalChange* waits : after_[next]) {
        if (--lacks_[waits] == 0) ready.push(waits);
      }
      positions[next] = ordered.size();
      ordered.push_back(std::move(*next));
    }
    return ordered;
  }

 private:
  std::map<const CausalChange*, std::set<const CausalChange*>> before_;
  std::map<const CausalChange*, std::vector<CausalChange*>> after_;
  std::map<CausalChange*, std::size_t> lacks_;
};

}  // namespace

Result<std::vector<CausalChange>> causal_changes(const ReadSource& from,
                                                 const CompartmentId& compartment,
                                                 const document::Address& address) {
  const Bytes key = store::document_key(*from.logs.compartment_no(compartment), address);
  RELAIS_ASSIGN(const auto record, Documents::record(from.store, key));
  RELAIS_ASSIGN(auto changes, from.documents().changes(from.control, from.store, key, record));
  Found found;
  for (LocatedChange& each : changes) {
    found.emplace(each.position, CausalChange{each.position, std::move(each.change), {}});
  }
  return Graph(found).in_order();
}

std::vector<bool> with_all_before(const std::vector<CausalChange>& changes,
                                  std::vector<bool> wanted) {
  for (std::size_t i = changes.size(); i-- > 0;) {
    if (!wanted[i]) continue;
    for (const std::size_t before : changes[i].before) wanted[before] = true;
  }
  return wanted;
}

Result<document::State> state_of(const std::vector<CausalChange>& changes,
                                 const std::vector<bool>& wanted) {
  document::State state;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!wanted[i]) continue;
    if (!state.ready(changes[i].change)) continue;
    RELAIS_TRY(state.apply(changes[i].change, changes[i].position));
  }
  return state;
}

Result<document::State> state_before(const std::vector<CausalChange>& changes, std::size_t change) {
  std::vector<bool> wanted(changes.size());
  for (const std::size_t before : changes[change].before) wanted[before] = true;
  return state_of(changes, with_all_before(changes, std::move(wanted)));
}

}  // namespace relais::replica
