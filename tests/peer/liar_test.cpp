#include "tests/peer/liar.h"

#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"

namespace relais::peer::test {
namespace {

using namespace wire::message;  // NOLINT: the messages are what these tests speak of

constexpr const char* kPrefix = "The other device broke the rules of a sync: ";

/// A liar that has 9 changes which the victim lacks, and a victim with 2 of its own.
class LiarTest : public testing::TestWithParam<bool> {
 protected:
  LiarTest() {
    for (int i = 0; i < 9; ++i) own->write(ward.medical, 1, 17'000);
    victim->write(ward.medical, 2, 100);
  }
  void start() { liar.emplace(ward, own, victim, GetParam()); }
  void start_moving() {
    start();
    liar->reach_moving();
    ASSERT_FALSE(liar->victim().finished());
  }
  void expect_caught(std::string_view what) {
    liar->expect_caught(std::string(kPrefix).append(what));
  }
  log::LogId log() const { return {ward.medical, own.actor->author}; }
  Seal seal() { return {own->seals(log(), 0).front()}; }
  Piece piece(std::uint64_t after) {
    auto read = own->read(log(), after, limits::kPieceBytes).value();
    return {log().compartment, log().author, after + 1, std::move(read->piece.entries)};
  }

  PeerSpace ward;
  Tablet own = ward.tablet();
  Tablet victim = ward.tablet();
  std::optional<Liar> liar;
};

INSTANTIATE_TEST_SUITE_P(Calls, LiarTest, testing::Bool(),
                         [](const auto& test) { return test.param ? "WhoCalls" : "WhoIsCalled"; });

TEST_P(LiarTest, WhoSpeaksTheTruthIsBelieved) {
  start_moving();
  liar->say(seal());
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  EXPECT_FALSE(liar->victim().finished());
  EXPECT_EQ(victim->seq(log()), 9u);
  const log::LogId theirs = victim->own_log(ward.medical);
  liar->say(Ack{{{theirs.compartment, theirs.author, 2, 2, false}}});
  const Done done = liar->hear_one<Done>();
  liar->say(done);
  liar->end();
  const auto result = liar->victim().result();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_TRUE(result->in_sync);
}

TEST_P(LiarTest, AMessageOutOfPlaceIsRefusedInEveryState) {
  const std::map<std::string, wire::Message> all{
      {"a hello out of place.", Hello{}},
      {"vectors out of place.", Vectors{}},
      {"a part of a log out of place.", seal()},
      {"a part of a log out of place. ", piece(0)},
      {"an acknowledgement out of place.", Ack{}},
      {"a done out of place.", Done{}},
      {"a welcome out of place.", Welcome{"certificate"}},
      {"a proof out of place.", wire::message::Proof{}}};
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
      if (place == comparing) liar->hello();
      if (place == moving) liar->reach_moving();
      liar->say(message);
      expect_caught(what.back() == ' ' ? what.substr(0, what.size() - 1) : what);
    }
  }
}

TEST_P(LiarTest, BytesThatAreNoMessageAreRefused) {
  start();
  liar->say_bytes("no message at all");
  expect_caught("a message doesn't decode.");
}

TEST_P(LiarTest, AMessageOfANewerKindIsCalledNewer) {
  start();
  liar->say_bytes(Bytes("\xf2\x01\x00", 3));  // field 30, empty
  const auto result = liar->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_too_new);
  EXPECT_EQ(result.error().message(),
            "The other device speaks a newer version of Relais: update this one.");
}

