#include "engine/rederived.h"

#include <algorithm>
#include <map>

#include "base/try.h"

namespace relais::engine {
namespace {

using document::Position;

/// Applies each author's changes in their order, each when all that it names is settled.
class Replay {
 public:
  Replay(Core& core, const CompartmentId& compartment) : core_(core), compartment_(compartment) {}

  Status add(const store::LocalPosition& place) {
    RELAIS_ASSIGN(auto placed, core_.documents.change(core_.control, *core_.store, place));
    Author& author = authors_[placed.second.author];
    author.log = place.log;
    author.changes.emplace(place.seq, std::move(placed.first));
    return {};
  }

  Status run() {
    std::vector<AuthorId> todo;
    for (auto& [id, author] : authors_) {
      author.next = author.changes.begin();
      todo.push_back(id);
    }
    while (!todo.empty()) {
      const AuthorId id = todo.back();
      todo.pop_back();
      Author& author = authors_.at(id);
      while (author.next != author.changes.end() && !blocked(id, author.next->second)) {
        const auto& [seq, change] = *author.next;
        // What it names and isn't here was set aside: it counts as seen.
        for (const Position& seen : change.context.entries()) state_.skip(seen);
        RELAIS_TRY(state_.apply(change, {id, seq}));
        author.last = seq;
        ++author.next;
        auto woken = std::move(author.watched_by);
        author.watched_by.clear();
        todo.insert(todo.end(), woken.begin(), woken.end());
      }
    }
    return {};
  }

  Rederived result() && {
    Rederived result{std::move(state_), {}, {}};
    for (const auto& [id, author] : authors_) {
      if (author.last != 0) result.context.push_back({author.log, author.last});
      for (auto at = author.next; at != author.changes.end(); ++at) {
        result.waiting.push_back({author.log, at->first});
      }
    }
    const auto by_place = [](const auto& a, const auto& b) {
      return std::pair(a.log, a.seq) < std::pair(b.log, b.seq);
    };
    std::sort(result.context.begin(), result.context.end(), by_place);
    std::sort(result.waiting.begin(), result.waiting.end(), by_place);
    return result;
  }

 private:
  struct Author {
    store::LogNo log = 0;
    std::map<std::uint64_t, document::Change> changes;
    std::map<std::uint64_t, document::Change>::const_iterator next;
    std::uint64_t last = 0;            ///< applied
    std::vector<AuthorId> watched_by;  ///< whose next changes wait for one of these
  };

  /// Whether it names a change that waits, or that isn't here. Who comes first is watched.
  bool blocked(const AuthorId& self, const document::Change& change) {
    for (const Position& seen : change.context.entries()) {
      const auto known = authors_.find(seen.author);
      if (known != authors_.end()) {
        Author& author = known->second;
        if (author.last >= seen.seq) continue;
        if (author.changes.contains(seen.seq)) {
          if (seen.author != self) author.watched_by.push_back(self);
          return true;
        }
      }
      const store::LogRow* row = core_.logs.find(log::LogId{compartment_, seen.author});
      if (row == nullptr || row->opened < seen.seq) return true;
    }
    return false;
  }

  Core& core_;
  const CompartmentId& compartment_;
  std::map<AuthorId, Author> authors_;
  document::State state_;
};

}  // namespace

Result<Rederived> rederive(Core& core, const CompartmentId& compartment,
                           const std::vector<store::LocalPosition>& places) {
  Replay replay(core, compartment);
  for (const auto& place : places) RELAIS_TRY(replay.add(place));
  RELAIS_TRY(replay.run());
  return std::move(replay).result();
}

}  // namespace relais::engine
