#pragma once

#include <memory>
#include <string>
#include <vector>

#include "peer/peer.h"
#include "tests/peer/fake_delegate.h"

namespace relais::peer::test {

/// A member's device.
struct TestDevice {
  const Actor* actor = nullptr;
  std::unique_ptr<FakeDelegate> delegate;
  FakeDelegate* operator->() { return delegate.get(); }
};

/// A space with one compartment, "medical", whose control logs both devices of a test hold.
class PeerSpace {
 public:
  explicit PeerSpace(std::uint64_t seed = 1);

  /// A member with all of control, sharing `medical`.
  TestDevice add_member();
  /// A device that is no member: no membership, no control.
  TestDevice stranger();
  /// The owner's device, with the logs of control.
  TestDevice owner_device();
  TestDevice device_of(const Actor& actor);
  /// Admits a joiner on the owner's device: writes the record.
  Bytes admit(TestDevice& owner, const TestDevice& joiner);
  /// Gives each of the devices the logs of so many other authors, of one change each.
  void add_authors(std::size_t count, const std::vector<TestDevice*>& devices);
  SyncConfig sync_config(const TestDevice& device);
  ServeConfig serve_config(const TestDevice& device);
  JoinConfig join_config(const TestDevice& device);

  access::test::SmallSpace control;
  SeededRandom& random = control.random;
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
  PeerLink(PeerSpace& space, TestDevice& caller, TestDevice& called);

  /// Carries bytes until both have finished.
  void run();
  /// The same, but closes the link once this many bytes have crossed it, both ways together.
  void run_until_cut(std::uint64_t bytes);

  Peer& a() { return a_; }  ///< the caller
  Peer& b() { return b_; }

  static constexpr Now start() {
    return {Instant(Duration(1'000'000)), WallTime{1'700'000'000'000}};
  }
  std::size_t portion = 64 * 1024;  ///< bytes that arrive at a time
  bool slow_link = false;           ///< takes no bytes while others are on their way
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

/// Lets devices know every member so far, as after a sync of control.
void acquaint(const PeerSpace& space, const std::vector<TestDevice*>& devices);

/// A sync that succeeds on both sides.
struct Outcome {
  Report a, b;
  Bytes wire;
};
Outcome sync(PeerSpace& space, TestDevice& caller, TestDevice& called);

}  // namespace relais::peer::test
