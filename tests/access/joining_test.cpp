#include "access/joining.h"

#include <gmock/gmock.h>

#include "access/small_space.h"
#include "base/coding.h"
#include "base/limits.h"

namespace relais::access {
namespace {

using test::Actor;
using test::SmallSpace;

constexpr std::string_view kUnverified = "The devices could not verify each other: invite again.";

struct Joining : testing::Test {
  SmallSpace space;
  Actor& owner = space.owner();
  CompartmentId medical, legal;
  Actor& joiner = space.stranger();

  Joining() {
    const FoundingPlan plan = {{{"", "medical"}, {"", "legal"}}, {{"", "", "medical"}}};
    space.write_all(owner,
                    owner_founding_records(space.random, plan, space.membership(), {}).value());
    medical = log::compartment_id(space.founding.space, "", "medical");
    legal = log::compartment_id(space.founding.space, "", "legal");
  }

  JoinRequest request_of(const Actor& actor) const {
    return make_join_request(actor.keys, space.founding.space);
  }
  Keyring keyring_of(const Actor& actor) {
    return Keyring::open(space.membership(), actor.id(), actor.keys.receiving);
  }
  Result<std::vector<wire::ControlRecord>> admit(const Actor& by, const JoinRequest& request,
                                                 const Admission& admission) {
    return admit_device(space.membership(), keyring_of(by), by.keys, by.author, by.next_seq,
                        request, admission);
  }
  void expect_refused(const Actor& by, const JoinRequest& request, const Admission& admission,
                      ErrorCode code, std::string_view message) {
    const auto records = admit(by, request, admission);
    ASSERT_FALSE(records);
    EXPECT_EQ(records.error().code(), code);
    EXPECT_EQ(records.error().message(), message);
  }
};

TEST_F(Joining, AnAdmittedDeviceReadsAndWritesWhatItWasGranted) {
  space.write_all(owner, admit(owner, request_of(joiner), {Level::member, {medical}}).value());
  const Membership membership = space.membership();
  ASSERT_NE(membership.device(joiner.id()), nullptr);
  EXPECT_EQ(membership.device(joiner.id())->level, Level::member);
  EXPECT_EQ(membership.rights(joiner.id(), medical), wire::kRead | wire::kWrite);
  EXPECT_EQ(membership.rights(joiner.id(), legal), 0U);

  const Keyring keyring = keyring_of(joiner);
  EXPECT_EQ(keyring.mesh_keys(membership).current.size(), 1U);
  EXPECT_NE(keyring.current(membership, medical), nullptr);
  EXPECT_EQ(keyring.current(membership, legal), nullptr);
  EXPECT_EQ(keyring.size(), 2U);
  EXPECT_EQ(membership.tally().ignored, 0U);
}

TEST_F(Joining, TheFirstRecordIsTheCertificateOfThatPlace) {
  const auto records = admit(owner, request_of(joiner), {Level::member, {medical}});
  const auto* added = std::get_if<wire::record::MemberAdded>(&records->front());
  ASSERT_NE(added, nullptr);
  const auto body = verify_certificate(added->certificate, space.founding.space);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->issuer_author, owner.author);
  EXPECT_EQ(body->issuer_seq, owner.next_seq);
}

TEST_F(Joining, AReaderGetsAllEpochsAndTheCurrentMeshKey) {
  const auto control = space.membership().control();
  for (int i = 0; i < 5; ++i) {
    for (const CompartmentId& place : {medical, control}) {
      space.write_epochs(owner, space.epoch(place));
    }
  }
  space.write_all(owner, admit(owner, request_of(joiner), {Level::member, {medical}}).value());
  const Membership membership = space.membership();
  const Keyring joiners = keyring_of(joiner), owners = keyring_of(owner);
  EXPECT_EQ(joiners.held(membership, medical), membership.epochs(medical));
  EXPECT_EQ(joiners.mesh_keys(membership).current, owners.mesh_keys(membership).current);
  EXPECT_EQ(joiners.size(), 1 + membership.epochs(medical).size());
}

TEST_F(Joining, AnEpochWhoseCitationsAreNotAllHeldIsNotHandedOn) {
  const Actor& other = space.add(space.root(), Level::owner);
  space.write_epochs(owner, space.epoch(medical, {{other.author, 7, {}}}));
  space.write_all(owner, admit(owner, request_of(joiner), {Level::member, {medical}}).value());
  const Membership membership = space.membership();
  EXPECT_EQ(membership.epochs(medical).size(), 2U);
  EXPECT_EQ(keyring_of(joiner).held(membership, medical).size(), 1U)
      << "what its maker knew may have taken the right to it";
}

TEST_F(Joining, WhoMayWriteGetsTheCompartmentsKeys) {
  Admission admission{Level::member, {medical}};
  admission.rights = wire::kWrite;
  space.write_all(owner, admit(owner, request_of(joiner), admission).value());
  EXPECT_NE(keyring_of(joiner).current(space.membership(), medical), nullptr);
}

TEST_F(Joining, AMemberWithTheSameKeysIsAdmittedWithoutAnotherRecord) {
  space.write_all(owner, admit(owner, request_of(joiner), {}).value());
  const auto again = admit(owner, request_of(joiner), {});
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
}

TEST_F(Joining, AMemberWithOtherKeysIsRefused) {
  space.write_all(owner, admit(owner, request_of(joiner), {}).value());
  JoinRequest other = request_of(joiner);
  other.receiving_key = space.stranger().keys.receiving.public_key;
  expect_refused(
      owner, other, {}, ErrorCode::not_authorised,
      "That device is already a member with other keys: make new keys there and join again.");
}

TEST_F(Joining, OnlyOwnersAdmit) {
  const std::string_view refused = "This device may not admit others: ask an owner of the space.";
  expect_refused(space.stranger(), request_of(joiner), {}, ErrorCode::not_authorised, refused);
  for (const Level level : {Level::supervisor, Level::member, Level::courier}) {
    Actor& low = space.add(owner, level);
    expect_refused(low, request_of(joiner), {Level::courier}, ErrorCode::not_authorised, refused);
  }
}

TEST_F(Joining, AnOwnerDoesNotAdmitOwners) {
  for (const Level level : {Level::owner, Level::root}) {
    expect_refused(owner, request_of(joiner), {level}, ErrorCode::not_authorised,
                   "An owner admits supervisors, members and couriers; another owner needs the "
                   "recovery phrase.");
  }
}

TEST_F(Joining, ADeviceWithUnusableKeysIsRefused) {
  const std::string_view refused =
      "The joining device's keys can't be used: start again on that device.";
  JoinRequest bad = request_of(joiner);
  bad.noise_key = {};
  expect_refused(owner, bad, {}, ErrorCode::not_authorised, refused);
  bad = request_of(joiner);
  bad.signing_key = {};
  expect_refused(owner, bad, {}, ErrorCode::not_authorised, refused);
  bad = request_of(joiner);
  bad.signing_key = space.founding.root.public_key;
  expect_refused(owner, bad, {}, ErrorCode::not_authorised, refused);
}

TEST_F(Joining, GrantsOfNoCompartmentOrNoSenseAreRefused) {
  const auto nowhere = log::compartment_id(space.founding.space, "", "nowhere");
  expect_refused(owner, request_of(joiner), {Level::member, {nowhere}}, ErrorCode::not_found,
                 "The space has no such compartment.");
  const std::string_view rights =
      "A member's rights are to read, write and grant; a courier has none.";
  expect_refused(owner, request_of(joiner), {Level::courier, {medical}},
                 ErrorCode::invalid_argument, rights);
  for (const std::uint32_t bits : {0U, 8U}) {
    expect_refused(owner, request_of(joiner), {Level::member, {medical}, bits},
                   ErrorCode::invalid_argument, rights);
  }
}

TEST_F(Joining, AnOwnerWithoutTheKeysCannotAdmit) {
  Actor& new_owner = space.add(space.root(), Level::owner);  // it has no key copy yet
  expect_refused(new_owner, request_of(joiner), {}, ErrorCode::not_authorised,
                 "This device lacks a key that it must share: sync it first.");
}

TEST_F(Joining, ACourierGetsTheMeshKeyAlone) {
  space.write_all(owner, admit(owner, request_of(joiner), {Level::courier}).value());
  EXPECT_EQ(keyring_of(joiner).size(), 1U);
  EXPECT_EQ(keyring_of(joiner).mesh_keys(space.membership()).current.size(), 1U);
}

struct Request : Joining {
  const SpaceId& id = space.founding.space;
  Bytes request = encode_join_request(joiner.keys, id);

