// Two to four replicas of a document, edited and merged in any order: merging is commutative,
// associative and idempotent, and equals applying the changes. docs/spec/document.md, "Merge".
#include "base/check.h"
#include "fuzz/support/replicas.h"
#include "fuzz/support/target.h"
#include "support/every_read.h"

namespace relais::fuzz {
namespace {

using document::State;

State merged(const State& a, const State& b) {
  State out = a;
  out.merge(b);
  return out;
}

Bytes bytes_of(const State& state) { return state.canonical(); }

void check_laws(const State& a, const State& b, const State& c) {
  const State ab = merged(a, b);
  RELAIS_CHECK(bytes_of(ab) == bytes_of(merged(b, a)));
  RELAIS_CHECK(bytes_of(merged(ab, c)) == bytes_of(merged(a, merged(b, c))));
  RELAIS_CHECK(bytes_of(merged(a, a)) == bytes_of(a));
  RELAIS_CHECK(bytes_of(merged(ab, b)) == bytes_of(ab));
}

std::vector<bool> either(const Replica& a, const Replica& b) {
  std::vector<bool> all = a.has;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = all[i] || b.has[i];
  return all;
}

/// A decoded state equals the encoded one.
void check_decoding(const Replicas& world, const Replica& replica, const Bytes& in_the_end) {
  const Bytes bytes = bytes_of(replica.state);
  RELAIS_CHECK(document::fault_of_bytes(replica.state).empty());
  RELAIS_CHECK(document::fault_of_reads(replica.state).empty());
  const auto decoded = State::decode(bytes);
  Replica copy = replica;
  copy.state = *decoded;
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < world.changes.size(); ++i) {
      if (!copy.has[i] && world.give(copy, i)) moved = true;
    }
  }
  RELAIS_CHECK(bytes_of(copy.state) == in_the_end);
}

}  // namespace

void run(Input& input) {
  Replicas world(2 + input.below(3));
  const std::size_t start = input.byte();
  for (int steps = 0; steps < 64 && !input.empty(); ++steps) {
    const std::size_t what = input.below(8);
    if (what < 5) {
      world.edit(input);
    } else if (what < 7) {
      world.deliver(input);
    } else {
      world.merge(input);
    }
  }
  const auto& replicas = world.replicas;
  const Replica& a = replicas[0];
  const Replica& b = replicas[1];
  check_laws(a.state, b.state, replicas.back().state);
  RELAIS_CHECK(bytes_of(world.replay(either(a, b), start).state) ==
               bytes_of(merged(a.state, b.state)));

  const std::vector<bool> all(world.changes.size(), true);
  const Bytes in_the_end = bytes_of(world.replay(all, start).state);
  RELAIS_CHECK(bytes_of(world.replay(all, 0).state) == in_the_end);
  State together;
  for (const Replica& replica : replicas) together.merge(replica.state);
  RELAIS_CHECK(bytes_of(together) == in_the_end);
  for (const Replica& replica : replicas) check_decoding(world, replica, in_the_end);
}

}  // namespace relais::fuzz
