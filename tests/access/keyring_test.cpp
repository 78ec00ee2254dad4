#include "access/keyring.h"

#include <gtest/gtest.h>

#include "access/small_space.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

struct KeyringOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();
  CompartmentId medical = space.create(owner, "", "medical");

  NewEpoch new_epoch(const CompartmentId& compartment, CitedHeads cited = {}) {
    return make_epoch(space.random, space.membership(), compartment, std::move(cited));
  }
  void write(Actor& author, const NewEpoch& epoch) {
    space.write(author, epoch.made);
    for (const auto& sealed : epoch.sealed) space.write(author, sealed);
  }
  EpochId write_new(Actor& author, const CompartmentId& compartment, CitedHeads cited = {}) {
    const NewEpoch epoch = new_epoch(compartment, std::move(cited));
    write(author, epoch);
    return epoch.made.epoch;
  }
  Keyring open(const Actor& actor) {
    return Keyring::open(space.membership(), actor.id(), actor.keys.receiving);
  }
  /// The current epoch's id; nothing: none.
  std::optional<EpochId> current(const Actor& actor, const CompartmentId& compartment) {
    const Membership membership = space.membership();
    const Epoch* epoch = open(actor).current(membership, compartment);
    return epoch == nullptr ? std::nullopt : std::optional(epoch->id);
  }
  Actor& reader_of(const CompartmentId& compartment) {
    Actor& reader = space.add(owner, Level::member);
    space.write(owner, wire::record::RightsGranted{reader.id(), compartment, wire::kRead});
    return reader;
  }
};

TEST_F(KeyringOf, ARecipientHoldsTheKeyOfTheEpoch) {
  Actor& reader = reader_of(medical);
  const NewEpoch epoch = new_epoch(medical);
  write(owner, epoch);
  for (const Actor* recipient : {&owner, &reader}) {
    const Keyring keyring = open(*recipient);
    ASSERT_NE(keyring.key(epoch.made.epoch), nullptr);
    EXPECT_EQ(keyring.key(epoch.made.epoch)->view(), epoch.key.view());
  }
}

TEST_F(KeyringOf, WhoMayNotReadHoldsNothing) {
  Actor& other = space.add(owner, Level::member);
  const EpochId epoch = write_new(owner, medical);
  EXPECT_EQ(open(other).key(epoch), nullptr);
  EXPECT_EQ(open(other).size(), 0U);
  // Not even with a reader's id and its own secret.
  EXPECT_EQ(Keyring::open(space.membership(), owner.id(), other.keys.receiving).size(), 0U);
}

TEST_F(KeyringOf, GarbageCopiesArePassedOver) {
  const NewEpoch epoch = new_epoch(medical);
  space.write(owner, epoch.made);
  wire::record::KeysSealed garbage{epoch.made.epoch, {}};
  garbage.copies.push_back({owner.id(), ""});
  garbage.copies.push_back({owner.id(), Bytes(80, '\0')});
  garbage.copies.push_back(
      {owner.id(), crypto::seal_to(space.random, owner.keys.receiving.public_key, "short")});
  garbage.copies.push_back(
      {owner.id(), crypto::seal_to(space.random, owner.keys.receiving.public_key,
                                   epoch.key.view().substr(0, 31))});
  space.write(owner, garbage);
  EXPECT_EQ(open(owner).key(epoch.made.epoch), nullptr);
  for (const auto& sealed : epoch.sealed) space.write(owner, sealed);
  ASSERT_NE(open(owner).key(epoch.made.epoch), nullptr);
  EXPECT_EQ(open(owner).key(epoch.made.epoch)->view(), epoch.key.view());
}

TEST_F(KeyringOf, AKeyThatIsNotTheCommittedOneIsRefused) {
  const NewEpoch epoch = new_epoch(medical);
  space.write(owner, epoch.made);
  const auto wrong = space.random.draw<crypto::SymmetricKey>();
  const Membership membership = space.membership();
  space.write(owner, wire::record::KeysSealed{
                         epoch.made.epoch,
                         {seal_key(space.random, wrong, *membership.device(owner.id()))}});
  EXPECT_EQ(open(owner).size(), 0U);
}

TEST_F(KeyringOf, ACommitmentIsToOneKeyInOneCompartment) {
  const auto key = space.random.draw<crypto::SymmetricKey>();
  const auto other = space.random.draw<crypto::SymmetricKey>();
  EXPECT_EQ(commitment(key, medical), commitment(key, medical));
  EXPECT_NE(commitment(key, medical), commitment(other, medical));
  EXPECT_NE(commitment(key, medical), commitment(key, space.membership().control()));
}

TEST_F(KeyringOf, AnEpochWhoseIdIsNotCutFromItsCommitmentIsIgnored) {
  NewEpoch epoch = new_epoch(medical);
  epoch.made.epoch.bytes[0] ^= 1;
  for (auto& sealed : epoch.sealed) sealed.epoch = epoch.made.epoch;
  write(owner, epoch);
  EXPECT_TRUE(space.membership().epochs(medical).empty());
}

TEST_F(KeyringOf, AnEpochOfNoKnownCompartmentIsIgnored) {
  write_new(owner, log::compartment_id(space.founding.space, "", "nowhere"));
  EXPECT_TRUE(space.membership().epochs().empty());
}

TEST_F(KeyringOf, WritingGoesUnderTheNewestEpoch) {
  EXPECT_EQ(current(owner, medical), std::nullopt) << "none yet: make one first";
  write_new(owner, medical);
  const EpochId second = write_new(owner, medical);
  EXPECT_EQ(current(owner, medical), second);
}

