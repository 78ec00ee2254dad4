#pragma once

#include "fuzz/support/input.h"
#include "peer/fake_host.h"
#include "peer/peer.h"

/// Two members of a space, with logs in memory, who meet over a link that the target carries.
namespace relais::fuzz {

using peer::Peer;
using peer::test::FakeHost;

class Ward {
 public:
  Ward();

  access::test::SmallSpace space{1};
  CompartmentId medical;
  crypto::SymmetricKey mesh_key;
  session::Reception reception;
  const access::test::Actor& caller;
  const access::test::Actor& called;
  FakeHost caller_host;
  FakeHost called_host;
  Now now{Instant(Duration(1'000'000)), WallTime{1'700'000'000'000}};

  /// Some transactions of the input's sizes.
  void write(Input& input, FakeHost& host);
  Bytes chain_of(const access::test::Actor& actor) const;
  Peer call();
  Peer answer();
};

/// True if `part` holds nothing but the beginning of what the author wrote.
bool is_prefix(const FakeHost& part, const FakeHost& whole, const log::LogId& log);

}  // namespace relais::fuzz