  void expect_refused(BytesView bytes, const SpaceId& of, const crypto::DhPublicKey& noise) {
    const auto decoded = decode_join_request(bytes, of, noise);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code(), ErrorCode::not_authorised);
    EXPECT_EQ(decoded.error().message(), kUnverified);
  }
};

TEST_F(Request, RoundTrips) {
  const auto decoded = decode_join_request(request, id, joiner.keys.noise.public_key);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->signing_key, joiner.keys.signing.public_key);
  EXPECT_EQ(decoded->noise_key, joiner.keys.noise.public_key);
  EXPECT_EQ(decoded->receiving_key, joiner.keys.receiving.public_key);
}

TEST_F(Request, HasNoRoomForANameOfAPersonOrADevice) {
  EXPECT_EQ(request.size(), 1U + 3 * 32 + 64);
}

TEST_F(Request, OfAnotherSessionIsRefused) {
  expect_refused(request, id, owner.keys.noise.public_key);
}

TEST_F(Request, OfAnotherSpaceIsRefused) {
  SpaceId other = id;
  other.bytes[0] ^= 1;
  expect_refused(request, other, joiner.keys.noise.public_key);
}

TEST_F(Request, WithAnyByteChangedOrMissingIsRefused) {
  for (std::size_t i = 0; i < request.size(); ++i) {
    Bytes bad = request;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    expect_refused(bad, id, joiner.keys.noise.public_key);
    expect_refused(BytesView(request).substr(0, i), id, joiner.keys.noise.public_key);
  }
  expect_refused(request + '\0', id, joiner.keys.noise.public_key);
}

