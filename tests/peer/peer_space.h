#pragma once

#include <memory>
#include <string>
#include <vector>

#include "peer/peer.h"
#include "tests/peer/fake_delegate.h"

namespace relais::peer::test {

/// A member's tablet.
struct Tablet {
  const Actor* actor = nullptr;
  std::unique_ptr<FakeDelegate> host;
  FakeDelegate* operator->() { return host.get(); }
};

/// A space with one compartment, "medical", whose control logs both tablets of a test hold.
class PeerSpace {
 public:
  explicit PeerSpace(std::uint64_t seed = 1);

  /// A member with all of control, sharing `medical`.
  Tablet tablet();
  /// Nobody yet: no membership, no control.
  Tablet stranger();
  /// The owner's, with control's logs as they are on paper.
  Tablet owners_tablet();
  Tablet tablet_of(const Actor& actor);
  /// What an owner's tablet does when somebody joins: writes the record that admits him.
  Bytes admit(Tablet& owner, const Tablet& joiner);
  SyncConfig sync_config(const Tablet& tablet);
  ServeConfig serve_config(const Tablet& tablet);
  JoinConfig join_config(const Tablet& tablet);

  access::test::SmallSpace space;
  SeededRandom& random = space.random;
  CompartmentId medical;
  crypto::SymmetricKey mesh_key;
  crypto::SymmetricKey invitation;
  session::SessionLimiter sessions;
};

/// Two peers and a link between them that carries bytes in virtual time.
class PeerLink {
 public:
  PeerLink(Peer a, Peer b) : a_(std::move(a)), b_(std::move(b)) {}
  /// `caller` syncs with `called`.
  PeerLink(PeerSpace& ward, Tablet& caller, Tablet& called);

  /// Carries bytes until both have finished or `steps` turns are over.
  void run();
  /// The same, and closes the link once so many bytes have crossed it, both ways together.
  void run_until_cut(std::uint64_t bytes);

  Peer& a() { return a_; }  ///< who called
  Peer& b() { return b_; }

  static constexpr Now start() {
    return {Instant(Duration(1'000'000)), WallTime{1'700'000'000'000}};
  }
  std::size_t portion = 64 * 1024;  ///< bytes that arrive at once
  bool slow_link = false;           ///< takes no byte while another is under way
  Now now = start();
  Bytes wire;                 ///< all that crossed, both ways
  std::uint64_t crossed = 0;  ///< bytes
  std::size_t largest_queue = 0;
  bool recording = false;

 private:
  struct Way {
    Bytes bytes;
    std::size_t given = 0;
    std::size_t left() const { return bytes.size() - given; }
  };
  bool carry(Peer& from, Way& way, Peer& to);
  void pass_time();

  Peer a_, b_;
  Way to_b_, to_a_;
  std::uint64_t cut_at_ = ~std::uint64_t{0};
};

/// A whole meeting that both sides call a success.
struct Outcome {
  Report a, b;
  Bytes wire;
};
Outcome meet(PeerSpace& ward, Tablet& caller, Tablet& called);

}  // namespace relais::peer::test
