#include "tests/store/peer_memory_test.h"

namespace relais::store {
namespace {

TEST_F(PeerMemoryTest, OfNobodyTakesNothing) {
  grow(1, 5);
  grow(2, 7);
  EXPECT_TRUE(notes().empty());
  EXPECT_FALSE(find(1));
  EXPECT_EQ(Commit(*logs_).generation(), 0u);
}

TEST_F(PeerMemoryTest, IsWhatWasRemembered) {
  const LogNo log = grow(1, 5);
  EXPECT_EQ(remember(1, 'a', {{log, 3}, {9, limits::kLastSeq}}), 1u);
  EXPECT_EQ(
      find(1),
      (PeerMemory{1, Bytes(limits::kCheckpointBytes, 'a'), {{log, 3}, {9, limits::kLastSeq}}}));
  EXPECT_FALSE(find(2));
  remember(1, 'b');
  EXPECT_EQ(find(1), (PeerMemory{1, Bytes(limits::kCheckpointBytes, 'b'), {}}));
}

TEST_F(PeerMemoryTest, IsGoneWhenForgotten) {
  remember(1);
  remember(2);
  Batch batch;
  forget_peer(batch, device(1));
  ASSERT_TRUE(store_->commit(batch, Durability::buffered));
  EXPECT_FALSE(find(1));
  EXPECT_TRUE(find(2));
}

TEST_F(PeerMemoryTest, ThatIsDamagedSaysSo) {
  remember(1);
  const Bytes key = meta_key(meta::kPeer).append(device(1).view());
  const Bytes good = store_->get(Family::meta, key).value().value();
  for (const Bytes& bad : {Bytes(), good.substr(0, good.size() - 1), good + Bytes(11, '\0')}) {
    Batch batch;
    batch.put(Family::meta, key, bad);
    ASSERT_TRUE(store_->commit(batch, Durability::buffered));
    const auto found = find_peer_memory(*store_, device(1));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), ErrorCode::corrupt);
    EXPECT_EQ(found.error().message(), "What is remembered of a device can't be decoded.");
  }
}

TEST_F(PeerMemoryTest, SaysSoIfANoteOfGrowthIsDamaged) {
  const LogNo log = grow(1, 5);
  remember(1);
  const Bytes key = growth_key(1, log);
  for (const auto& [damaged, value] :
       {std::pair(key.substr(0, 1) + Bytes("\xff"), Bytes("\5")), std::pair(key + 'x', Bytes("\5")),
        std::pair(key, Bytes())}) {
    Batch batch;
    batch.put(Family::meta, damaged, value);
    ASSERT_TRUE(store_->commit(batch, Durability::buffered));
    const auto grown = grown_since(*store_, find(1).value());
    ASSERT_FALSE(grown);
    EXPECT_EQ(grown.error().code(), ErrorCode::corrupt);
    EXPECT_EQ(grown.error().message(), "A note of a log's growth can't be decoded.");
    const auto logs = LogTable::load(*store_);
    ASSERT_FALSE(logs);
    EXPECT_EQ(logs.error().code(), ErrorCode::store_corrupt);
    EXPECT_EQ(logs.error().message(), "The store's table of notes of growth is damaged.");
    batch.clear();
    batch.remove(Family::meta, damaged);
    ASSERT_TRUE(store_->commit(batch, Durability::buffered));
  }
}

TEST_F(PeerMemoryTest, NotesAGrowthOnceAGeneration) {
  const LogNo one = grow(1, 5);
  remember(1);
  grow(1, 8);
  grow(1, 9);
  const LogNo other = grow(2, 4);  // a new log
  EXPECT_EQ(notes(), (Notes{{{1, one}, 5}, {{1, other}, 0}}));
  EXPECT_EQ(remember(2), 2u);
  grow(1, 12);
  EXPECT_EQ(notes(), (Notes{{{1, one}, 5}, {{1, other}, 0}, {{2, one}, 9}}));
  EXPECT_EQ(grown(1), (Ends{{one, 5}, {other, 0}}));
  EXPECT_EQ(grown(2), (Ends{{one, 9}}));
}

TEST_F(PeerMemoryTest, NotesNoGrowthOfALogThatOnlyChangesElse) {
  const LogNo log = grow(1, 5);
  remember(1);
  Commit commit(*logs_);
  commit.set_opened(log, 5);
  commit.intern({numbered<CompartmentId>(1), numbered<AuthorId>(2)}, {}, {});
  ASSERT_TRUE(write(commit));
  EXPECT_TRUE(notes().empty());
}

