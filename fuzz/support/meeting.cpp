#include "fuzz/support/meeting.h"

#include <algorithm>

#include "access/certificate.h"

namespace relais::fuzz {

TestSpace::TestSpace()
    : medical(space.create(space.owner(), "", "medical")),
      mesh_key(space.random.draw<crypto::SymmetricKey>()),
      caller(space.add(space.owner(), access::Level::member)),
      called(space.add(space.owner(), access::Level::member)),
      caller_host(space.founding.space, caller, space.random),
      called_host(space.founding.space, called, space.random) {
  for (FakeDelegate* host : {&caller_host, &called_host}) {
    host->member_of = space.membership();
    host->shared = {medical};
  }
}

void TestSpace::write(Input& input, FakeDelegate& host) {
  for (std::size_t count = input.below(4); count > 0; --count) {
    const int changes = 1 + static_cast<int>(input.below(4));
    const std::size_t unit = input.below(4) == 3 ? 64 : 1;  // now and then more than a piece
    host.write(medical, changes, 1 + input.byte() * unit);
  }
}

Bytes TestSpace::chain_of(const access::test::Actor& actor) const {
  return access::certificate_chain(*caller_host.member_of, actor.id()).value();
}

Peer TestSpace::call() {
  return Peer::sync({space.founding.space, caller.keys.noise, chain_of(caller), mesh_key},
                    caller_host, space.random, now);
}

Peer TestSpace::answer() {
  return Peer::serve({space.founding.space,
                      called.keys.noise,
                      chain_of(called),
                      space.founding.first_record,
                      {mesh_key},
                      {}},
                     called_host, sessions, space.random, now);
}

bool is_prefix(const FakeDelegate& part, const FakeDelegate& whole, const log::LogId& log) {
  if (part.seq(log) == 0) return true;
  if (part.seq(log) > whole.seq(log)) return false;
  const auto some = part.blocks(log);
  const auto all = whole.blocks(log);
  return std::equal(some.begin(), some.end(), all.begin());
}

}  // namespace relais::fuzz
