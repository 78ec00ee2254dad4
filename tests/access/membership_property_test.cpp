#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "access/small_space.h"

/// Control records are a set: in any order of arrival they give the same membership.
namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

/// Actors of all levels who write what they may and what they may not.
class Crowd {
 public:
  explicit Crowd(std::uint64_t seed) : space(seed) {
    people_ = {&space.root(), &space.owner()};
    for (int i = 0; i < 2; ++i) people_.push_back(&space.add(space.root(), Level::owner));
    for (int i = 0; i < 6; ++i) people_.push_back(&space.add(space.owner(), any_level()));
    for (int i = 0; i < 2; ++i) people_.push_back(&space.stranger());
    write_clash();
    for (int i = 0; i < 60; ++i) write_something(anybody());
  }

  void shuffle_and_repeat(std::vector<LocatedRecord>& records) {
    const std::size_t size = records.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (space.random.chance(4)) records.push_back(records[i]);
    }
    for (std::size_t i = records.size(); i > 1; --i) {
      std::swap(records[i - 1], records[space.random.below(i)]);
    }
  }

  SmallSpace space;

 private:
  Actor& anybody() { return *people_[space.random.below(people_.size())]; }
  Level any_level() { return static_cast<Level>(1 + space.random.below(4)); }
  std::string any_name() { return std::string(1, "abc"[space.random.below(3)]); }
  CompartmentId any_compartment() {
    if (space.random.chance(4)) return log::control_compartment(space.founding.space);
    return log::compartment_id(space.founding.space, any_name(), any_name());
  }

  /// Another owner certifies a device with other keys, which that device signed too.
  void write_clash() {
    Actor& other = *people_[2];
    Actor twin = *people_[4];
    twin.keys.noise = space.root().keys.noise;
    space.write(other, space.added(other, space.body(other, twin, Level::member)));
  }

  void write_something(Actor& author) {
    switch (space.random.below(6)) {
      case 0: return write_certificate(author);
      case 1: return space.write(author, wire::record::CompartmentCreated{any_name(), any_name()});
      case 2: {
        const std::string section = space.random.chance(3) ? "" : any_name();
        const std::string collection = any_name();
        const std::string label = any_name();
        const bool closed = collection < label;
        return space.write(author, wire::record::SectionMapped{collection, section, label,
                                                               any_citations(), closed});
      }
      case 3: {
        const auto rights = static_cast<std::uint32_t>(space.random.below(16));
        return space.write(author,
                           wire::record::RightsGranted{anybody().id(), any_compartment(), rights});
      }
      case 4: return write_epoch(author);
      default: return space.write(author, wire::record::Unknown{});
    }
  }

  void write_certificate(Actor& author) {
    wire::CertificateBody body = space.body(author, anybody(), any_level());
    if (space.random.chance(6)) body.issuer_seq += 1;
    if (space.random.chance(6)) body.space.bytes[0] ^= 1;
    if (space.random.chance(6)) body.issuer = anybody().keys.signing.public_key;
    if (space.random.chance(6)) body.noise_key = anybody().keys.noise.public_key;
    wire::record::MemberAdded added = space.added(author, body);
    added.cited = any_citations();
    space.write(author, added);
  }

  wire::Citations any_citations() {
    wire::Citations cited;
    for (std::size_t i = space.random.below(3); i > 0; --i) {
      const Actor& chosen = anybody();
      if (chosen.next_seq > 1) cited.push_back(SmallSpace::upto(chosen));
      if (!cited.empty() && space.random.chance(4)) cited.back().seq += 5;
      if (!cited.empty() && space.random.chance(4)) cited.back().hash.bytes[0] ^= 1;
    }
    return cited;
  }

  void write_epoch(Actor& author) {
    NewEpochs epochs = make_epochs(space.random, space.membership(),
                                   {any_compartment(), any_compartment()}, any_citations());
    if (space.random.chance(5)) epochs.made[0].parts[0].commitment.bytes[0] ^= 1;
    if (space.random.chance(5)) epochs.made[0].over_limit = {anybody().id()};
    space.write(author, epochs.made[0]);
    // Another device may share the keys, and before the epoch itself.
    for (const auto& sealed : epochs.sealed) space.write(anybody(), sealed);
  }

  std::vector<Actor*> people_;
};

TEST(MembershipProperty, IsTheSameInAnyOrderOfDeliveryAndWithRepeats) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Crowd crowd(seed);
    const Membership membership = crowd.space.membership();
    ASSERT_GE(membership.devices().size(), 3U) << "seed " << seed;
    ASSERT_GT(membership.tally().ignored, 0U) << "seed " << seed;
    for (int round = 0; round < 4; ++round) {
      auto records = crowd.space.records;
      crowd.shuffle_and_repeat(records);
      const Membership other = crowd.space.membership_of(records);
      ASSERT_EQ(other.canonical(), membership.canonical()) << "seed " << seed;
      ASSERT_EQ(other.tally(), membership.tally()) << "seed " << seed;
    }
  }
}

