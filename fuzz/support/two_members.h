#pragma once

#include "fuzz/support/input.h"
#include "peer/fake_delegate.h"
#include "peer/peer.h"

/// Two members of a space, with logs in memory, that sync over a link driven by the target.
namespace relais::fuzz {

using peer::Peer;
using peer::test::FakeDelegate;

class TwoMembers {
 public:
  TwoMembers();

  access::test::SmallSpace control{1};
  CompartmentId medical;
  crypto::SymmetricKey mesh_key;
  session::SessionLimiter sessions;
  const access::test::Actor& caller;
  const access::test::Actor& called;
  FakeDelegate caller_delegate;
  FakeDelegate called_delegate;
  Now now{Instant(Duration(1'000'000)), WallTime{1'700'000'000'000}};

  /// Writes some transactions, with sizes from the input.
  void write(Input& input, FakeDelegate& delegate);
  /// Each remembers that both once held no data, and the control of now.
  void remember_nothing();
  reconcile::Checkpoint nothing_held();
  Bytes chain_of(const access::test::Actor& actor) const;
  Peer call();
  Peer answer();
};

/// Whether `part` is a prefix of what the author wrote.
bool is_prefix(const FakeDelegate& part, const FakeDelegate& whole, const log::LogId& log);

}  // namespace relais::fuzz
