// The changes of a document, found and put in order: engine/past.h.
#include <map>
#include <queue>
#include <set>
#include <tuple>

#include "base/try.h"
#include "engine/past.h"

namespace relais::engine {
namespace {

using document::Position;
using Found = std::map<Position, PastChange>;

/// The places that a change names as those it builds on: of each author the last.
const auto& named_by(const document::Change& change) { return change.context.entries(); }

/// The last change of an author up to a place that was found; nothing if there is none.
Found::iterator last_up_to(Found& found, const Position& place) {
  const auto after = found.upper_bound(place);
  if (after == found.begin()) return found.end();
  const auto last = std::prev(after);
  return last->first.author == place.author ? last : found.end();
}

/// For each change, those that come directly before it: what it names, and its author's one before.
class Graph {
 public:
  explicit Graph(Found& found) {
    for (auto& [position, past] : found) {
      std::set<const PastChange*> before;
      const auto add = [&](const Position& place) {
        const auto last = last_up_to(found, place);
        if (last != found.end()) before.insert(&last->second);
      };
      for (const Position& place : named_by(past.change)) add(place);
      add({position.author, position.seq - 1});
      for (const PastChange* earlier : before) after_[earlier].push_back(&past);
      lacks_[&past] = before.size();
      before_[&past] = std::move(before);
    }
  }

  /// Causes first; of those that know nothing of each other, the earlier stamp.
  std::vector<PastChange> in_order() {
    const auto later = [](const PastChange* a, const PastChange* b) {
      return std::tie(b->change.stamp, b->position) < std::tie(a->change.stamp, a->position);
    };
    std::priority_queue<PastChange*, std::vector<PastChange*>, decltype(later)> ready(later);
    for (const auto& [past, count] : lacks_) {
      if (count == 0) ready.push(past);
    }
    std::vector<PastChange> ordered;
    std::map<const PastChange*, std::size_t> places;
    while (!ready.empty()) {
      PastChange* next = ready.top();
      ready.pop();
      for (const PastChange* earlier : before_[next]) next->before.push_back(places.at(earlier));
      for (PastChange* waits : after_[next]) {
        if (--lacks_[waits] == 0) ready.push(waits);
      }
      places[next] = ordered.size();
      ordered.push_back(std::move(*next));
    }
    return ordered;
  }

 private:
  std::map<const PastChange*, std::set<const PastChange*>> before_;
  std::map<const PastChange*, std::vector<PastChange*>> after_;
  std::map<PastChange*, std::size_t> lacks_;
};

/// Finds a document's changes of one compartment from the last ones, through what each names.
class Search {
 public:
  Search(Core& core, const store::Reads& reads, const CompartmentId& compartment,
         const document::Address& address)
      : core_(core), reads_(reads), compartment_(compartment), address_(address) {}

  /// `applied`: per log, the last change of the document that counts.
  Result<Found> run(const std::vector<store::LocalPosition>& applied) {
    for (const auto& at : applied) {
      applied_[at.log] = at.seq;
      RELAIS_ASSIGN(auto placed, core_.documents.change(core_.control, reads_, at));
      if (!take(std::move(placed))) {
        return Error(ErrorCode::corrupt, "A document names a change of another one.");
      }
    }
    while (!todo_.empty()) {
      const Named named = todo_.back();
      todo_.pop_back();
      RELAIS_ASSIGN(const bool there, find(named.place));
      if (!there && named.by != nullptr) named.by->missing.push_back(named.place);
    }
    return std::move(found_);
  }

 private:
  using Placed = std::pair<document::Change, Position>;
  struct Named {
    PastChange* by;  ///< none: by what was set aside
    Position place;
  };

  /// Whether the place has a change of this document that counts.
  Result<bool> find(const Position& place) {
    if (found_.contains(place)) return true;
    if (!missing_.insert(place).second) return false;
    const store::LogRow* row = core_.logs.find(log::LogId{compartment_, place.author});
    if (row == nullptr) return false;
    const store::LocalPosition at{row->no, place.seq};
    RELAIS_ASSIGN(const auto aside,
                  reads_.get(store::Family::index, store::set_aside_key(row->no, place.seq)));
    const auto last = applied_.find(row->no);
    const bool counts = !aside && last != applied_.end() && place.seq <= last->second;
    if (!counts && !aside) return false;  // it waits, or isn't here
    auto placed = core_.documents.change(core_.control, reads_, at);
    if (counts && !placed) return std::move(placed).error();
    if (counts) return take(std::move(*placed));
    // Its author's changes before it are known through it alone.
    if (placed && placed->first.address == address_) add_named(nullptr, placed->first);
    return false;
  }

  bool take(Placed placed) {
    if (placed.first.address != address_) return false;
    const Position place = placed.second;
    const auto [at, fresh] =
        found_.emplace(place, PastChange{place, std::move(placed.first), {}, {}});
    if (fresh) add_named(&at->second, at->second.change);
    return true;
  }

  void add_named(PastChange* by, const document::Change& change) {
    for (const Position& place : named_by(change)) todo_.push_back({by, place});
  }

  Core& core_;
  const store::Reads& reads_;
  const CompartmentId& compartment_;
  const document::Address& address_;
  std::map<store::LogNo, std::uint64_t> applied_;
  Found found_;
  std::set<Position> missing_;  ///< or looked for just now
  std::vector<Named> todo_;
};

}  // namespace

Result<std::vector<PastChange>> past_changes(Core& core, const store::Reads& reads,
                                             const CompartmentId& compartment,
                                             const document::Address& address) {
  const Bytes key = store::document_key(*core.logs.compartment_no(compartment), address);
  RELAIS_ASSIGN(const auto record, Documents::record(reads, key));
  RELAIS_ASSIGN(Found found, Search(core, reads, compartment, address).run(record.context));
  return Graph(found).in_order();
}

std::vector<bool> with_all_before(const std::vector<PastChange>& changes,
                                  std::vector<bool> wanted) {
  for (std::size_t i = changes.size(); i-- > 0;) {
    if (!wanted[i]) continue;
    for (const std::size_t before : changes[i].before) wanted[before] = true;
  }
  return wanted;
}

Result<document::State> state_of(const std::vector<PastChange>& changes,
                                 const std::vector<bool>& wanted) {
  document::State state;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!wanted[i]) continue;
    for (const Position& missing : changes[i].missing) state.skip(missing);
    if (!state.ready(changes[i].change)) continue;
    RELAIS_TRY(state.apply(changes[i].change, changes[i].position));
  }
  return state;
}

Result<document::State> state_before(const std::vector<PastChange>& changes, std::size_t change) {
  std::vector<bool> wanted(changes.size());
  for (const std::size_t before : changes[change].before) wanted[before] = true;
  RELAIS_ASSIGN(auto state, state_of(changes, with_all_before(changes, std::move(wanted))));
  for (const Position& missing : changes[change].missing) state.skip(missing);
  return state;
}

}  // namespace relais::engine
