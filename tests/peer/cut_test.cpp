#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

/// A meeting cut after so many bytes; then whole ones. Gives how many changes came twice.
void cut_and_resume(std::uint64_t seed, std::uint64_t cut) {
  SCOPED_TRACE("seed " + std::to_string(seed) + ", cut after " + std::to_string(cut) + " bytes");
  PeerSpace ward(seed);
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  for (int i = 0; i < 25; ++i) a->write(ward.medical, 2, 4000);
  for (int i = 0; i < 10; ++i) b->write(ward.medical, 1, 9000);
  a->write_record(ward.space.owner(), wire::record::CompartmentCreated{"zone", "label"});
  std::uint64_t first_sent = 0;
  {
    PeerLink meeting(ward, a, b);
    meeting.portion = 1 + cut % 3000;
    meeting.run_until_cut(cut);
    const auto result = meeting.a().result();
    if (!result) {
      EXPECT_NE(result.error().code(), ErrorCode::peer_misbehaved);
      EXPECT_NE(result.error().retry(), Retry::never);
    }
    first_sent = meeting.a().report().changes_sent;
  }
  const std::uint64_t stored = b->seq(a->own_log(ward.medical));
  const Outcome outcome = meet(ward, a, b);
  EXPECT_EQ(a->everything(), b->everything());
  EXPECT_TRUE(outcome.a.in_sync && outcome.b.in_sync);
  EXPECT_EQ(a->changes_stored_again + b->changes_stored_again, 0u);  // goes on where it stopped
  // What was sent and not stored is what was in flight: a window, of changes of 4 000 bytes.
  if (first_sent > stored) {
    EXPECT_LE((first_sent - stored) * 4000, limits::kStreamWindowBytes + 8000);
  }
}

TEST(Cut, AtAnyPlaceLosesAtMostWhatWasInFlight) {
  SeededRandom random(7);
  for (std::uint64_t i = 0; i < 40; ++i) cut_and_resume(i, random.below(330'000));
}

TEST(Cut, AtEachByteOfTheFirstWordsIsAnErrorToTryAgainAfter) {
  for (std::uint64_t cut = 0; cut < 2400; cut += 71) cut_and_resume(1, cut);
}

TEST(Cut, WithEveryMeetingBrokenStillGetsThere) {
  PeerSpace ward;
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  for (int i = 0; i < 60; ++i) a->write(ward.medical, 1, 8000);
  int meetings = 0;
  while (b->seq(a->own_log(ward.medical)) < 60 && meetings < 100) {
    PeerLink meeting(ward, b, a);
    meeting.portion = 2000;
    meeting.run_until_cut(40'000);
    ++meetings;
  }
  EXPECT_EQ(b->seq(a->own_log(ward.medical)), 60u);
  EXPECT_GT(meetings, 10);
  EXPECT_EQ(b->changes_stored_again, 0u);
}

TEST(Cut, MakesDurableWhatWasStored) {
  PeerSpace ward;
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  for (int i = 0; i < 20; ++i) a->write(ward.medical, 1, 8000);
  PeerLink meeting(ward, a, b);
  meeting.portion = 500;
  meeting.run_until_cut(90'000);
  const log::LogId log = a->own_log(ward.medical);
  EXPECT_GT(b->seq(log), 0u);
  EXPECT_EQ(b->durable_seq(log), b->seq(log));
}

TEST(Cut, AfterAllWasExchangedIsNoError) {
  PeerSpace ward;
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  a->write(ward.medical, 1, 100);
  PeerLink meeting(ward, a, b);
  while (!meeting.a().report().in_sync) {
    Bytes bytes;
    while (!(bytes = meeting.a().poll_transmit(meeting.now)).empty()) {
      meeting.b().handle_bytes(bytes, meeting.now);
    }
    while (!(bytes = meeting.b().poll_transmit(meeting.now)).empty()) {
      meeting.a().handle_bytes(bytes, meeting.now);
    }
  }
  meeting.a().handle_link_closed(meeting.now);
  ASSERT_TRUE(meeting.a().finished());
  EXPECT_TRUE(meeting.a().result());
}

TEST(Cut, IsAFaultOfTheLinkToTryAgainAfter) {
  PeerSpace ward;
  Tablet a = ward.tablet();
  Tablet b = ward.tablet();
  for (int i = 0; i < 20; ++i) a->write(ward.medical, 1, 8000);
  PeerLink meeting(ward, a, b);
  meeting.run_until_cut(90'000);
  ASSERT_TRUE(meeting.b().finished());
  const auto result = meeting.b().result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::link_failed);
  EXPECT_EQ(result.error().retry(), Retry::later);
}

}  // namespace
}  // namespace relais::peer::test
