#include "access/keyring.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "access/key_sharing.h"
#include "access/small_space.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

struct KeyringOf : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();
  CompartmentId medical = space.create(owner, "", "medical");

  NewEpochs new_epoch(const CompartmentId& compartment, const CitedHeads& cited = {}) {
    return space.epoch(compartment, cited);
  }
  static EpochId id_of(const NewEpochs& epochs) {
    return epoch_id(epochs.made.at(0).parts.at(0).commitment);
  }
  void write(Actor& author, const NewEpochs& epochs) { space.write_epochs(author, epochs); }
  EpochId write_new(Actor& author, const CompartmentId& compartment, const CitedHeads& cited = {}) {
    const NewEpochs epochs = new_epoch(compartment, cited);
    write(author, epochs);
    return id_of(epochs);
  }
  Keyring open(const Actor& actor) {
    return Keyring::open(space.membership(), actor.id(), actor.keys.receiving);
  }
  /// The id of the current epoch, if any.
  std::optional<EpochId> current(const Actor& actor, const CompartmentId& compartment) {
    const Membership membership = space.membership();
    const Epoch* epoch = open(actor).current(membership, compartment);
    return epoch == nullptr ? std::nullopt : std::optional(epoch->id);
  }
  Actor& reader_of(const CompartmentId& compartment, std::uint32_t rights = wire::kRead) {
    Actor& reader = space.add(owner, Level::member);
    space.write(owner, wire::record::RightsGranted{reader.id(), compartment, rights});
    return reader;
  }
  /// Two owners certify one device at two levels, which lowers its rights.
  Actor& weaken_somebody(Actor& other) {
    Actor& weakened = space.add(owner, Level::member);
    space.write(other, space.added(other, space.body(other, weakened, Level::courier)));
    return weakened;
  }
  bool is_open(const EpochId& id) { return space.membership().epoch(id)->makings.at(0).open; }
};

TEST_F(KeyringOf, ARecipientHoldsTheKeyOfTheEpoch) {
  Actor& reader = reader_of(medical);
  const NewEpochs epoch = new_epoch(medical);
  write(owner, epoch);
  for (const Actor* recipient : {&owner, &reader}) {
    const Keyring keyring = open(*recipient);
    ASSERT_NE(keyring.key(id_of(epoch)), nullptr);
    EXPECT_EQ(keyring.key(id_of(epoch))->view(), epoch.keys.at(medical).view());
  }
}

TEST_F(KeyringOf, WhoMayNotReadHoldsNothing) {
  Actor& other = space.add(owner, Level::member);
  const EpochId epoch = write_new(owner, medical);
  EXPECT_EQ(open(other).key(epoch), nullptr);
  EXPECT_EQ(open(other).size(), 0U);
  // Nor with the id of a reader and its own secret.
  EXPECT_EQ(Keyring::open(space.membership(), owner.id(), other.keys.receiving).size(), 0U);
}

TEST_F(KeyringOf, OneRecordServesManyCompartmentsEachWithItsOwnReaders) {
  const CompartmentId legal = space.create(owner, "", "legal");
  Actor& nurse = reader_of(medical);
  Actor& lawyer = reader_of(legal);
  const NewEpochs epochs = make_epochs(space.random, space.membership(), {medical, legal}, {});
  ASSERT_EQ(epochs.made.size(), 1U);
  write(owner, epochs);
  const Membership membership = space.membership();
  EXPECT_NE(open(nurse).current(membership, medical), nullptr);
  EXPECT_EQ(open(nurse).current(membership, legal), nullptr);
  EXPECT_NE(open(lawyer).current(membership, legal), nullptr);
  EXPECT_EQ(open(lawyer).current(membership, medical), nullptr);
}

TEST_F(KeyringOf, RecordsOfManyCompartmentsKeepWithinTheirLimitsAndGrowByAFewBytesEach) {
  for (std::size_t i = 0; i < 150; ++i) reader_of(medical);
  std::vector<CompartmentId> places;
  for (std::size_t i = 0; i < limits::kEpochParts + 1; ++i) {
    places.push_back(space.create(owner, std::to_string(i), "medical"));
  }
  const NewEpochs epochs = make_epochs(space.random, space.membership(), places, {});
  ASSERT_EQ(epochs.made.size(), 2U);
  EXPECT_EQ(epochs.made[0].parts.size(), limits::kEpochParts);
  EXPECT_EQ(epochs.made[1].parts.size(), 1U);
  const auto bytes = [&](std::size_t count) {
    places.resize(count);
    places.back() = medical;  // so that its readers are listed too
    return wire::encode(make_epochs(space.random, space.membership(), places, {}).made[0]).size();
  };
  const std::size_t ten = bytes(10), two = bytes(2);
  EXPECT_LT((ten - two) / 8, 90U) << "a compartment is no list of devices";
}

