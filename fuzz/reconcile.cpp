// Messages that compare logs: any message, and the comparison of inventories made from the input,
// against a direct comparison. docs/spec/reconcile.md.
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/test_keys.h"
#include "reconcile/inventory.h"

namespace relais::fuzz {
namespace {

using reconcile::Heads;
using reconcile::Inventory;
using wire::message::Vectors;

const reconcile::SessionKey& session() {
  static const auto kSession = reconcile::session_key(filled_with<crypto::Hash>(1));
  return kSession;
}

std::vector<AuthorId> some_authors(std::size_t count) {
  std::vector<AuthorId> authors;
  for (std::size_t i = 0; i < count; ++i) {
    authors.push_back(filled_with<AuthorId>(static_cast<std::uint8_t>(i + 1)));
  }
  return authors;
}

log::Head head(Input& input) {
  const std::uint8_t byte = input.byte();
  const std::uint64_t seq = byte == 255 ? 1 + (input.u64() & 0xffff) : byte >> 2;
  return {seq, filled_with<crypto::Hash>(static_cast<std::uint8_t>(seq * 4 + (byte & 1)))};
}

Inventory inventory(Input& input) {
  Inventory made;
  for (std::size_t i = input.below(4); i > 0; --i) {
    Heads& heads = made[filled_with<CompartmentId>(static_cast<std::uint8_t>(input.below(4)))];
    for (std::size_t logs = input.below(6); logs > 0; --logs) {
      const auto author = filled_with<AuthorId>(static_cast<std::uint8_t>(1 + input.below(8)));
      const log::Head at = head(input);
      if (at.seq > 0) heads[author] = at;
    }
  }
  return made;
}

/// Checks the result of `compare`, seen from `ours`.
void check_comparison(const reconcile::Comparison& found, const Inventory& ours,
                      const Inventory& theirs) {
  std::size_t send = 0, receive = 0, forked = 0, differing = 0;
  for (const auto& [compartment, our_heads] : ours) {
    const auto other = theirs.find(compartment);
    if (other == theirs.end() || other->second == our_heads) continue;
    ++differing;
    std::map<AuthorId, std::pair<log::Head, log::Head>> logs;
    for (const auto& [author, at] : our_heads) logs[author].first = at;
    for (const auto& [author, at] : other->second) logs[author].second = at;
    for (const auto& [author, both] : logs) {
      send += both.first.seq > both.second.seq;
      receive += both.first.seq < both.second.seq;
      forked += both.first.seq == both.second.seq && both.first.hash != both.second.hash;
    }
  }
  RELAIS_CHECK(found.differing.size() == differing && !found.needs_their_logs);
  RELAIS_CHECK(found.to_send.size() == send && found.to_receive.size() == receive);
  RELAIS_CHECK(found.forked.size() == forked);
  for (const auto& difference : found.to_send) {
    RELAIS_CHECK(ours.at(difference.log.compartment).at(difference.log.author).seq ==
                 difference.ours);
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

void check_vectors(Input& input) {
  const Inventory ours = inventory(input);
  const Inventory theirs = inventory(input);
  const auto authors = some_authors(input.below(10));
  const bool answers = input.chance();  // the other side already has our roots
  const auto asked = reconcile::vectors(session(), ours, false, authors, nullptr);
  RELAIS_CHECK(asked.has_value());
  const auto sent =
      reconcile::vectors(session(), theirs, input.chance(), authors, answers ? &*asked : nullptr);
  RELAIS_CHECK(sent.has_value());
  Bytes bytes = wire::encode(wire::Message(*sent));
  const bool damaged = mutate(input, bytes);
  const auto message = check_message(bytes);
  RELAIS_CHECK(message || damaged);
  const auto* vectors = message ? std::get_if<Vectors>(&*message) : nullptr;
  if (vectors == nullptr) return;
  check_pages(*sent, *vectors);
  const auto found = reconcile::compare(session(), ours, authors, *vectors);
  if (damaged) {
    if (!found) RELAIS_CHECK(found.error().code() == ErrorCode::peer_misbehaved);
    (void)reconcile::vectors(session(), ours, false, authors, vectors);
    return;
  }
  RELAIS_CHECK(found.has_value());
  check_comparison(*found, ours, theirs);
  const bool equal = reconcile::root(session(), ours) == reconcile::root(session(), theirs);
  const auto without_empty = [](Inventory from) {
    std::erase_if(from, [](const auto& entry) { return entry.second.empty(); });
    return from;
  };
  RELAIS_CHECK(equal == (without_empty(ours) == without_empty(theirs)));
}

}  // namespace

void run(Input& input) {
  if (input.chance()) return check_vectors(input);
  const auto message = check_message(input.rest());
  const auto* vectors = message ? std::get_if<Vectors>(&*message) : nullptr;
  if (vectors == nullptr) return;
  const auto found = reconcile::compare(session(), {}, some_authors(3), *vectors);
  if (!found) check_error(found.error());
}

}  // namespace relais::fuzz
