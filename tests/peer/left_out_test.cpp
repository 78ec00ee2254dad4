#include <gtest/gtest.h>

#include "base/coding.h"
#include "base/limits.h"
#include "log/piece.h"
#include "tests/peer/hostile_peer.h"
#include "tests/peer/peer_space.h"

namespace relais::peer::test {
namespace {

using Logs = std::vector<log::LogId>;

/// Two devices hold the same 6 changes of the first; then the first is restored from a backup of 3
/// of them and writes on.
struct Forked {
  Forked() {
    acquaint(space, {&a, &b});
    for (int i = 0; i < 6; ++i) a->write(space.medical, 1, 100);
    sync(space, a, b);
    a->roll_back(log, 3);
  }
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  log::LogId log = a->own_log(space.medical);
};

TEST(Fork, AtTheSamePlaceIsLeftOutAndReportedByBoth) {
  Forked it;
  for (int i = 0; i < 3; ++i) it.a->write(it.space.medical, 1, 100);
  it.b->write(it.space.medical, 4, 100);
  const auto before = it.b->blocks(it.log);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_EQ(outcome.a.forked, Logs{it.log});
  EXPECT_EQ(outcome.b.forked, Logs{it.log});
  EXPECT_EQ(it.a->forks, std::set<log::LogId>{it.log});
  EXPECT_EQ(it.b->forks, std::set<log::LogId>{it.log});
  EXPECT_EQ(it.a->fork_seals[it.log], it.b->seals(it.log, 0)) << "the proof";
  EXPECT_EQ(it.b->fork_seals[it.log], it.a->seals(it.log, 0));
  EXPECT_FALSE(outcome.a.in_sync);
  EXPECT_FALSE(outcome.b.in_sync);
  EXPECT_TRUE(outcome.a.mismatched.empty());
  EXPECT_EQ(it.b->blocks(it.log), before);
  EXPECT_EQ(it.a->seq(it.b->own_log(it.space.medical)),
            4u);  // logs that are not forked are transferred
}

TEST(Fork, OfManyLogsIsShownOfAFewAtEachSync) {
  Forked it;
  std::vector<CompartmentId> places;
  for (std::size_t i = 0; i < limits::kEvidenceLogs + 4; ++i) {
    places.push_back(
        log::compartment_id(it.space.control.founding.space, std::to_string(i), "medical"));
    it.a->shared.insert(places.back());
    it.b->shared.insert(places.back());
    it.a->write(places.back(), 1, 100);
    it.a->write(places.back(), 1, 100);
  }
  sync(it.space, it.a, it.b);
  for (const CompartmentId& place : places) {
    it.a->roll_back(it.a->own_log(place), 1);
    it.a->write(place, 1, 100);
  }
  it.b->fork_seals.clear();
  std::set<log::LogId> shown;
  for (int link = 0; link < 20; ++link) {
    const Outcome outcome = sync(it.space, it.a, it.b);
    EXPECT_GE(outcome.b.forked.size(), places.size());
    std::size_t now = 0;
    for (const auto& [log, seals] : std::exchange(it.b->fork_seals, {})) {
      now += seals.empty() ? 0 : 1;
      if (!seals.empty()) shown.insert(log);
    }
    EXPECT_EQ(now, limits::kEvidenceLogs);
  }
  for (const CompartmentId& place : places) EXPECT_TRUE(shown.contains(it.a->own_log(place)));
}

TEST(Fork, ThatComesToLightWithTheBlocksIsLeftOutByBoth) {
  Forked it;
  for (int i = 0; i < 5; ++i) it.a->write(it.space.medical, 1, 100);
  it.a->write(log::compartment_id(it.space.control.founding.space, "", "other"), 1, 10);
  it.b->write(it.space.medical, 4, 100);
  const auto before = it.b->blocks(it.log);
  const Outcome outcome = sync(it.space, it.a, it.b);
  EXPECT_EQ(outcome.b.forked, Logs{it.log});
  EXPECT_EQ(outcome.a.refused, Logs{it.log});
  EXPECT_EQ(it.b->forks, std::set<log::LogId>{it.log});
  EXPECT_EQ(it.a->fork_seals[it.log], it.b->seals(it.log, 0)) << "the other's history";
  EXPECT_FALSE(outcome.a.in_sync);
  EXPECT_FALSE(outcome.b.in_sync);
  EXPECT_TRUE(outcome.a.mismatched.empty() && outcome.b.mismatched.empty());
  EXPECT_EQ(it.b->blocks(it.log), before);
  EXPECT_EQ(it.a->seq(it.b->own_log(it.space.medical)), 4u);
}

TEST(Fork, UnderASealThatContradictsOursIsFoundByTheSeal) {
  Forked it;
  for (int i = 0; i < 3; ++i) it.a->write(it.space.medical, 1, 20'000);  // a head for each
  for (int i = 0; i < 2; ++i) it.a->write(it.space.medical, 1, 20'000);
  const Outcome outcome = sync(it.space, it.b, it.a);
  EXPECT_EQ(outcome.a.forked, Logs{it.log});
  EXPECT_EQ(outcome.a.segments_received, 0u);
  EXPECT_EQ(outcome.b.refused, Logs{it.log});
}

TEST(Refused, LogsAreSentNoFurtherAndLeftOutByBoth) {
  for (const bool calls : {true, false}) {
    for (const auto result : {peer::InboundResult::waiting, peer::InboundResult::quarantined}) {
      PeerSpace space;
      TestDevice a = space.add_member();
      TestDevice b = space.add_member();
      TestDevice stranger = space.add_member();
      for (int i = 0; i < 40; ++i) stranger->write(space.medical, 1, 17'000);
      sync(space, stranger, a);
      a->write(space.medical, 5, 100);
      b->write(space.medical, 5, 100);
      const log::LogId refused = stranger->own_log(space.medical);
      b->gate = [&](const log::LogId& log) {
        return log == refused ? result : peer::InboundResult::stored;
      };
      const Outcome outcome = calls ? sync(space, a, b) : sync(space, b, a);
      const Report& sender = calls ? outcome.a : outcome.b;
      const Report& receiver = calls ? outcome.b : outcome.a;
      EXPECT_EQ(sender.refused, Logs{refused});
      EXPECT_EQ(receiver.refused, Logs{refused});
      EXPECT_EQ(receiver.changes_held_back, 1u);
      EXPECT_LE(sender.changes_sent, 5u + 5u);  // at most a window of the 40
      EXPECT_FALSE(sender.in_sync || receiver.in_sync);
      EXPECT_TRUE(sender.mismatched.empty() && receiver.mismatched.empty());
      EXPECT_EQ(b->seq(a->own_log(space.medical)), 5u);
      EXPECT_EQ(a->seq(b->own_log(space.medical)), 5u);
    }
  }
}

TEST(Refused, OnBothSidesAtOnceStillEnds) {
  PeerSpace space;
  TestDevice a = space.add_member();
  TestDevice b = space.add_member();
  std::vector<TestDevice> others;
  for (int i = 0; i < 6; ++i) {
    others.push_back(space.add_member());
    others.back()->write(space.medical, 30, 1000);
    sync(space, others.back(), i % 2 == 0 ? a : b);
  }
  const auto all_but = [&](TestDevice& refused) {
    return [log = refused->own_log(space.medical)](const log::LogId& it) {
      return it == log ? peer::InboundResult::quarantined : peer::InboundResult::stored;
    };
  };
  a->gate = all_but(others[1]);  // which b holds
  b->gate = all_but(others[0]);
  const Outcome outcome = sync(space, a, b);
  EXPECT_EQ(outcome.a.refused.size(), 2u);
  EXPECT_EQ(outcome.b.refused.size(), 2u);
  EXPECT_FALSE(outcome.a.in_sync || outcome.b.in_sync);
  EXPECT_TRUE(outcome.a.mismatched.empty() && outcome.b.mismatched.empty());
}

/// The victim of a piece whose entries are these refuses the log, and blames nobody.
void expect_refused(const std::function<Bytes(const Bytes& run_header)>& entries) {
  PeerSpace space;
  TestDevice own = space.add_member();
  TestDevice victim = space.add_member();
  own->write(space.medical, 1, 100);
  HostilePeer peer(space, own, victim, true);
  peer.reach_transfer();
  const log::LogId log = own->own_log(space.medical);
  wire::message::Piece piece = peer.piece(log, 0);
  piece.entries = entries(Bytes(log::first_run_header(piece.entries)));
  peer.send(piece);
  EXPECT_FALSE(peer.victim().finished());
  EXPECT_EQ(peer.victim().report().refused, Logs{log});
}

TEST(Refused, IsALogWhoseNextBlockIsTooLargeAndNobodyIsBlamed) {
  expect_refused([](const Bytes& run_header) {
    Bytes entries;
    put_varint(entries, (limits::kBlockBytes + 1) << 2 | 3);
    put_sized(entries, run_header);
    return entries.append(limits::kBlockBytes + 1, 'x');
  });
}

TEST(Refused, IsALogWhoseNextRunHeaderIsTooLargeAndNobodyIsBlamed) {
  expect_refused([](const Bytes&) {
    Bytes entries;
    put_varint(entries, 1 << 2 | 3);
    put_sized(entries, Bytes(limits::kRunHeaderBytes + 1, 'x'));
    return entries.append(1, 'x');
  });
}

}  // namespace
}  // namespace relais::peer::test