TEST(MembershipProperty, EveryDeviceHasAChainThatVerifies) {
  std::size_t clashes = 0;
  for (std::uint64_t seed = 201; seed <= 220; ++seed) {
    Crowd crowd(seed);
    const Membership membership = crowd.space.membership();
    for (const auto& [id, device] : membership.devices()) {
      clashes += device.keys_clash ? 1 : 0;
      const auto chain = certificate_chain(membership, id);
      ASSERT_TRUE(chain) << "seed " << seed;
      const auto peer = verify_chain(*chain, membership, device.noise_key, WallTime{0});
      ASSERT_EQ(peer.has_value(), !device.keys_clash) << "seed " << seed;
      if (!peer) continue;
      EXPECT_EQ(peer->device, id);
      EXPECT_EQ(peer->level, device.level);
    }
  }
  EXPECT_GT(clashes, 0U);
}

/// Every sequence of a few actions of three devices, each author knowing all earlier ones, in every
/// order of arrival.
class Scope {
 public:
  Scope()
      : one_(space_.owner()),
        other_(space_.add(space_.root(), Level::owner)),
        member_(space_.add(one_, Level::member)) {
    medical_ = space_.create(one_, "", "medical");
    legal_ = space_.create(other_, "", "legal");
    space_.write(one_, wire::record::RightsGranted{member_.id(), medical_, wire::kWrite});
    base_ = space_.records.size();
  }

  static constexpr std::size_t kDeeds = 11;

  /// Checks every order of the records of these actions.
  void check(const std::vector<std::size_t>& deeds) {
    const Actor before[] = {one_, other_, member_};
    for (const std::size_t deed : deeds) do_it(deed);
    const Bytes expected = space_.membership().canonical();
    std::vector<std::size_t> order(deeds.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      std::vector<LocatedRecord> arrived(space_.records.begin(),
                                         space_.records.begin() + static_cast<long>(base_));
      for (const std::size_t next : order) arrived.push_back(space_.records[base_ + next]);
      ASSERT_EQ(space_.membership_of(arrived).canonical(), expected);
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    space_.records.resize(base_);
    one_ = before[0];
    other_ = before[1];
    member_ = before[2];
  }

  std::size_t orders = 0;

 private:
  wire::Citations all() const {
    wire::Citations cited;
    for (const Actor* actor : {&space_.root(), &one_, &other_, &member_}) {
      if (actor->next_seq > 1) cited.push_back(SmallSpace::upto(*actor));
    }
    return cited;
  }
  void certify(Actor& by, Level level, bool citing, bool other_keys = false) {
    Actor subject = member_;
    if (other_keys) subject.keys.noise = other_.keys.noise;
    wire::record::MemberAdded added = space_.added(by, space_.body(by, subject, level));
    if (citing) added.cited = all();
    space_.write(by, added);
  }
  void map(Actor& by, const std::string& label, bool citing) {
    space_.write(by, wire::record::SectionMapped{"cases", "note", label,
                                                 citing ? all() : wire::Citations()});
  }
  void make_epoch(Actor& by, bool citing) {
    space_.write(by, space_.epoch(medical_, citing ? all() : wire::Citations()).made[0]);
  }

  void do_it(std::size_t deed) {
    switch (deed) {
      case 0: return certify(other_, Level::courier, false);
      case 1: return certify(other_, Level::member, true);
      case 2: return certify(other_, Level::member, false, true);
      case 3: return certify(one_, Level::supervisor, true);
      case 4: return map(one_, "medical", false);
      case 5: return map(other_, "legal", false);
      case 6: return map(other_, "legal", true);
      case 7: return make_epoch(one_, true);
      case 8: return make_epoch(other_, false);
      case 9: return make_epoch(member_, true);
      default:
        return space_.write(other_, wire::record::RightsGranted{member_.id(), legal_, kAllRights});
    }
  }

  mutable SmallSpace space_;
  Actor& one_;
  Actor& other_;
  Actor& member_;
  CompartmentId medical_, legal_;
  std::size_t base_ = 0;
};

TEST(MembershipProperty, IsTheSameInEveryOrderOfFourDeedsOfThreeDevices) {
  Scope scope;
  for (std::size_t depth = 1; depth <= 3; ++depth) {
    std::vector<std::size_t> deeds(depth, 0);
    bool more = true;
    while (more) {
      scope.check(deeds);
      std::size_t at = 0;
      while (at < depth && ++deeds[at] == Scope::kDeeds) deeds[at++] = 0;
      more = at < depth;
    }
  }
  EXPECT_EQ(scope.orders, 11U + 121 * 2 + 1331 * 6);
  // Four different actions: 330 sets, each forwards and backwards, in every order of arrival.
  std::vector<bool> chosen(Scope::kDeeds, false);
  std::fill(chosen.begin(), chosen.begin() + 4, true);
  const std::size_t before = scope.orders;
  do {
    std::vector<std::size_t> deeds;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (chosen[i]) deeds.push_back(i);
    }
    scope.check(deeds);
    std::reverse(deeds.begin(), deeds.end());
    scope.check(deeds);
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  EXPECT_EQ(scope.orders - before, 330U * 2 * 24);
}

}  // namespace
}  // namespace relais::access