TEST_F(Request, ForKeysThatCannotBeUsedIsRefused) {
  DeviceKeys keys = joiner.keys;
  keys.receiving.public_key = {};
  expect_refused(encode_join_request(keys, id), id, keys.noise.public_key);
  keys = joiner.keys;
  keys.noise.public_key = {};
  expect_refused(encode_join_request(keys, id), id, keys.noise.public_key);
}

TEST_F(Request, OfAnInviterLeadsTheJoinerToRoot) {
  const auto chain = certificate_chain(space.membership(), owner.id());
  const auto inviter = decode_inviter(encode_inviter(space.founding.first_record, *chain), id);
  ASSERT_TRUE(inviter);
  EXPECT_EQ(inviter->first_record, space.founding.first_record);
  EXPECT_EQ(inviter->root_key, space.founding.root.public_key);
  EXPECT_TRUE(verify_chain(inviter->chain, id, inviter->root_key, owner.keys.noise.public_key,
                           WallTime{0}));
}

TEST_F(Request, OfAnInviterWithAnotherFirstRecordIsRefused) {
  const SmallSpace other(2);
  const auto chain = certificate_chain(space.membership(), owner.id());
  const Bytes good = encode_inviter(space.founding.first_record, *chain);
  const Bytes bad[] = {encode_inviter(other.founding.first_record, *chain), "", good + '\0',
                       good.substr(0, good.size() - 1)};
  for (const Bytes& bytes : bad) {
    const auto inviter = decode_inviter(bytes, id);
    ASSERT_FALSE(inviter);
    EXPECT_EQ(inviter.error().code(), ErrorCode::not_authorised);
    EXPECT_EQ(inviter.error().message(), kUnverified);
  }
}

TEST_F(Request, OfAnInviterIsReadUpToItsLimits) {
  const auto with_chain = [&](std::size_t size) {
    return decode_inviter(encode_inviter(space.founding.first_record, Bytes(size, 'c')), id);
  };
  EXPECT_TRUE(with_chain(limits::kCertificateChainBytes));
  EXPECT_FALSE(with_chain(limits::kCertificateChainBytes + 1));
  Bytes first = test::longest_first_record(space.founding.first_record);
  ASSERT_EQ(first.size(), limits::kFirstRecordBytes);
  EXPECT_TRUE(decode_inviter(encode_inviter(first, ""), space_id(first)));
  first += "\x78\x01";
  EXPECT_FALSE(decode_inviter(encode_inviter(first, ""), space_id(first)));
}

}  // namespace
}  // namespace relais::access