TEST_F(KeyringOf, TheLargestRecordDecodes) {
  wire::record::EpochMade made;
  for (std::size_t i = 0; i < limits::kCitedHeads; ++i) {
    made.cited.push_back({space.random.draw<AuthorId>(), limits::kLastSeq, {}});
  }
  for (std::size_t i = 0; i < limits::kEpochRecipients; ++i) {
    made.devices.push_back(space.random.draw<DeviceId>());
  }
  std::sort(made.devices.begin(), made.devices.end());
  for (std::size_t i = 0; i < limits::kEpochParts; ++i) {
    made.parts.push_back({space.random.draw<CompartmentId>(), space.random.draw<crypto::Hash>(),
                          Bytes(limits::kEpochRecipients / 8, '\xff')});
  }
  const Bytes encoded = wire::encode(made);
  EXPECT_LE(encoded.size(), limits::kControlRecordBytes);
  EXPECT_TRUE(wire::decode_control_record(encoded));
}

TEST_F(KeyringOf, GarbageCopiesArePassedOver) {
  const NewEpochs epoch = new_epoch(medical);
  space.write(owner, epoch.made[0]);
  wire::record::KeysSealed garbage{id_of(epoch), {}};
  garbage.copies.push_back({owner.id(), ""});
  garbage.copies.push_back({owner.id(), Bytes(80, '\0')});
  garbage.copies.push_back({owner.id(), crypto::seal_to(crypto::make_dh_key_pair(space.random),
                                                        owner.keys.receiving.public_key, "short")});
  garbage.copies.push_back(
      {owner.id(),
       crypto::seal_to(crypto::make_dh_key_pair(space.random), owner.keys.receiving.public_key,
                       epoch.keys.at(medical).view().substr(0, 31))});
  space.write(owner, garbage);
  EXPECT_EQ(open(owner).key(id_of(epoch)), nullptr);
  for (const auto& sealed : epoch.sealed) space.write(owner, sealed);
  ASSERT_NE(open(owner).key(id_of(epoch)), nullptr);
  EXPECT_EQ(open(owner).key(id_of(epoch))->view(), epoch.keys.at(medical).view());
}

TEST_F(KeyringOf, AKeyThatIsNotTheCommittedOneIsRefused) {
  const NewEpochs epoch = new_epoch(medical);
  space.write(owner, epoch.made[0]);
  const auto wrong = space.random.draw<crypto::SymmetricKey>();
  const Membership membership = space.membership();
  const auto copy = seal_key(wrong, *membership.device(owner.id()));
  space.write(owner, wire::record::KeysSealed{id_of(epoch), {*copy}});
  EXPECT_EQ(open(owner).size(), 0U);
}

TEST_F(KeyringOf, ACommitmentIsToOneKeyInOneCompartment) {
  const auto key = space.random.draw<crypto::SymmetricKey>();
  const auto other = space.random.draw<crypto::SymmetricKey>();
  EXPECT_EQ(commitment(key, medical), commitment(key, medical));
  EXPECT_NE(commitment(key, medical), commitment(other, medical));
  EXPECT_NE(commitment(key, medical), commitment(key, space.membership().control()));
}

TEST_F(KeyringOf, AnEpochOfNoKnownCompartmentIsIgnored) {
  write_new(owner, log::compartment_id(space.founding.space, "", "nowhere"));
  EXPECT_TRUE(space.membership().epochs().empty());
}

TEST_F(KeyringOf, WritingGoesUnderAnEpochThatNoOtherCites) {
  EXPECT_EQ(current(owner, medical), std::nullopt) << "none yet: make one first";
  write_new(owner, medical);
  const EpochId second = write_new(owner, medical);  // its own log is cited
  EXPECT_EQ(current(owner, medical), second);
  Actor& other = space.add(space.root(), Level::owner);
  const EpochId third = write_new(other, medical, {SmallSpace::upto(owner)});
  EXPECT_EQ(current(owner, medical), third);
  EXPECT_EQ(current(other, medical), third);
}

