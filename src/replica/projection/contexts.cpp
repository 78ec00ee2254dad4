#include "replica/projection/contexts.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "base/coding.h"
#include "base/try.h"

namespace relais::replica {

using document::Context;
using document::Position;

namespace {

Error damaged() { return Error(ErrorCode::corrupt, "A context in the store is damaged."); }

/// Sorts changes causally, with one queue per author.
class CausalOrder {
 public:
  CausalOrder(std::vector<LocatedChange>& changes, const Context& before) : changes_(changes) {
    std::sort(changes_.begin(), changes_.end(),
              [](const auto& a, const auto& b) { return a.position < b.position; });
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      queues_[changes_[i].position.author].changes.push_back(i);
      const auto& content = changes_[i].change.content;
      if (content && !before.covers(*content, 1)) carried_[*content];
    }
    for (const auto& [author, queue] : queues_) todo_.push_back(author);
  }

  Status visit_all(const std::function<Status(LocatedChange&)>& visit) {
    std::size_t visited = 0;
    while (!todo_.empty()) {
      const AuthorId author = todo_.front();
      todo_.pop_front();
      Queue& queue = queues_.at(author);
      while (queue.next < queue.changes.size()) {
        LocatedChange& change = changes_[queue.changes[queue.next]];
        if (Waiters* waiters = blocking(change)) {
          waiters->push_back(author);
          break;
        }
        const std::optional<AuthorId> content = change.change.content;
        RELAIS_TRY(visit(change));
        ++visited;
        ++queue.next;
        resume(queue.waiters);
        const auto carried = content ? carried_.find(*content) : carried_.end();
        if (carried == carried_.end()) continue;
        resume(carried->second);
        carried_.erase(carried);
      }
    }
    if (visited == changes_.size()) return {};
    return Error(ErrorCode::corrupt, "The changes of a document cite each other in a cycle.");
  }

 private:
  using Waiters = std::vector<AuthorId>;
  struct Queue {
    std::vector<std::size_t> changes;
    std::size_t next = 0;
    Waiters waiters;
  };

  void resume(Waiters& waiters) {
    todo_.insert(todo_.end(), waiters.begin(), waiters.end());
    waiters.clear();
  }

  Waiters* blocking(const LocatedChange& located) {
    for (const document::Cited& entry : located.change.cites.cited) {
      if (Waiters* waiters = blocking(located, {entry.author, entry.seq})) return waiters;
    }
    for (const AuthorId& content : located.change.cites.contents) {
      const auto carried = carried_.find(content);
      if (carried != carried_.end()) return &carried->second;
    }
    if (located.change.cites.whole) return nullptr;
    for (const Position& named : named_positions(located.change)) {
      if (Waiters* waiters = blocking(located, named)) return waiters;
    }
    return nullptr;
  }
  Waiters* blocking(const LocatedChange& located, const Position& entry) {
    if (entry.author == located.position.author) return nullptr;
    const auto found = queues_.find(entry.author);
    if (found == queues_.end()) return nullptr;
    Queue& queue = found->second;
    // An ignored entry, of another history of a frozen log, isn't in the context.
    const std::uint64_t last = std::min(entry.seq, located.change.context.last(entry.author));
    const bool passed = queue.next == queue.changes.size() ||
                        changes_[queue.changes[queue.next]].position.seq > last;
    return passed ? nullptr : &queue.waiters;
  }

  std::vector<LocatedChange>& changes_;
  std::map<AuthorId, Queue> queues_;
  std::map<AuthorId, Waiters> carried_;  ///< by-content changes without a visited carrier
  std::deque<AuthorId> todo_;
};

}  // namespace

bool needs_vector(const document::ChangeHeader& header) {
  return !header.cites.whole || std::any_of(header.cites.cited.begin(), header.cites.cited.end(),
                                            [](const auto& entry) { return entry.floor != 0; });
}

std::vector<Position> named_positions(const document::Change& change) {
  std::set<Position> positions;
  for (const document::Op& op : change.ops) {
    document::each_named_dot(op, [&positions](const document::Dot& dot) {
      positions.insert({dot.author, dot.seq});
    });
  }
  std::vector<Position> named;
  for (const Position& position : positions) {
    if (!document::is_content(change.cites, position.author)) named.push_back(position);
  }
  return named;
}

Context united(const Context& a, const Context& b) {
  Context both;
  for (const Position& entry : a.entries()) both.advance(entry.author, entry.seq);
  for (const Position& entry : b.entries()) both.advance(entry.author, entry.seq);
  for (const Position& exception : a.exceptions()) {
    if (!b.covers(exception.author, exception.seq)) both.except(exception);
  }
  for (const Position& exception : b.exceptions()) {
    if (!a.covers(exception.author, exception.seq)) both.except(exception);
  }
  return both;
}

Context clipped(const Context& context, const Context& applied) {
  Context clipped;
  for (const Position& entry : context.entries()) {
    clipped.advance(entry.author, std::min(entry.seq, applied.last(entry.author)));
  }
  for (const Position& exception : context.exceptions()) {
    if (exception.seq <= clipped.last(exception.author)) clipped.except(exception);
  }
  return clipped;
}

Bytes encode_context(const Context& context, const store::LogNames& logs,
                     const CompartmentId& compartment) {
  std::vector<store::LocalPosition> entries;
  std::vector<store::LocalPosition> exceptions;
  const auto add = [&](const Position& position, std::vector<store::LocalPosition>& to) {
    const auto log = logs.find(log::LogId{compartment, position.author});
    if (log) to.push_back({log->no, position.seq});
  };
  for (const Position& entry : context.entries()) add(entry, entries);
  for (const Position& exception : context.exceptions()) add(exception, exceptions);
  Bytes out;
  for (auto* positions : {&entries, &exceptions}) {
    std::sort(positions->begin(), positions->end());
    put_varint(out, positions->size());
    for (const store::LocalPosition& position : *positions) {
      put_varint(out, position.log);
      put_varint(out, position.seq);
    }
  }
  return out;
}

Result<Context> decode_context(BytesView bytes, const store::LogNames& logs) {
  Reader in(bytes);
  Context context;
  for (const bool exceptions : {false, true}) {
    const std::uint64_t count = in.varint();
    for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
      const auto no = static_cast<store::LogNo>(in.varint());
      const std::uint64_t seq = in.varint();
      const auto log = logs.find(no);
      if (!log) return damaged();
      exceptions ? context.except({log->id.author, seq}) : context.advance(log->id.author, seq);
    }
  }
  if (!in.finished()) return damaged();
  return context;
}

Status in_causal_order(std::vector<LocatedChange>& changes, const Context& before,
                       const std::function<Status(LocatedChange&)>& visit) {
  return CausalOrder(changes, before).visit_all(visit);
}

}  // namespace relais::replica