TEST_F(KeyringOf, AnEpochMadeInKnowledgeOfAnotherIsNewerWhoeverMadeIt) {
  Actor& other = space.add(space.root(), Level::owner);
  Actor* makers[] = {&owner, &other, &owner, &other, &other, &owner};
  EpochId last;
  for (Actor* maker : makers) {
    CitedHeads heads;
    for (const Actor* actor : {&space.root(), &owner, &other}) {
      if (actor == maker) continue;  // its own log is known to it
      heads.push_back({actor->author, actor->next_seq - 1, {}});
    }
    last = write_new(*maker, medical, heads);
    EXPECT_EQ(current(owner, medical), last);
    EXPECT_EQ(current(other, medical), last);
  }
  const Membership membership = space.membership();
  EXPECT_EQ(membership.epochs(medical).size(), std::size(makers));
  EXPECT_EQ(membership.epochs(medical).back()->id, last);
}

TEST_F(KeyringOf, CitationsThatOverflowAreNoFault) {
  CitedHeads far;
  for (int i = 0; i < 3; ++i) {
    far.push_back({space.random.draw<AuthorId>(), limits::kLastSeq, {}});
    far.push_back({far.back().author, UINT64_MAX, {}});
  }
  const EpochId epoch = write_new(owner, medical, far);
  EXPECT_EQ(space.membership().epoch(epoch)->seen, UINT64_MAX);
  EXPECT_EQ(current(owner, medical), epoch);
}

TEST_F(KeyringOf, AnEpochWhoseKeyIsNotHeldIsPassedOver) {
  Actor& reader = reader_of(medical);
  const EpochId held = write_new(owner, medical);
  const NewEpoch kept_back = new_epoch(medical);
  space.write(owner, kept_back.made);
  EXPECT_EQ(current(reader, medical), held);
}

TEST_F(KeyringOf, NothingIsWrittenUnderAnEpochGivenToOneWhoMayNotRead) {
  const EpochId clean = write_new(owner, medical);
  const NewEpoch leaked = new_epoch(medical);
  write(owner, leaked);
  EXPECT_EQ(current(owner, medical), leaked.made.epoch);
  Actor& outsider = space.add(owner, Level::member);
  const Membership membership = space.membership();
  space.write(owner, wire::record::KeysSealed{
                         leaked.made.epoch,
                         {seal_key(space.random, leaked.key, *membership.device(outsider.id()))}});
  EXPECT_EQ(current(owner, medical), clean);
  EXPECT_NE(open(owner).key(leaked.made.epoch), nullptr) << "reading goes on";
  space.write(owner, wire::record::RightsGranted{outsider.id(), medical, wire::kRead});
  EXPECT_EQ(current(owner, medical), leaked.made.epoch);
}

TEST_F(KeyringOf, OnlyOwnersMakeEpochsAndHandKeysOn) {
  Actor& reader = reader_of(medical);
  const EpochId epoch = write_new(owner, medical);
  write_new(reader, medical);
  EXPECT_EQ(space.membership().epochs().size(), 1U);
  const std::size_t copies = space.membership().epoch(epoch)->copies.size();
  space.write(reader, wire::record::KeysSealed{epoch, {{reader.id(), "x"}}});
  EXPECT_EQ(space.membership().epoch(epoch)->copies.size(), copies);
}

TEST_F(KeyringOf, MeshKeysAreTheNewestFirstUpToTheirLimit) {
  const Membership empty = space.membership();
  EXPECT_TRUE(open(owner).mesh_keys(empty).empty());
  std::vector<NewEpoch> epochs;
  for (std::size_t i = 0; i < limits::kMeshKeys + 1; ++i) {
    const Membership membership = space.membership();
    EXPECT_EQ(open(owner).mesh_keys(membership).size(), i);
    epochs.push_back(new_epoch(membership.control()));
    write(owner, epochs.back());
  }
  write_new(owner, medical);
  const Membership membership = space.membership();
  const auto keys = open(owner).mesh_keys(membership);
  ASSERT_EQ(keys.size(), limits::kMeshKeys);
  static_assert(limits::kMeshKeys < limits::kPskCandidates, "room for open invitations");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(keys[i].view(), epochs[epochs.size() - 1 - i].key.view()) << i;
  }
}

TEST_F(KeyringOf, CopiesForManyReadersFillSeveralRecordsWithinTheirLimit) {
  const Membership membership = space.membership();
  const Device& device = *membership.device(owner.id());
  for (const std::size_t readers : {limits::kCopiesPerRecord, limits::kCopiesPerRecord + 1}) {
    const NewEpoch epoch =
        make_epoch(space.random, medical, {}, std::vector<const Device*>(readers, &device));
    ASSERT_EQ(epoch.sealed.size(), readers == limits::kCopiesPerRecord ? 1U : 2U);
    for (const auto& sealed : epoch.sealed) {
      const Bytes encoded = wire::encode(sealed);
      EXPECT_LE(encoded.size(), limits::kControlRecordBytes);
      EXPECT_TRUE(wire::decode_control_record(encoded));
    }
  }
}

TEST_F(KeyringOf, CitedHeadsEndAtTheirLimitAndEmptyOnesAreLeftOut) {
  CitedHeads heads(limits::kCitedHeads + 1);
  for (auto& head : heads) head = {space.random.draw<AuthorId>(), 1, {}};
  heads[0].seq = 0;
  EXPECT_EQ(new_epoch(medical, heads).made.cited.size(), limits::kCitedHeads);
  heads[0].seq = 1;
  const auto made = new_epoch(medical, heads).made;
  EXPECT_EQ(made.cited.size(), limits::kCitedHeads);
  EXPECT_TRUE(wire::decode_control_record(wire::encode(made)));
}

}  // namespace
}  // namespace relais::access
