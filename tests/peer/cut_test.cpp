#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

/// Cuts a sync after this many bytes, then syncs whole; checks which changes were sent twice.
/// Returns whether the cut was an error.
bool cut_and_resume(std::uint64_t seed, std::uint64_t cut) {
  SCOPED_TRACE("seed " + std::to_string(seed) + ", cut after " + std::to_string(cut) + " bytes");
  PeerSpace space(seed);
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 25; ++i) a->write(space.medical, 2, 4000);
  for (int i = 0; i < 10; ++i) b->write(space.medical, 1, 9000);
  a->write_record(space.control.owner(), wire::record::CompartmentCreated{"zone", "label"});
  std::uint64_t first_sent = 0;
  bool failed = false;
  {
    PeerLink link(space, a, b);
    link.portion = 1 + cut % 3000;
    link.run_until_cut(cut);
    const auto result = link.a().result();
    failed = !result;
    if (failed) {
      EXPECT_NE(result.error().code(), ErrorCode::peer_misbehaved);
      EXPECT_NE(result.error().retry(), Retry::never);
    }
    first_sent = link.a().report().changes_sent;
  }
  const std::uint64_t stored = b->seq(a->own_log(space.medical));
  const Outcome outcome = sync(space, a, b);
  EXPECT_EQ(a->everything(), b->everything());
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(a->changes_stored_again + b->changes_stored_again, 0u);  // resumes where it stopped
  // What was sent but not stored was in flight: at most a window, of changes of 4 000 bytes.
  if (first_sent > stored) {
    EXPECT_LE((first_sent - stored) * 4000, limits::kStreamWindowBytes + 8000);
  }
  return failed;
}

TEST(Cut, AtAnyPlaceLosesAtMostWhatWasInFlight) {
  SeededRandom random(7);
  for (std::uint64_t i = 0; i < 40; ++i) cut_and_resume(i, random.below(330'000));
}

TEST(Cut, AtEachByteOfTheFirstWordsIsAnErrorToTryAgainAfter) {
  for (std::uint64_t cut = 0; cut < 2400; cut += 71) EXPECT_TRUE(cut_and_resume(1, cut)) << cut;
}

TEST(Cut, WithEverySyncCutStillGetsThere) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 60; ++i) a->write(space.medical, 1, 8000);
  int syncs = 0;
  while (b->seq(a->own_log(space.medical)) < 60 && syncs < 100) {
    PeerLink link(space, b, a);
    link.portion = 2000;
    link.run_until_cut(40'000);
    ++syncs;
  }
  EXPECT_EQ(b->seq(a->own_log(space.medical)), 60u);
  EXPECT_GT(syncs, 10);
  EXPECT_EQ(b->changes_stored_again, 0u);
}

TEST(Cut, MakesDurableWhatWasStored) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 20; ++i) a->write(space.medical, 1, 8000);
  PeerLink link(space, a, b);
  link.portion = 500;
  link.run_until_cut(90'000);
  const log::LogId log = a->own_log(space.medical);
  EXPECT_GT(b->seq(log), 0u);
  EXPECT_EQ(b->durable_seq(log), b->seq(log));
}

TEST(Cut, AfterAllWasExchangedIsNoError) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  a->write(space.medical, 1, 100);
  PeerLink link(space, a, b);
  while (!link.a().report().in_sync) {
    Bytes bytes;
    while (!(bytes = link.a().poll_transmit(link.now)).empty()) {
      link.b().handle_bytes(bytes, link.now);
    }
    while (!(bytes = link.b().poll_transmit(link.now)).empty()) {
      link.a().handle_bytes(bytes, link.now);
    }
  }
  link.a().handle_link_closed(link.now);
  ASSERT_TRUE(link.a().finished());
  EXPECT_TRUE(link.a().result());
}

TEST(Cut, IsAFaultOfTheLinkToTryAgainAfter) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  for (int i = 0; i < 20; ++i) a->write(space.medical, 1, 8000);
  PeerLink link(space, a, b);
  link.run_until_cut(90'000);
  ASSERT_TRUE(link.b().finished());
  const auto result = link.b().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::link_failed);
  EXPECT_EQ(result.error().retry(), Retry::later);
}

}  // namespace
}  // namespace relais::peer::test
