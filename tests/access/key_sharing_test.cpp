#include "access/key_sharing.h"

#include <gtest/gtest.h>

#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;
using wire::record::KeysSealed;

struct HandingOn : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();
  CompartmentId medical = space.create(owner, "", "medical");
  KnownCopies known;

  Actor& writer() {
    Actor& actor = space.add(owner, Level::member);
    space.write(owner, wire::record::RightsGranted{actor.id(), medical, wire::kWrite});
    return actor;
  }
  Keyring open(const Actor& actor) {
    return Keyring::open(space.membership(), actor.id(), actor.keys.receiving);
  }
  /// An epoch of `maker` that covers what the owner wrote, and whose key only these devices get.
  EpochId write_for(Actor& maker, const std::vector<const Actor*>& given) {
    NewEpochs epochs = space.epoch(medical, {SmallSpace::upto(owner)});
    const EpochId id = epoch_id(epochs.made.at(0).parts.at(0).commitment);
    const Membership membership = space.membership();
    KeysSealed sealed{id, {}};
    for (const Actor* actor : given) {
      sealed.copies.push_back(*seal_key(epochs.keys.at(medical), *membership.device(actor->id())));
    }
    space.write(maker, epochs.made.at(0));
    space.write(maker, sealed);
    return id;
  }
  EpochId current(const Actor& actor) {
    const Membership membership = space.membership();
    const Epoch* epoch = open(actor).current(membership, medical);
    return epoch == nullptr ? EpochId() : epoch->id;
  }
  std::vector<KeysSealed> missing(const Actor& by, const EpochId& epoch) {
    const Membership membership = space.membership();
    const auto is_own = [&](const AuthorId& author) { return author == by.author; };
    return missing_copies(membership, open(by), *membership.epoch(epoch), is_own, known);
  }
  std::size_t count_missing(const Actor& by, const EpochId& epoch) {
    std::size_t count = 0;
    for (const KeysSealed& sealed : missing(by, epoch)) count += sealed.copies.size();
    return count;
  }
};

TEST_F(HandingOn, WhoeverHoldsAKeySealsTheSameCopyToADevice) {
  Actor& reader = writer();
  const Membership membership = space.membership();
  const auto key = space.random.draw<crypto::SymmetricKey>();
  const auto other = space.random.draw<crypto::SymmetricKey>();
  const Device& to = *membership.device(reader.id());
  EXPECT_EQ(seal_key(key, to)->box, seal_key(key, to)->box);
  EXPECT_NE(seal_key(other, to)->box.substr(0, 32), seal_key(key, to)->box.substr(0, 32));
  EXPECT_NE(seal_key(key, *membership.device(owner.id()))->box.substr(0, 32),
            seal_key(key, to)->box.substr(0, 32));
  EXPECT_EQ(crypto::open_sealed(reader.keys.receiving, seal_key(key, to)->box), key.view());
}

TEST_F(HandingOn, NothingIsMissingOfAnEpochWhoseMakerGaveItToAll) {
  Actor& reader = writer();
  const NewEpochs epochs = space.epoch(medical);
  space.write_epochs(owner, epochs);
  const EpochId id = epoch_id(epochs.made.at(0).parts.at(0).commitment);
  EXPECT_TRUE(missing(owner, id).empty());
  EXPECT_TRUE(missing(reader, id).empty());
}

TEST_F(HandingOn, AReaderWhomTheMakerLeftOutIsGivenTheKeyByAnotherHolder) {
  Actor &liar = writer(), &victim = writer(), &reader = writer();
  const EpochId made = write_for(liar, {&liar, &victim});
  ASSERT_EQ(current(victim), made);
  const auto copies = missing(victim, made);
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(copies[0].copies.size(), 2U);  // the reader, and the owner
  space.write(victim, copies[0]);
  EXPECT_EQ(current(reader), made);
  EXPECT_EQ(current(owner), made);
  EXPECT_TRUE(missing(victim, made).empty());
  EXPECT_TRUE(missing(owner, made).empty());
}