TEST_F(KeyringOf, TwoEpochsMadeAtOnceAreBothWrittenUnder) {
  Actor& other = space.add(space.root(), Level::owner);
  const EpochId one = write_new(owner, medical);
  const EpochId two = write_new(other, medical);
  const auto chosen = current(owner, medical);
  EXPECT_TRUE(chosen == one || chosen == two);
  EXPECT_TRUE(is_open(one));
  EXPECT_TRUE(is_open(two));
}

TEST_F(KeyringOf, NobodyPinsAnEpochByCitingPlacesThatAreNotHeld) {
  Actor& hostile = space.add(space.root(), Level::owner);
  CitedHeads far;
  for (const Actor* actor : {&space.root(), &owner}) {
    far.push_back({actor->author, limits::kLastSeq, {}});
  }
  const EpochId pinned = write_new(hostile, medical, far);
  EXPECT_EQ(current(owner, medical), std::nullopt)
      << "who can't hold what it cites can't hand its key on";
  const EpochId honest = write_new(owner, medical, {SmallSpace::upto(hostile)});
  EXPECT_EQ(current(owner, medical), honest);
  EXPECT_EQ(current(hostile, medical), honest);
  EXPECT_NE(open(owner).key(pinned), nullptr) << "reading goes on";
}

TEST_F(KeyringOf, AnEpochWhoseKeyIsNotHeldIsPassedOver) {
  Actor& reader = reader_of(medical);
  const EpochId held = write_new(owner, medical);
  const NewEpochs kept_back = new_epoch(medical);
  space.write(owner, kept_back.made[0]);
  EXPECT_EQ(current(reader, medical), held);
}

TEST_F(KeyringOf, AnEpochWithARecipientWhoMayNotReadIsClosedForWritingNotForReading) {
  Actor& outsider = space.add(owner, Level::member);
  const EpochId clean = write_new(owner, medical);
  NewEpochs leaked = new_epoch(medical);
  auto& made = leaked.made[0];
  made.devices.push_back(outsider.id());
  std::sort(made.devices.begin(), made.devices.end());
  made.parts[0].recipients = Bytes(1, '\x03');
  write(owner, leaked);
  EXPECT_FALSE(is_open(id_of(leaked)));
  EXPECT_EQ(current(owner, medical), clean);
  EXPECT_NE(open(owner).key(id_of(leaked)), nullptr);
  space.write(owner, wire::record::RightsGranted{outsider.id(), medical, wire::kRead});
  EXPECT_EQ(current(owner, medical), id_of(leaked));
}

TEST_F(KeyringOf, AnEpochWhoseMakerMayNotReadIsClosed) {
  Actor& outsider = space.add(owner, Level::member);
  EXPECT_FALSE(is_open(write_new(outsider, medical)));
}

TEST_F(KeyringOf, WhatWeakensADeviceClosesEachEpochThatDoesNotCiteIt) {
  Actor& other = space.add(space.root(), Level::owner);
  const EpochId before = write_new(owner, medical);
  EXPECT_TRUE(is_open(before));
  weaken_somebody(other);
  EXPECT_FALSE(is_open(before));
  EXPECT_EQ(current(owner, medical), std::nullopt);
  const EpochId half = write_new(owner, medical);  // its own log, but not the other one's
  EXPECT_FALSE(is_open(half));
  const EpochId after = write_new(owner, medical, {SmallSpace::upto(other)});
  EXPECT_TRUE(is_open(after));
  EXPECT_EQ(current(owner, medical), after);
}

TEST_F(KeyringOf, ACertificateThatMayNotCountClosesNoEpoch) {
  Actor& supervisor = space.add(owner, Level::supervisor);
  Actor& member = space.add(supervisor, Level::member);
  const EpochId made = write_new(owner, medical, {SmallSpace::upto(supervisor)});
  space.write(supervisor,
              space.added(supervisor, space.body(supervisor, member, Level::supervisor)));
  EXPECT_TRUE(is_open(made));
  EXPECT_EQ(current(owner, medical), made);
}

TEST_F(KeyringOf, AProofOfTooManyAuthorsClosesEachEpochThatDoesNotNameIt) {
  Actor& other = space.add(space.root(), Level::owner);
  const EpochId before = write_new(owner, medical);
  for (std::size_t i = 0; i < limits::kAuthorsPerDevice; ++i) space.again(other);
  EXPECT_FALSE(is_open(before));
  const EpochId after = write_new(owner, medical);
  EXPECT_EQ(space.membership().over_limit().count(other.id()), 1U);
  EXPECT_TRUE(is_open(after)) << "its maker knew";
}

