#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "access/small_space.h"

/// Control as a set: whatever comes, in whatever order, makes the same membership everywhere.
namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

/// People of all levels who write what they may and what they may not.
class Crowd {
 public:
  explicit Crowd(std::uint64_t seed) : space(seed) {
    people_ = {&space.root(), &space.owner()};
    for (int i = 0; i < 2; ++i) people_.push_back(&space.add(space.root(), Level::owner));
    for (int i = 0; i < 6; ++i) people_.push_back(&space.add(space.owner(), any_level()));
    for (int i = 0; i < 2; ++i) people_.push_back(&space.stranger());
    for (int i = 0; i < 60; ++i) write_something(anybody());
  }

  void shuffle_and_repeat(std::vector<PlacedRecord>& records) {
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

  void write_something(Actor& author) {
    switch (space.random.below(6)) {
      case 0: return write_certificate(author);
      case 1: return space.write(author, wire::record::CompartmentCreated{any_name(), any_name()});
      case 2: {
        const std::string section = space.random.chance(3) ? "" : any_name();
        return space.write(author, wire::record::SectionMapped{any_name(), section, any_name()});
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
    space.write(author, space.added(author, body));
  }

  void write_epoch(Actor& author) {
    CitedHeads cited;
    for (std::size_t i = space.random.below(3); i > 0; --i) {
      cited.push_back({anybody().author, 1 + space.random.below(20), {}});
    }
    Device recipient;
    const Actor& chosen = anybody();
    recipient.id = chosen.id();
    recipient.receiving_key = chosen.keys.receiving.public_key;
    NewEpoch epoch = make_epoch(space.random, any_compartment(), cited, {&recipient});
    if (space.random.chance(5)) epoch.made.epoch.bytes[0] ^= 1;
    space.write(author, epoch.made);
    // The keys may come from another, and before the epoch itself.
    for (const auto& sealed : epoch.sealed) space.write(anybody(), sealed);
  }

  std::vector<Actor*> people_;
};

TEST(MembershipProperty, IsTheSameInAnyOrderOfDeliveryAndWithRepeats) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Crowd crowd(seed);
    const Membership membership = crowd.space.membership();
    ASSERT_GT(membership.devices().size(), 3U) << "seed " << seed;
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

TEST(MembershipProperty, DoesNotDependOnAnythingThatRootAndOwnersDidNotWrite) {
  for (std::uint64_t seed = 101; seed <= 130; ++seed) {
    Crowd crowd(seed);
    const Membership membership = crowd.space.membership();
    auto entitled = crowd.space.records;
    const auto& authors = membership.author_list();
    entitled.erase(std::remove_if(entitled.begin(), entitled.end(),
                                  [&](const PlacedRecord& record) {
                                    return !std::binary_search(authors.begin(), authors.end(),
                                                               record.author);
                                  }),
                   entitled.end());
    ASSERT_LT(entitled.size(), crowd.space.records.size());
    EXPECT_EQ(crowd.space.membership_of(entitled).canonical(), membership.canonical())
        << "seed " << seed;
  }
}

TEST(MembershipProperty, IsTheSameWithCertificatesVerifiedBefore) {
  for (std::uint64_t seed = 301; seed <= 310; ++seed) {
    Crowd crowd(seed);
    SmallSpace& space = crowd.space;
    VerifiedCertificates verified;
    for (std::size_t size = 0; size <= space.records.size(); size += 16) {
      const std::vector<PlacedRecord> some(space.records.begin(), space.records.begin() + size);
      const auto derived = Membership::derive(space.founding.space, space.founding.first_record,
                                              space.authors, some, &verified);
      ASSERT_TRUE(derived);
      EXPECT_EQ(derived->canonical(), space.membership_of(some).canonical()) << "seed " << seed;
    }
    EXPECT_GT(verified.size(), 3U);
  }
}

TEST(MembershipProperty, EveryDeviceHasAChainThatVerifies) {
  for (std::uint64_t seed = 201; seed <= 220; ++seed) {
    Crowd crowd(seed);
    const Membership membership = crowd.space.membership();
    for (const auto& [id, device] : membership.devices()) {
      const auto chain = certificate_chain(membership, id);
      ASSERT_TRUE(chain) << "seed " << seed;
      const auto peer = verify_chain(*chain, membership, device.noise_key, WallTime{0});
      ASSERT_TRUE(peer) << "seed " << seed;
      EXPECT_EQ(peer->device, id);
      EXPECT_EQ(peer->level, device.level);
    }
  }
}

}  // namespace
}  // namespace relais::access