TEST_F(PeerMemoryTest, SharesAGenerationUntilALogGrows) {
  EXPECT_EQ(remember(1), 1u);
  EXPECT_EQ(remember(2), 1u);
  EXPECT_EQ(remember(1), 1u);
  grow(1, 5);
  EXPECT_EQ(remember(3), 2u);
  EXPECT_EQ(remember(1), 2u);
  EXPECT_EQ(find(2)->generation, 1u);
}

TEST_F(PeerMemoryTest, IsNotWrittenAgainUnchanged) {
  remember(1, 'a');
  Commit commit(*logs_);
  ASSERT_TRUE(remember_peer(commit, *store_, device(1), memory_of('a')));
  EXPECT_TRUE(commit.batch().empty());
  ASSERT_TRUE(remember_peer(commit, *store_, device(1), memory_of('b')));
  EXPECT_FALSE(commit.batch().empty());
}

TEST_F(PeerMemoryTest, PutsTheEndsThatItNamesBeforeTheNotes) {
  const LogNo one = grow(1, 5);
  const LogNo other = grow(2, 5);
  remember(1, 'a', {{one, 3}});
  EXPECT_EQ(grown(1), (Ends{{one, 3}}));
  grow(1, 8);
  grow(2, 8);
  EXPECT_EQ(grown(1), (Ends{{one, 3}, {other, 5}}));
}

// Whether a power cut takes the growth or leaves it, its note shares its fate.
TEST_F(PeerMemoryTest, NotesAGrowthInTheSameBatch) {
  const LogNo log = grow(1, 5);
  remember(1);
  for (const bool lands : {false, true}) {
    disk_.fail_writes({.after = 0, .lands = lands});
    {
      Commit commit(*logs_);
      grow(commit, 1, 8);
      EXPECT_FALSE(write(commit));
    }
    reopen();
    EXPECT_EQ(logs_->find(log)->head.seq, lands ? 8u : 5u);
    EXPECT_EQ(notes(), lands ? (Notes{{{1, log}, 5}}) : Notes());
  }
}

TEST_F(PeerMemoryTest, IsUndoneWithTheGrowthThatFailed) {
  const LogNo log = grow(1, 5);
  remember(1);
  Commit commit(*logs_);
  grow(commit, 1, 8);
  fail(commit);
  EXPECT_EQ(logs_->find(log)->head.seq, 5u);
  EXPECT_TRUE(notes().empty());
  EXPECT_EQ(remember(2), 1u) << "nothing has grown";
  grow(1, 6);
  EXPECT_EQ(notes(), (Notes{{{1, log}, 5}}));
}

TEST_F(PeerMemoryTest, KeepsANoteThatWasWrittenBeforeAGrowthFailed) {
  const LogNo log = grow(1, 5);
  remember(1);
  grow(1, 6);
  Commit commit(*logs_);
  grow(commit, 1, 8);
  fail(commit);
  grow(1, 7);
  EXPECT_EQ(notes(), (Notes{{{1, log}, 5}}));
}

TEST_F(PeerMemoryTest, BeginsNoGenerationIfItsCommitFails) {
  const LogNo log = grow(1, 5);
  remember(1);
  grow(1, 6);
  Commit commit(*logs_);
  ASSERT_TRUE(remember_peer(commit, *store_, device(2), memory_of('a')));
  EXPECT_EQ(commit.generation(), 2u);
  fail(commit);
  EXPECT_FALSE(find(2));
  EXPECT_EQ(commit.generation(), 1u);
  grow(1, 7);
  EXPECT_EQ(notes(), (Notes{{{1, log}, 5}}));
  EXPECT_EQ(remember(2), 2u);
}

TEST_F(PeerMemoryTest, GoesOnInTheSameGenerationAfterReopening) {
  const LogNo one = grow(1, 5);
  const LogNo other = grow(2, 5);
  EXPECT_EQ(remember(1), 1u);
  reopen();
  EXPECT_EQ(remember(2), 1u) << "nothing has grown";
  grow(1, 6);
  reopen();
  EXPECT_EQ(Commit(*logs_).generation(), 1u);
  grow(1, 7);  // already noted
  grow(2, 7);
  EXPECT_EQ(notes(), (Notes{{{1, one}, 5}, {{1, other}, 5}}));
  EXPECT_EQ(remember(3), 2u);
  reopen();
  EXPECT_EQ(Commit(*logs_).generation(), 2u);
  grow(1, 8);
  EXPECT_EQ(grown(3), (Ends{{one, 7}}));
  EXPECT_EQ(grown(1), (Ends{{one, 5}, {other, 5}}));
}