TEST_F(KeyringOf, AnyReaderMakesEpochsOfItsCompartmentAndHandsKeysOn) {
  Actor& reader = reader_of(medical, wire::kWrite);
  const EpochId made = write_new(reader, medical, {SmallSpace::upto(owner)});
  EXPECT_EQ(current(owner, medical), made);
  Actor& late = reader_of(medical);
  EXPECT_EQ(current(late, medical), std::nullopt);
  const Membership membership = space.membership();
  const auto copy = seal_key(*open(reader).key(made), *membership.device(late.id()));
  space.write(reader, wire::record::KeysSealed{made, {*copy}});
  EXPECT_EQ(current(late, medical), made);
}

TEST_F(KeyringOf, MeshKeysAreMadeByLevelsThatWriteControl) {
  Actor& member = space.add(owner, Level::member);
  const CompartmentId control = space.membership().control();
  write_new(member, control);
  EXPECT_TRUE(space.membership().epochs(control).empty());
  Actor& supervisor = space.add(owner, Level::supervisor);
  const EpochId made = write_new(supervisor, control);
  EXPECT_EQ(current(member, control), made);
}

TEST_F(KeyringOf, OldMeshKeysTakeTurnsEachAuthorsNewestFirst) {
  Actor& flood = space.add(space.root(), Level::owner);
  const CompartmentId control = space.membership().control();
  std::vector<EpochId> owners, floods;
  for (int i = 0; i < 3; ++i) owners.push_back(write_new(owner, control));
  for (int i = 0; i < 9; ++i) {
    floods.push_back(write_new(flood, control, {SmallSpace::upto(owner)}));
  }
  const auto keys = open(owner).mesh_keys(space.membership());
  ASSERT_EQ(keys.current, std::vector<EpochId>{floods.back()});
  ASSERT_EQ(keys.old.size(), 11U);
  const auto rank = [&](const EpochId& id) {
    return std::find(keys.old.begin(), keys.old.end(), id) - keys.old.begin();
  };
  EXPECT_LT(rank(owners[2]), 2) << "no author's many epochs push out another's";
  EXPECT_LT(rank(owners[1]), 4);
  EXPECT_LT(rank(owners[0]), 6);
  EXPECT_LT(rank(floods[7]), rank(floods[6]));
}

TEST_F(KeyringOf, CopiesForManyReadersFillSeveralRecordsWithinTheirLimit) {
  for (std::size_t i = 0; i < limits::kCopiesPerRecord; ++i) reader_of(medical);
  const NewEpochs epochs = new_epoch(medical);  // one more: the owner
  ASSERT_EQ(epochs.sealed.size(), 2U);
  EXPECT_EQ(epochs.sealed[0].copies.size(), limits::kCopiesPerRecord);
  EXPECT_EQ(epochs.sealed[1].copies.size(), 1U);
  for (const auto& sealed : epochs.sealed) {
    const Bytes encoded = wire::encode(sealed);
    EXPECT_LE(encoded.size(), limits::kControlRecordBytes);
    EXPECT_TRUE(wire::decode_control_record(encoded));
  }
}

TEST_F(KeyringOf, CitedHeadsEndAtTheirLimitAndEmptyOnesAreLeftOut) {
  CitedHeads heads(limits::kCitedHeads + 1);
  for (auto& head : heads) head = {space.random.draw<AuthorId>(), 1, {}};
  heads[0].seq = 0;
  EXPECT_EQ(new_epoch(medical, heads).made[0].cited.size(), limits::kCitedHeads);
  heads[0].seq = 1;
  EXPECT_EQ(new_epoch(medical, heads).made[0].cited.size(), limits::kCitedHeads);
}

TEST_F(KeyringOf, AnAuthorsEpochsCountUpToTheirLimit) {
  wire::record::EpochMade made = new_epoch(medical).made[0];
  for (std::size_t i = 0; i < limits::kEpochsPerAuthor; ++i) {
    Bytes number;
    put_u64(number, i);
    made.parts[0].commitment = crypto::hash("test", {number});
    space.write(owner, made);
  }
  EXPECT_EQ(space.membership().epochs().size(), limits::kEpochsPerAuthor);
  write_new(owner, medical);
  EXPECT_EQ(space.membership().epochs().size(), limits::kEpochsPerAuthor);
  write_new(space.add(space.root(), Level::owner), medical);
  EXPECT_EQ(space.membership().epochs().size(), limits::kEpochsPerAuthor + 1);
}

}  // namespace
}  // namespace relais::access