TEST_P(LiarTest, AMessageOfANewerKindThatMayBeSkippedIsPassedOver) {
  start_moving();
  Bytes newer;
  put_varint(newer, std::uint64_t{wire::kFirstSkippable} << 3 | 2);
  put_sized(newer, "a hint");
  liar->say_bytes(newer);
  liar->say(seal());
  liar->say_bytes(newer);
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  EXPECT_EQ(victim->seq(log()), 9u);
  // It is no progress.
  for (int i = 0; i < 60 && !liar->victim().finished(); ++i) {
    liar->say_bytes(newer);
    liar->wait(Duration(5'000));
  }
  ASSERT_FALSE(liar->victim().result());
  EXPECT_EQ(liar->victim().result().error().code(), ErrorCode::timed_out);
}

TEST_P(LiarTest, APageWithoutLogsThatIsNotTheLastIsRefused) {
  start();
  liar->hello();
  liar->say(Vectors{false, true, {}});
  liar->expect_caught("The other device sent a bad vector: an empty page.");
}

TEST_P(LiarTest, ASealOfANewerVersionIsCalledNewer) {
  start_moving();
  Bytes newer = seal().seal;
  newer[0] = 2;
  liar->say(Seal{newer});
  ASSERT_FALSE(liar->victim().result());
  EXPECT_EQ(liar->victim().result().error().code(), ErrorCode::peer_too_new);
}

TEST_P(LiarTest, VectorsOfTheOtherStageAreRefused) {
  start();
  liar->hello();
  liar->say(Vectors{true, false, {}});
  expect_caught("vectors of the other stage.");
}

TEST_P(LiarTest, AnAuthorOutOfTheListIsRefused) {
  start();
  liar->hello();
  Vector vector{reconcile::tag(liar->key(), ward.medical), wire::Root(), true, {}};
  vector.logs.push_back({.author_index = 1000, .author = {}, .seq = 1, .prefix = {}});
  liar->say(Vectors{false, false, {vector}});
  liar->expect_caught("The other device sent a bad vector: an author that isn't in the list.");
}

TEST_P(LiarTest, APieceOfALogThatWasNotAnnouncedIsRefused) {
  start_moving();
  Piece other = piece(0);
  other.author = victim.actor->author;
  liar->say(other);
  expect_caught("a piece is of a log that wasn't announced.");
}

TEST_P(LiarTest, ASealOfALogThatWasNotAnnouncedIsRefused) {
  const auto legal = log::compartment_id(ward.space.founding.space, "", "legal");
  own->write(legal, 1, 100);
  start_moving();
  liar->say(Seal{own->seals({legal, own.actor->author}, 0).front()});
  expect_caught("a seal is of a log that wasn't announced.");
}

TEST_P(LiarTest, PiecesOutOfOrderAreRefused) {
  start_moving();
  liar->say(seal());
  liar->say(piece(1));
  expect_caught("a piece is out of order.");
}

TEST_P(LiarTest, APieceThatComesTwiceIsRefused) {
  start_moving();
  liar->say(seal());
  liar->say(piece(0));
  liar->say(piece(0));
  expect_caught("a piece is out of order.");
}

TEST_P(LiarTest, APieceBeforeItsSealIsRefused) {
  start_moving();
  liar->say(piece(0));
  expect_caught("a piece doesn't hold.");
  EXPECT_EQ(victim->seq(log()), 0u);
}

TEST_P(LiarTest, AChangedByteInAPieceIsFound) {
  start_moving();
  liar->say(seal());
  Piece forged = piece(0);
  forged.entries.back() = static_cast<char>(forged.entries.back() ^ 1);
  liar->say(forged);
  expect_caught("a piece doesn't hold.");
  EXPECT_EQ(victim->seq(log()), 0u);
}

TEST_P(LiarTest, AForgedSealIsFound) {
  start_moving();
  auto forged = wire::decode_seal(seal().seal).value();
  forged.header.heads.back().hash.data()[0] ^= 1;
  liar->say(Seal{wire::encode(forged)});
  expect_caught("a seal doesn't hold.");
}

TEST_P(LiarTest, ASealThatCoversNothingNewIsRefused) {
  const Seal before = seal();
  for (int i = 0; i < 2; ++i) own->write(ward.medical, 1, 17'000);
  start_moving();
  liar->say(seal());
  for (std::uint64_t after = 0; after < 10; ++after) liar->say(piece(after));
  liar->say(before);
  expect_caught("a seal covers nothing new.");
}

TEST_P(LiarTest, SealsBehindAWholeLogAreTakenForTheProofOfAFork) {
  start_moving();
  liar->say(seal());
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  for (std::size_t i = 0; i < limits::kEvidenceSeals; ++i) liar->say(seal());
  EXPECT_FALSE(liar->victim().finished());
  EXPECT_EQ(victim->fork_seals[log()].size(), limits::kEvidenceSeals);
  const log::LogId theirs = victim->own_log(ward.medical);
  liar->say(Ack{{{theirs.compartment, theirs.author, 2, 2, false}}});
  std::vector<std::uint32_t> left_out;
  for (const wire::Message& message : liar->hear()) {
    if (const auto* done = std::get_if<Done>(&message)) left_out.push_back(done->left_out);
  }
  EXPECT_EQ(left_out, (std::vector<std::uint32_t>{0, 1})) << "before they came, and after";
}

TEST_P(LiarTest, MoreEvidenceThanAProofIsRefused) {
  start_moving();
  for (std::size_t i = 0; i < limits::kEvidenceSeals; ++i) {
    liar->say(Seal{victim->seals(victim->own_log(ward.medical), 0).front()});
  }
  EXPECT_FALSE(liar->victim().finished());
  liar->say(Seal{victim->seals(victim->own_log(ward.medical), 0).front()});
  expect_caught("too many seals.");
}

TEST_P(LiarTest, MoreSealsThanMayBeAheadAreRefused) {
  start_moving();
  for (std::size_t i = 0; i < limits::kSealsAhead; ++i) liar->say(seal());
  EXPECT_FALSE(liar->victim().finished());
  liar->say(seal());
  expect_caught("too many seals.");
}

TEST_P(LiarTest, APieceBeyondWhatWasAnnouncedIsRefused) {
  start_moving();
  own->write(ward.medical, 1, 17'000);
  liar->say(seal());
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  liar->say(piece(9));
  expect_caught("a piece goes beyond what was announced.");
  EXPECT_EQ(victim->seq(log()), 9u);
}

TEST_P(LiarTest, APieceAfterItsDoneIsRefused) {
  start_moving();
  liar->say(seal());
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  liar->say(Done{false, wire::Root(), 7});  // counts more left out than were
  liar->say(piece(0));
  expect_caught("a part of a log out of place.");
}

TEST_P(LiarTest, ADoneBeforeAllHasComeIsRefused) {
  start_moving();
  liar->say(Done{false, wire::Root(), 0});
  expect_caught("it says done before it is.");
}

TEST_P(LiarTest, ADoneOfTheOtherStageIsRefused) {
  start_moving();
  liar->say(Done{true, wire::Root(), 0});
  expect_caught("a done of the other stage.");
}

TEST_P(LiarTest, ADoneThatRepeatsItselfIsRefused) {
  start_moving();
  liar->say(seal());
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  liar->say(Done{false, wire::Root(), 7});
  liar->say(Done{false, wire::Root(), 7});
  expect_caught("it says done twice.");
}

TEST_P(LiarTest, AnAcknowledgementOfWhatWasNotSentIsRefused) {
  start_moving();
  liar->say(Ack{{{log().compartment, log().author, 1, 1, false}}});
  expect_caught("it acknowledged a log that wasn't sent.");
  start_moving();
  liar->say(Ack{{{ward.medical, victim.actor->author, 3, 0, false}}});
  expect_caught("it acknowledged a place that wasn't sent.");
  start_moving();
  liar->say(Ack{{{ward.medical, victim.actor->author, 2, 0, false}}});
  liar->say(Ack{{{ward.medical, victim.actor->author, 1, 0, false}}});
  expect_caught("it acknowledged a place that wasn't sent.");
}

// Any messages in any order: the victim goes on or breaks off, and keeps only what verifies.
TEST_P(LiarTest, ARandomTalkerNeverBreaksTheVictim) {
  SeededRandom random(GetParam() ? 1 : 2);
  std::uint64_t stored = 0;
  for (int round = 0; round < 100; ++round) {
    start();
    if (random.chance(5)) liar->hello(random.chance(4));
    if (random.chance(2)) liar->reach_moving();
    std::uint64_t next = victim->seq(log());
    bool sealed = false;
    for (int i = 0; i < 12 && !liar->victim().finished(); ++i) {
      switch (random.below(16)) {
        case 0: liar->hello(random.chance(2)); break;
        case 1: liar->vectors(); break;
        case 2: liar->say(seal()); break;
        case 3:
          liar->say(
              Ack{{{ward.medical, victim.actor->author, random.below(4), 0, random.chance(3)}}});
          break;
        case 4:
          liar->say(
              Done{random.chance(5), wire::Root(), static_cast<std::uint32_t>(random.below(3))});
          break;
        case 5: liar->wait(Duration(30)); break;
        case 6: liar->say_bytes(random.bytes(1 + random.below(60))); break;
        default:
          if (!sealed) liar->say(seal());
          sealed = true;
          if (next < 9) liar->say(piece(next++));
      }
    }
    stored = victim->seq(log());
  }
  const auto ours = own->blocks(log());
  const auto theirs = stored > 0 ? victim->blocks(log()) : std::vector<Bytes>();
  EXPECT_TRUE(std::equal(theirs.begin(), theirs.end(), ours.begin()));
  EXPECT_GT(stored, 0u);  // now and then it talks sense
}

// The logs that moved are named: nothing tells which of them differs.
TEST_P(LiarTest, ARootThatDiffersAfterACompleteExchangeIsReported) {
  start_moving();
  liar->say(seal());
  for (std::uint64_t after = 0; after < 9; ++after) liar->say(piece(after));
  liar->say(Done{false, wire::Root(), 0});
  liar->end();
  const auto result = liar->victim().result();
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_FALSE(result->in_sync);
  const std::vector<log::LogId> moved = result->mismatched;
  EXPECT_EQ(std::set<log::LogId>(moved.begin(), moved.end()),
            (std::set<log::LogId>{log(), victim->own_log(ward.medical)}));
}

TEST_P(LiarTest, AnEndInTheMiddleIsAnErrorToTryAgainAfter) {
  start_moving();
  liar->say(seal());
  liar->say(piece(0));
  liar->end();
  const auto result = liar->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::session_closed);
  EXPECT_EQ(result.error().retry(), Retry::later);
  EXPECT_EQ(result.error().message(),
            "The other device ended the session before everything was exchanged.");
  EXPECT_EQ(victim->durable_seq(log()), 1u);  // what was stored stays
}

TEST_P(LiarTest, AFaultOfTheOwnStoreEndsTheSyncWithIt) {
  victim->store_fails = Error(ErrorCode::disk_full, "The disk is full.");
  start_moving();
  liar->say(seal());
  liar->say(piece(0));
  const auto result = liar->victim().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::disk_full);
}

}  // namespace
}  // namespace relais::peer::test
