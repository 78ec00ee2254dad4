// Messages that compare logs: any message; and the comparison of inventories made from the input,
// through all the messages that it takes and damaged on the way, against a direct comparison.
// docs/spec/reconcile.md.
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "reconcile/inventory.h"

namespace relais::fuzz {
namespace {

using reconcile::Bases;
using reconcile::Differences;
using reconcile::Heads;
using reconcile::Inventory;
using wire::message::Vectors;
using Kind = Vectors::Kind;

const reconcile::SessionKey& session() {
  static const auto kSession = reconcile::session_key(filled_with<crypto::Hash>(1));
  return kSession;
}

CompartmentId compartment(std::size_t number) {
  return filled_with<CompartmentId>(static_cast<std::uint8_t>(number));
}
/// Authors in all ranges.
AuthorId spread_author(std::size_t number) {
  return filled_with<AuthorId>(static_cast<std::uint8_t>(number * 167));
}

/// What both held at a checkpoint, and what they hold now.
struct Inventories {
  Inventory both, ours, theirs;
};

void grow_some(Input& input, Inventory& inventory) {
  for (std::size_t logs = input.below(8); logs > 0; --logs) {
    const auto place = inventory.find(compartment(input.below(4)));
    const AuthorId author = spread_author(input.byte());
    const std::uint8_t how = input.byte();
    if (place == inventory.end()) continue;
    log::Head& at = place->second[author];
    at.seq += 1 + (how >> 1 & 15U);
    at.hash = filled_with<crypto::Hash>(static_cast<std::uint8_t>(at.seq * 4 + (how & 1U)));
  }
}

Inventories inventories(Input& input) {
  Inventories made;
  for (std::size_t i = input.below(4); i > 0; --i) {
    Heads& heads = made.both[compartment(input.below(4))];
    for (std::size_t log = input.byte(); log > 0; --log) {
      heads[spread_author(log)] = {3, filled_with<crypto::Hash>(12)};
    }
  }
  made.ours = made.theirs = made.both;
  grow_some(input, made.ours);
  grow_some(input, made.theirs);
  return made;
}

/// In order of tag and author.
Differences direct_comparison(const Inventory& ours, const Inventory& theirs) {
  std::map<std::pair<wire::CompartmentTag8, AuthorId>, reconcile::Difference> found;
  for (const auto& [id, our_heads] : ours) {
    const auto other = theirs.find(id);
    if (other == theirs.end()) continue;
    std::map<AuthorId, std::pair<log::Head, log::Head>> logs;
    for (const auto& [author, at] : our_heads) logs[author].first = at;
    for (const auto& [author, at] : other->second) logs[author].second = at;
    for (const auto& [author, both] : logs) {
      const auto& [here, there] = both;
      if (here == there) continue;
      const bool forked = here.seq == there.seq;
      found[{tag(session(), id), author}] = {{id, author}, here.seq, there.seq, forked};
    }
  }
  Differences all;
  for (const auto& [place, one] : found) all.push_back(one);
  return all;
}

void check_equal(const Differences& found, const Differences& expected, bool from_there = false) {
  RELAIS_CHECK(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& [log, ours, theirs, forked] = expected[i];
    RELAIS_CHECK(found[i].log == log && found[i].forked == forked);
    RELAIS_CHECK(found[i].ours == (from_there ? theirs : ours));
    RELAIS_CHECK(found[i].theirs == (from_there ? ours : theirs));
  }
}

/// Decodes a message; its encoding decodes to the same, unless its kind is unknown, of which
/// nothing is kept.
std::optional<wire::Message> check_message(BytesView bytes) {
  auto message = wire::decode_message(bytes);
  if (!message) {
    check_error(message.error());
    return std::nullopt;
  }
  const Bytes again = wire::encode(*message);
  if (std::holds_alternative<wire::message::Skipped>(*message)) {
    RELAIS_CHECK(again.empty());
    return std::move(*message);
  }
  const auto twice = wire::decode_message(again);
  RELAIS_CHECK(twice && twice->index() == message->index() && wire::encode(*twice) == again);
  return std::move(*message);
}

/// Pages of a peer, valid ones and any: put together they are within the limits.
void check_pages(const Vectors& sent, const Vectors& any) {
  Vectors all;
  for (const Vectors& page : reconcile::pages(sent)) {
    RELAIS_CHECK(reconcile::add_page(all, page).has_value());
  }
  RELAIS_CHECK(wire::encode(wire::Message(all)) == wire::encode(wire::Message(sent)));
  for (int i = 0; i < 2; ++i) {
    const Status added = reconcile::add_page(all, any);
    if (!added) RELAIS_CHECK(added.error().code() == ErrorCode::peer_misbehaved);
  }
  RELAIS_CHECK(all.vectors.size() <= 2 * limits::kCompartments);
}

/// What the damage on the way leaves of vectors; `damaged` becomes true if they changed.
std::optional<Vectors> carry(Input& input, const Vectors& sent, bool& damaged) {
  Bytes bytes = wire::encode(wire::Message(sent));
  const bool now = mutate(input, bytes);
  damaged = damaged || now;
  const auto message = check_message(bytes);
  RELAIS_CHECK(message || now);
  const auto* vectors = message ? std::get_if<Vectors>(&*message) : nullptr;
  if (vectors == nullptr) return std::nullopt;
  check_pages(sent, *vectors);
  return *vectors;
}

/// Whether it succeeded: always, unless something was damaged.
template <class T>
bool succeeds(const Result<T>& result, bool damaged) {
  RELAIS_CHECK(result || damaged);
  if (!result) RELAIS_CHECK(result.error().code() == ErrorCode::peer_misbehaved);
  return result.has_value();
}

/// `here` states what it found to `there`, in the order that numbers the logs.
void check_stated(Input& input, const Inventory& here, const Inventory& there,
                  const Differences& found, bool damaged) {
  if (!damaged) check_equal(found, direct_comparison(here, there));
  const auto arrived = carry(input, reconcile::state(session(), here, false, found), damaged);
  if (!arrived) return;
  const auto heard = reconcile::read(session(), there, *arrived);
  if (succeeds(heard, damaged) && !damaged) check_equal(*heard, found, true);
}

void check_all(Input& input, const Inventory& ours, const Inventory& theirs) {
  bool damaged = false;
  const auto opens = reconcile::opening(session(), theirs, input.chance());
  RELAIS_CHECK(opens.has_value() && reconcile::fits(theirs));
  const auto arrived = carry(input, *opens, damaged);
  if (!arrived) return;
  if (arrived->kind != Kind::summary) {
    const auto found = reconcile::compare(session(), ours, *arrived);
    if (succeeds(found, damaged)) check_stated(input, ours, theirs, *found, damaged);
    return;
  }
  const auto answer = reconcile::answer_summary(session(), ours, *arrived);
  if (!succeeds(answer, damaged)) return;
  const auto back = carry(input, *answer, damaged);
  if (!back) return;
  const auto found = reconcile::compare(session(), theirs, *back);
  if (succeeds(found, damaged)) check_stated(input, theirs, ours, *found, damaged);
}

/// The logs that have changed since; and some that have not, chosen by the input.
Bases changed(Input& input, const Inventory& both, const Inventory& now) {
  Bases bases;
  const std::size_t every = 1 + input.byte();
  std::size_t passed = 0;
  for (const auto& [id, heads] : now) {
    for (const auto& [author, at] : heads) {
      if (at.seq == 0) continue;  // no log changes to nothing
      const log::Head before = reconcile::head_of(both, {id, author});
      if (before != at || ++passed % every == 0) bases[{id, author}] = before.seq;
    }
  }
  return bases;
}

void check_changes(Input& input, const Inventories& some) {
  bool damaged = false;
  const Bases ours = changed(input, some.both, some.ours);
  const Bases theirs = changed(input, some.both, some.theirs);
  const auto told = reconcile::changes(session(), some.theirs, theirs);
  RELAIS_CHECK(told.has_value());
  const auto arrived = carry(input, *told, damaged);
  if (!arrived) return;
  const auto numbered = reconcile::read(session(), some.both, *arrived);
  if (succeeds(numbered, damaged) && !damaged) {
    check_equal(*numbered, reconcile::agreed(session(), some.theirs, theirs), true);
  }
  const auto found = reconcile::compare_changes(session(), some.ours, ours, *arrived);
  if (succeeds(found, damaged)) check_stated(input, some.ours, some.theirs, *found, damaged);
}

void check_inventories(Input& input) {
  Inventories some = inventories(input);
  const std::size_t how = input.below(8);
  if (how < 3) return check_changes(input, some);
  if (how == 7) some.ours.erase(compartment(input.below(4)));
  if (how == 7) some.theirs.erase(compartment(input.below(4)));
  check_all(input, some.ours, some.theirs);
  const auto without_empty = [](Inventory from) {
    std::erase_if(from, [](const auto& entry) { return entry.second.empty(); });
    return from;
  };
  const bool equal =
      reconcile::root(session(), some.ours) == reconcile::root(session(), some.theirs);
  RELAIS_CHECK(equal == (without_empty(some.ours) == without_empty(some.theirs)));
}

/// A peer's vectors of any kind, compared with an inventory that shares compartments with them.
void check_any(const Vectors& vectors) {
  Inventory ours{{compartment(0), {{spread_author(1), {3, {}}}}}, {compartment(1), {}}};
  const Bases changed{{{compartment(0), spread_author(1)}, 2}};
  const auto check = [](const auto& result) {
    if (!result) RELAIS_CHECK(result.error().code() == ErrorCode::peer_misbehaved);
  };
  if (vectors.kind == Kind::summary) check(reconcile::answer_summary(session(), ours, vectors));
  if (vectors.kind == Kind::logs) check(reconcile::compare(session(), ours, vectors));
  if (vectors.kind == Kind::differences) check(reconcile::read(session(), ours, vectors));
  if (vectors.kind == Kind::changes) {
    check(reconcile::compare_changes(session(), ours, changed, vectors));
  }
}

}  // namespace

void run(Input& input) {
  if (input.chance()) return check_inventories(input);
  const auto message = check_message(input.rest());
  if (const auto* vectors = message ? std::get_if<Vectors>(&*message) : nullptr) {
    check_any(*vectors);
  }
}

}  // namespace relais::fuzz
