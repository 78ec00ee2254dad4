#include "fuzz/support/two_members.h"

#include <algorithm>

#include "access/certificate.h"

namespace relais::fuzz {

TwoMembers::TwoMembers()
    : medical(control.create(control.owner(), "", "medical")),
      mesh_key(control.random.draw<crypto::SymmetricKey>()),
      caller(control.add(control.owner(), access::Level::member)),
      called(control.add(control.owner(), access::Level::member)),
      caller_delegate(control.founding.space, caller, control.random),
      called_delegate(control.founding.space, called, control.random) {
  for (FakeDelegate* delegate : {&caller_delegate, &called_delegate}) {
    delegate->member_of = control.membership();
    delegate->shared = {medical};
  }
}

void TwoMembers::write(Input& input, FakeDelegate& delegate) {
  for (std::size_t count = input.below(4); count > 0; --count) {
    const int changes = 1 + static_cast<int>(input.below(4));
    const std::size_t unit = input.below(4) == 3 ? 64 : 1;  // sometimes more than a piece
    delegate.write(medical, changes, 1 + input.byte() * unit);
  }
}

reconcile::Checkpoint TwoMembers::nothing_held() {
  return reconcile::checkpoint(caller_delegate.control_inventory({}), {{medical, {}}});
}

void TwoMembers::remember_nothing() {
  caller_delegate.remember(called.id(), nothing_held(), {{medical, {}}});
  called_delegate.remember(caller.id(), nothing_held(), {{medical, {}}});
}

Bytes TwoMembers::chain_of(const access::test::Actor& actor) const {
  return access::certificate_chain(*caller_delegate.member_of, actor.id()).value();
}

Peer TwoMembers::call() {
  return Peer::sync({control.founding.space, caller.keys.noise, chain_of(caller), mesh_key},
                    caller_delegate, control.random, now);
}

Peer TwoMembers::answer() {
  return Peer::serve({control.founding.space,
                      called.keys.noise,
                      chain_of(called),
                      control.founding.first_record,
                      {mesh_key},
                      {}},
                     called_delegate, sessions, control.random, now);
}

bool is_prefix(const FakeDelegate& part, const FakeDelegate& whole, const log::LogId& log) {
  if (part.seq(log) == 0) return true;
  if (part.seq(log) > whole.seq(log)) return false;
  const auto some = part.blocks(log);
  const auto all = whole.blocks(log);
  return std::equal(some.begin(), some.end(), all.begin());
}

}  // namespace relais::fuzz
