#include "support/chance.h"
#include "tests/store/peer_memory_test.h"

namespace relais::store {
namespace {

/// Peers are remembered, as of now or of a little before, while logs grow; against a list of what
/// each held.
class RememberedAtRandom : public PeerMemoryTest {
 protected:
  using Seqs = std::map<std::uint32_t, std::uint64_t>;  // of logs, by their authors' numbers

  void step() {
    switch (chance_.below(10)) {
      case 0: return reopen();
      case 1: return remember_some();
      case 2: return forget_some();
      case 3: return fail_to_grow();
      default: return grow_some();
    }
  }

  void check() {
    for (std::uint32_t peer = 1; peer <= kPeers; ++peer) {
      ASSERT_EQ(find(peer).has_value(), held_.contains(peer)) << "peer " << peer;
      if (!held_.contains(peer)) continue;
      Ends expected;
      for (const auto& [number, seq] : now_) {
        const auto there = held_[peer].find(number);
        const std::uint64_t base = there == held_[peer].end() ? 0 : there->second;
        if (base != seq) expected[no(number)] = base;
      }
      ASSERT_EQ(grown(peer), expected) << "peer " << peer;
    }
  }

 private:
  static constexpr std::uint32_t kPeers = 6;

  LogNo no(std::uint32_t number) const {
    return logs_->find({numbered<CompartmentId>(1), numbered<AuthorId>(number)})->no;
  }
  std::uint32_t any_peer() { return static_cast<std::uint32_t>(1 + chance_.below(kPeers)); }

  Seqs grow_some(Commit& commit) {
    Seqs grown = now_;
    for (std::uint64_t logs = 1 + chance_.below(3); logs > 0; --logs) {
      const auto number = static_cast<std::uint32_t>(1 + chance_.below(12));
      std::uint64_t& seq = grown[number];
      grow(commit, number, seq += 1 + chance_.below(4));
    }
    return grown;
  }
  void grow_some() {
    before_ = now_;
    Commit commit(*logs_);
    now_ = grow_some(commit);
    ASSERT_TRUE(write(commit));
  }
  void fail_to_grow() {
    Commit commit(*logs_);
    grow_some(commit);
    if (chance_.one_in(2)) {
      ASSERT_TRUE(remember_peer(commit, *store_, device(any_peer()), memory_of('f')));
    }
    fail(commit);
  }
  /// As a session ends that began before the last growth, or after it.
  void remember_some() {
    const std::uint32_t peer = any_peer();
    const Seqs& held = chance_.one_in(2) ? before_ : now_;
    Ends ends;
    for (const auto& [number, seq] : now_) {
      const auto there = held.find(number);
      if (there == held.end()) {
        ends[no(number)] = 0;
      } else if (there->second != seq) {
        ends[no(number)] = there->second;
      }
    }
    remember(peer, static_cast<char>('a' + chance_.below(26)), ends);
    held_[peer] = held;
  }
  void forget_some() {
    const std::uint32_t peer = any_peer();
    Batch batch;
    forget_peer(batch, device(peer));
    ASSERT_TRUE(store_->commit(batch, Durability::buffered));
    held_.erase(peer);
  }

  testing::Chance chance_{20'240'607};
  Seqs now_, before_;
  std::map<std::uint32_t, Seqs> held_;
};

TEST_F(RememberedAtRandom, PeersAreToldExactlyWhatHasGrownSince) {
  for (int i = 0; i < 4000; ++i) {
    step();
    if (HasFatalFailure()) FAIL() << "step " << i;
    check();
    if (HasFatalFailure()) FAIL() << "step " << i;
  }
  EXPECT_GT(Commit(*logs_).generation(), 5 * limits::kForgettingInterval);
}

}  // namespace
}  // namespace relais::store