TEST_F(PeerMemoryTest, GoesOnInTheLastGenerationThoughItsPeersAreForgotten) {
  const LogNo one = grow(1, 5);
  const LogNo other = grow(2, 5);
  remember(1);
  grow(1, 6);
  EXPECT_EQ(remember(2), 2u);
  grow(2, 6);
  Batch batch;
  forget_peer(batch, device(2));
  ASSERT_TRUE(store_->commit(batch, Durability::buffered));
  reopen();
  EXPECT_EQ(Commit(*logs_).generation(), 2u);
  grow(1, 7);
  EXPECT_EQ(notes(), (Notes{{{1, one}, 5}, {{2, one}, 6}, {{2, other}, 5}}));
  EXPECT_EQ(grown(1), (Ends{{one, 5}, {other, 5}}));
}

TEST_F(PeerMemoryTest, KeepsSoManyPeersAndForgetsTheOldestBeyond) {
  const LogNo log = grow(1, 0);
  const auto most = static_cast<std::uint32_t>(limits::kRememberedPeers);
  pass_generations(3, 1);
  pass_generations(7, 2);
  pass_generations(limits::kForgettingInterval - 1, 3);
  for (std::uint32_t peer = 4; peer <= most; ++peer) remember(peer);
  pass_generations(limits::kForgettingInterval, most);
  EXPECT_EQ(peers(), most) << "none too many";
  EXPECT_EQ(notes().begin()->first, std::pair(std::uint64_t{3}, log));

  remember(most + 1);
  pass_generations(2 * limits::kForgettingInterval - 1, most);
  EXPECT_EQ(peers(), most + 1);
  pass_generations(2 * limits::kForgettingInterval, most);
  EXPECT_EQ(peers(), most);
  EXPECT_FALSE(find(1));
  EXPECT_TRUE(find(2));
  EXPECT_EQ(notes().begin()->first, std::pair(std::uint64_t{7}, log));
}

// The log ends at the number of the generation.
TEST_F(PeerMemoryTest, IsKeptForSoManyGenerationsAndNoMore) {
  const std::uint64_t begun = 2 * limits::kForgettingInterval;
  const std::uint64_t last = begun + limits::kRememberedGenerations;
  ASSERT_EQ(last % limits::kForgettingInterval, 0u);
  const LogNo log = grow(1, 0);
  pass_generations(begun - 1, 1);
  pass_generations(begun, 2);
  pass_generations(last - 1, 3);
  EXPECT_TRUE(find(1));
  EXPECT_EQ(grown(1), (Ends{{log, begun - 1}})) << "the notes are there";
  pass_generations(last, 3);
  EXPECT_FALSE(find(1));
  ASSERT_TRUE(find(2));
  EXPECT_EQ(grown(2), (Ends{{log, begun}}));
  EXPECT_EQ(notes().begin()->first, std::pair(begun, log)) << "older notes are needed by nobody";
  pass_generations(last + limits::kForgettingInterval, 3);
  EXPECT_FALSE(find(2));
  EXPECT_TRUE(find(3));
}

TEST_F(PeerMemoryTest, OfAPeerThatComesBackAtTheLastMomentIsTheNewOne) {
  const std::uint64_t last = 2 * limits::kForgettingInterval + limits::kRememberedGenerations;
  grow(1, 0);
  remember(1, 'a');
  pass_generations(limits::kForgettingInterval + 1, 2);
  ASSERT_EQ(remember(1, 'b'), limits::kForgettingInterval + 1);
  pass_generations(last - 1, 2);
  ASSERT_TRUE(find(1));
  grow(1, last + 5);
  ASSERT_EQ(remember(1, 'c'), last);  // it would be forgotten now
  ASSERT_TRUE(find(1)) << "it was remembered in this moment";
  EXPECT_EQ(find(1)->checkpoint, Bytes(limits::kCheckpointBytes, 'c'));
}

TEST_F(PeerMemoryTest, OfTheOldestOfTooManyPeersThatComesBackIsTheNewOne) {
  grow(1, 0);
  remember(1, 'a');
  pass_generations(limits::kForgettingInterval - 1, 2);
  for (std::uint32_t peer = 3; peer <= limits::kRememberedPeers + 1; ++peer) remember(peer);
  grow(1, 100);
  ASSERT_EQ(remember(1, 'c'), limits::kForgettingInterval);
  ASSERT_TRUE(find(1)) << "it was remembered in this moment";
  EXPECT_EQ(find(1)->checkpoint, Bytes(limits::kCheckpointBytes, 'c'));
}

}  // namespace
}  // namespace relais::store