TEST_F(HandingOn, ACopyThatDoesNotOpenStandsForNone) {
  Actor &liar = writer(), &victim = writer(), &reader = writer();
  const EpochId made = write_for(liar, {&liar, &victim, &owner});
  space.write(liar, KeysSealed{made, {{reader.id(), Bytes(80, 'x')}}});
  const auto copies = missing(victim, made);
  ASSERT_EQ(copies.size(), 1U);
  ASSERT_EQ(copies[0].copies.size(), 1U);
  EXPECT_EQ(copies[0].copies[0].device, reader.id());
  space.write(victim, copies[0]);
  EXPECT_EQ(current(reader), made);
  EXPECT_EQ(count_missing(owner, made), 0U);
}

TEST_F(HandingOn, WhatThisDeviceSealedItselfIsNotSealedAgain) {
  Actor& reader = writer();
  const EpochId made = write_for(owner, {&owner});
  // As an earlier version encrypted it, with another ephemeral key.
  const Bytes box =
      crypto::seal_to(crypto::make_dh_key_pair(space.random), reader.keys.receiving.public_key,
                      open(owner).key(made)->view());
  space.write(owner, KeysSealed{made, {{reader.id(), box}}});
  EXPECT_EQ(count_missing(owner, made), 0U);
}

TEST_F(HandingOn, NobodyIsGivenAKeyWhoseMakerMayHaveKnownMore) {
  Actor& reader = writer();
  Actor& other = space.add(space.root(), Level::owner);
  space.create(other, "", "x");
  NewEpochs epochs = space.epoch(medical, {SmallSpace::upto(owner), SmallSpace::upto(other)});
  const EpochId id = epoch_id(epochs.made.at(0).parts.at(0).commitment);
  const Membership membership = space.membership();
  space.write(owner, epochs.made.at(0));
  space.write(
      owner, KeysSealed{id, {*seal_key(epochs.keys.at(medical), *membership.device(reader.id()))}});
  EXPECT_EQ(count_missing(reader, id), 2U);  // both owners
  std::erase_if(space.records,
                [&](const LocatedRecord& record) { return record.author == other.author; });
  EXPECT_EQ(count_missing(reader, id), 0U);
}

TEST_F(HandingOn, WhoMayNotReadIsGivenNothing) {
  Actor& reader = writer();
  space.add(owner, Level::member);
  space.add(owner, Level::courier);
  const EpochId made = write_for(owner, {&owner});
  const auto copies = missing(owner, made);
  ASSERT_EQ(copies.size(), 1U);
  ASSERT_EQ(copies[0].copies.size(), 1U);
  EXPECT_EQ(copies[0].copies[0].device, reader.id());
}

TEST_F(HandingOn, AMembersEpochReplacesNoneOfAnOwner) {
  Actor &liar = writer(), &victim = writer();
  const EpochId owners = write_for(owner, {&owner, &liar, &victim});
  write_for(liar, {&liar, &victim});
  EXPECT_EQ(current(victim), owners);
  const EpochId newer = write_for(owner, {&owner, &liar, &victim});
  EXPECT_EQ(current(victim), newer) << "an owner's replaces an owner's";
  Actor& supervisor = space.add(owner, Level::supervisor);
  space.write(owner, wire::record::RightsGranted{supervisor.id(), medical, wire::kWrite});
  write_for(supervisor, {&victim});
  EXPECT_EQ(current(victim), newer);
}

TEST_F(HandingOn, OfMeshKeysOnlyTheCurrentOnesAreHandedOn) {
  const CompartmentId control = space.membership().control();
  const auto make = [&] {
    const NewEpochs epochs = space.epoch(control);
    space.write_epochs(owner, epochs);
    return epoch_id(epochs.made.at(0).parts.at(0).commitment);
  };
  make();
  const EpochId second = make();
  const Membership membership = space.membership();
  const auto is_own = [&](const AuthorId& author) { return author == owner.author; };
  const auto own = own_epochs(membership, open(owner), is_own);
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0]->id, second);
}

}  // namespace
}  // namespace relais::access
