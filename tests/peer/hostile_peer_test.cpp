#include "tests/peer/hostile_peer.h"

#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "log/short_seal.h"

namespace relais::peer::test {
namespace {

using namespace wire::message;  // NOLINT: these tests are about the messages

constexpr const char* kPrefix = "The other device broke the rules of a sync: ";

/// An attacker with 9 changes that the victim lacks, and a victim with 2 of its own.
class HostilePeerTest : public testing::TestWithParam<bool> {
 protected:
  HostilePeerTest() {
    for (int i = 0; i < 9; ++i) own->write(space.medical, 1, 17'000);
    victim->write(space.medical, 2, 100);
  }
  void start() { attacker.emplace(space, own, victim, GetParam()); }
  void start_moving() {
    start();
    attacker->reach_transfer();
    ASSERT_FALSE(attacker->victim().finished());
  }
  void expect_rejected(std::string_view what) {
    attacker->expect_rejected(std::string(kPrefix).append(what));
  }
  log::LogId log() const { return {space.medical, own.actor->author}; }
  Seal seal() { return {own->seals(log(), 0).front()}; }
  Piece piece(std::uint64_t after) { return attacker->piece(log(), after); }
  std::uint32_t number() const { return attacker->number_of(log()); }
  std::uint32_t number_of_theirs() { return attacker->number_of(victim->own_log(space.medical)); }

  PeerSpace space;
  TestDevice own = space.add_member();
  TestDevice victim = space.add_member();
  std::optional<HostilePeer> attacker;
};

INSTANTIATE_TEST_SUITE_P(Calls, HostilePeerTest, testing::Bool(),
                         [](const auto& test) { return test.param ? "WhoCalls" : "WhoIsCalled"; });

TEST_P(HostilePeerTest, WhoSpeaksTheTruthIsBelieved) {
  start_moving();
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  EXPECT_FALSE(attacker->victim().finished());
  EXPECT_EQ(victim->seq(log()), 9u);
  attacker->send(Ack{{{number_of_theirs(), 2, 2, false}}});
  const Done done = attacker->take_one<Done>();
  attacker->send(done);
  attacker->end();
  const auto result = attacker->victim().result();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_TRUE(result->in_sync);
}

TEST_P(HostilePeerTest, AMessageOutOfPlaceIsRefusedInEveryState) {
  const std::map<std::string, wire::Message> all{
      {"it sent a hello out of order.", Hello{}},
      {"it sent vectors out of order.", Vectors{}},
      {"it sent a part of a log out of order.", seal()},
      {"it sent a part of a log out of order. ", Piece{0, false, 1, "seal", "entries"}},
      {"it sent an acknowledgement out of order.", Ack{}},
      {"it sent a done out of order.", Done{}},
      {"it sent a welcome out of order.", Welcome{"certificate"}},
      {"it sent a proof out of order.", wire::message::Proof{}}};
  enum Place { greeting, comparing, moving };
  const std::map<Place, std::set<std::size_t>> belongs{
      {greeting, {wire::Message(Hello{}).index()}},
      {comparing, {wire::Message(Vectors{}).index()}},
      {moving,
       {wire::Message(Seal{}).index(), wire::Message(Piece{}).index(), wire::Message(Ack{}).index(),
        wire::Message(Done{}).index()}}};
  for (const auto& [place, allowed] : belongs) {
    for (const auto& [what, message] : all) {
      if (allowed.count(message.index()) > 0) continue;
      SCOPED_TRACE(std::to_string(place) + " " + what);
      start();
      if (place == comparing) attacker->hello();
      if (place == moving) attacker->reach_transfer();
      attacker->send(message);
      expect_rejected(what.back() == ' ' ? what.substr(0, what.size() - 1) : what);
    }
  }
}

TEST_P(HostilePeerTest, BytesThatAreNoMessageAreRefused) {
  start();
  attacker->send_bytes("no message at all");
  expect_rejected("it sent a message that can't be read.");
}

TEST_P(HostilePeerTest, AMessageOfANewerKindIsCalledNewer) {
  start();
  attacker->send_bytes(Bytes("\xf2\x01\x00", 3));  // field 30, empty
  const auto result = attacker->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_too_new);
  EXPECT_EQ(result.error().message(),
            "The other device uses a newer version of Relais. Update this one.");
}

TEST_P(HostilePeerTest, AMessageOfANewerKindThatMayBeSkippedIsPassedOver) {
  start_moving();
  Bytes newer;
  put_varint(newer, std::uint64_t{wire::kFirstSkippable} << 3 | 2);
  put_sized(newer, "a hint");
  attacker->send_bytes(newer);
  attacker->send_bytes(newer);
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  EXPECT_EQ(victim->seq(log()), 9u);
  // Such messages are no progress.
  for (int i = 0; i < 60 && !attacker->victim().finished(); ++i) {
    attacker->send_bytes(newer);
    attacker->wait(Duration(5'000));
  }
  ASSERT_FALSE(attacker->victim().result());
  EXPECT_EQ(attacker->victim().result().error().code(), ErrorCode::timed_out);
}

TEST_P(HostilePeerTest, APageWithoutLogsThatIsNotTheLastIsRefused) {
  start();
  attacker->hello();
  attacker->send(Vectors{Vectors::Kind::differences, false, true, false, {}});
  attacker->expect_rejected("The other device sent a bad vector: one of its pages is empty.");
}

TEST_P(HostilePeerTest, ASealOfANewerVersionIsCalledNewer) {
  start_moving();
  Bytes newer = seal().seal;
  newer[0] = 2;
  attacker->send(Seal{newer});
  ASSERT_FALSE(attacker->victim().result());
  EXPECT_EQ(attacker->victim().result().error().code(), ErrorCode::peer_too_new);
}

TEST_P(HostilePeerTest, VectorsOfTheOtherStageAreRefused) {
  start();
  attacker->hello();
  attacker->send(Vectors{Vectors::Kind::differences, true, false, false, {}});
  expect_rejected("it sent vectors of the wrong stage.");
}

TEST_P(HostilePeerTest, VectorsOfAnotherKindThanAreDueAreRefused) {
  for (const auto kind : {Vectors::Kind::logs, Vectors::Kind::summary, Vectors::Kind::changes,
                          Vectors::Kind::agreed}) {
    start();
    attacker->hello();
    attacker->send(Vectors{kind, false, false, false, {}});
    expect_rejected("it sent vectors of the wrong kind.");
  }
}

TEST_P(HostilePeerTest, ACompartmentThatIsNotSharedIsRefused) {
  start();
  attacker->hello();
  Vectors stated;
  stated.kind = Vectors::Kind::differences;
  stated.vectors.emplace_back();
  attacker->send(stated);
  attacker->expect_rejected(
      "The other device sent a bad vector: it names a compartment that isn't shared.");
}

TEST_P(HostilePeerTest, APieceOfALogThatWasNotAnnouncedIsRefused) {
  start_moving();
  Piece other = piece(0);
  other.log = GetParam() ? 1000 : number_of_theirs();
  attacker->send(other);
  expect_rejected("it sent a piece of a log that it had not announced.");
}

TEST_P(HostilePeerTest, ASealOfALogThatWasNotAnnouncedIsRefused) {
  const auto legal = log::compartment_id(space.control.founding.space, "", "legal");
  own->write(legal, 1, 100);
  start_moving();
  attacker->send(Seal{own->seals({legal, own.actor->author}, 0).front()});
  expect_rejected("it sent a seal of a log that it had not announced.");
}

TEST_P(HostilePeerTest, PiecesOutOfOrderAreRefused) {
  start_moving();
  attacker->send(piece(1));
  expect_rejected("it sent a piece out of order.");
}

TEST_P(HostilePeerTest, APieceThatComesTwiceIsRefused) {
  start_moving();
  attacker->send(piece(0));
  attacker->send(piece(0));
  expect_rejected("it sent a piece out of order.");
}

TEST_P(HostilePeerTest, APieceWithoutASealIsRefused) {
  start_moving();
  Piece bare = piece(0);
  bare.seal.clear();
  attacker->send(bare);
  expect_rejected("it sent an invalid piece.");
  EXPECT_EQ(victim->seq(log()), 0u);
}

TEST_P(HostilePeerTest, AChangedByteInAPieceIsFound) {
  start_moving();
  Piece forged = piece(0);
  forged.entries.back() = static_cast<char>(forged.entries.back() ^ 1);
  attacker->send(forged);
  expect_rejected("it sent an invalid piece.");
  EXPECT_EQ(victim->seq(log()), 0u);
}

TEST_P(HostilePeerTest, AForgedSealIsFound) {
  start_moving();
  auto forged = wire::decode_seal(seal().seal).value();
  forged.header.heads.back().hash.data()[0] ^= 1;
  attacker->send(Seal{wire::encode(forged)});
  expect_rejected("it sent an invalid seal.");
}

TEST_P(HostilePeerTest, AChangedByteInTheSealOfAPieceIsFound) {
  start_moving();
  const std::size_t size = piece(0).seal.size();
  for (std::size_t at = 0; at < size; at += 7) {
    start_moving();
    Piece forged = piece(0);
    forged.seal[at] = static_cast<char>(forged.seal[at] ^ 1);
    attacker->send(forged);
    const bool is_decoded = log::decode_short_seal(forged.seal, 1).has_value();
    expect_rejected(is_decoded ? "it sent an invalid piece." : "it sent an invalid seal.");
    EXPECT_EQ(victim->seq(log()), 0u);
  }
}

TEST_P(HostilePeerTest, SealsBehindAWholeLogAreTakenForTheProofOfAFork) {
  start_moving();
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  for (std::size_t i = 0; i < limits::kEvidenceSeals; ++i) attacker->send(seal());
  EXPECT_FALSE(attacker->victim().finished());
  EXPECT_EQ(victim->fork_seals[log()].size(), limits::kEvidenceSeals);
  attacker->send(Ack{{{number_of_theirs(), 2, 2, false}}});
  std::vector<std::uint32_t> left_out;
  for (const wire::Message& message : attacker->take_messages()) {
    if (const auto* done = std::get_if<Done>(&message)) left_out.push_back(done->left_out);
  }
  EXPECT_EQ(left_out, (std::vector<std::uint32_t>{0, 1})) << "before they came, and after";
}

TEST_P(HostilePeerTest, MoreEvidenceThanAProofIsRefused) {
  start_moving();
  for (std::size_t i = 0; i < limits::kEvidenceSeals; ++i) {
    attacker->send(Seal{victim->seals(victim->own_log(space.medical), 0).front()});
  }
  EXPECT_FALSE(attacker->victim().finished());
  attacker->send(Seal{victim->seals(victim->own_log(space.medical), 0).front()});
  expect_rejected("it sent too many seals.");
}

TEST_P(HostilePeerTest, ASealBeforeAllOfItsLogIsRefused) {
  start_moving();
  attacker->send(piece(0));
  attacker->send(seal());
  expect_rejected("it sent a seal of a log before all of the log.");
}

TEST_P(HostilePeerTest, APieceBeyondWhatWasAnnouncedIsRefused) {
  start_moving();
  own->write(space.medical, 1, 17'000);
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  attacker->send(piece(9));
  expect_rejected("it sent more of a log than it had announced.");
  EXPECT_EQ(victim->seq(log()), 9u);
}

TEST_P(HostilePeerTest, APieceAfterItsDoneIsRefused) {
  start_moving();
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  attacker->send(Done{false, wire::Root(), 7});  // counts more logs left out than there were
  attacker->send(piece(0));
  expect_rejected("it sent a part of a log out of order.");
}

TEST_P(HostilePeerTest, ADoneBeforeAllHasComeIsRefused) {
  start_moving();
  attacker->send(Done{false, wire::Root(), 0});
  expect_rejected("it sent a done before it had sent everything.");
}

TEST_P(HostilePeerTest, ADoneOfTheOtherStageIsRefused) {
  start_moving();
  attacker->send(Done{true, wire::Root(), 0});
  expect_rejected("it sent a done of the wrong stage.");
}

TEST_P(HostilePeerTest, ADoneThatRepeatsItselfIsRefused) {
  start_moving();
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  attacker->send(Done{false, wire::Root(), 7});
  attacker->send(Done{false, wire::Root(), 7});
  expect_rejected("it sent the same done twice.");
}

TEST_P(HostilePeerTest, AnAcknowledgementOfWhatWasNotSentIsRefused) {
  start_moving();
  attacker->send(Ack{{{number(), 1, 1, false}}});
  expect_rejected("it acknowledged a log that was not sent to it.");
  start_moving();
  attacker->send(Ack{{{number_of_theirs(), 3, 0, false}}});
  expect_rejected("it acknowledged more of a log than was sent to it.");
  start_moving();
  attacker->send(Ack{{{number_of_theirs(), 2, 0, false}}});
  attacker->send(Ack{{{number_of_theirs(), 1, 0, false}}});
  expect_rejected("it acknowledged more of a log than was sent to it.");
}

// Any messages in any order: the victim goes on or ends the sync, and keeps only what verifies.
TEST_P(HostilePeerTest, RandomMessagesNeverBreakTheVictim) {
  SeededRandom random(GetParam() ? 1 : 2);
  std::uint64_t stored = 0;
  for (int round = 0; round < 100; ++round) {
    start();
    if (random.chance(5)) attacker->hello(random.chance(4));
    if (random.chance(2)) attacker->reach_transfer();
    std::uint64_t next = victim->seq(log());
    for (int i = 0; i < 12 && !attacker->victim().finished(); ++i) {
      switch (random.below(16)) {
        case 0: attacker->hello(random.chance(2)); break;
        case 1: attacker->vectors(); break;
        case 2: attacker->send(seal()); break;
        case 3:
          attacker->send(Ack{{{static_cast<std::uint32_t>(random.below(3)), random.below(4), 0,
                               random.chance(3)}}});
          break;
        case 4:
          attacker->send(
              Done{random.chance(5), wire::Root(), static_cast<std::uint32_t>(random.below(3))});
          break;
        case 5: attacker->wait(Duration(30)); break;
        case 6: attacker->send_bytes(random.bytes(1 + random.below(60))); break;
        default:
          if (next < 9) attacker->send(piece(next++));
      }
    }
    stored = victim->seq(log());
  }
  const auto ours = own->blocks(log());
  const auto theirs = stored > 0 ? victim->blocks(log()) : std::vector<Bytes>();
  EXPECT_TRUE(std::equal(theirs.begin(), theirs.end(), ours.begin()));
  EXPECT_GT(stored, 0u);  // some of the random messages are valid
}

// All transferred logs are reported: nothing tells which of them differs.
TEST_P(HostilePeerTest, ARootThatDiffersAfterACompleteExchangeIsReported) {
  start_moving();
  for (std::uint64_t after = 0; after < 9; ++after) attacker->send(piece(after));
  attacker->send(Done{false, wire::Root(), 0});
  attacker->end();
  const auto result = attacker->victim().result();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_FALSE(result->in_sync);
  const std::vector<log::LogId> moved = result->mismatched;
  EXPECT_EQ(std::set<log::LogId>(moved.begin(), moved.end()),
            (std::set<log::LogId>{log(), victim->own_log(space.medical)}));
}

TEST_P(HostilePeerTest, AnEndInTheMiddleIsAnErrorToTryAgainAfter) {
  start_moving();
  attacker->send(piece(0));
  attacker->end();
  const auto result = attacker->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::session_closed);
  EXPECT_EQ(result.error().retry(), Retry::later);
  EXPECT_EQ(result.error().message(),
            "The other device ended the session before everything was exchanged.");
  EXPECT_EQ(victim->durable_seq(log()), 1u);  // what was stored stays
}

TEST_P(HostilePeerTest, AFaultOfTheOwnStoreEndsTheSyncWithIt) {
  victim->store_fails = Error(ErrorCode::disk_full, "The disk is full.");
  start_moving();
  attacker->send(piece(0));
  const auto result = attacker->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::disk_full);
}

}  // namespace
}  // namespace relais::peer::test
