#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "replica/projection/inbound.h"
#include "replica/read/verification.h"
#include "store/tables/seals.h"
#include "support/test_space.h"

/// Logs of a member with a modified program, which signs arbitrary data with its keys: a device can
/// always send what it holds of them, and they never block others.
namespace relais::testing {
namespace {

using peer::SyncDelegate;
using Seqs = std::vector<std::uint64_t>;

/// A log that the member writes by hand, in any of its incarnations.
class HostileLog {
 public:
  HostileLog(replica::Core& member, std::uint8_t incarnation)
      : member_(member),
        identity_{member.identity.space, member.identity.keys.signing.public_key, {}},
        log_{log::compartment_id(member.identity.space, "", "records"),
             log::author_id(identity_.device_key, instance(incarnation))} {
    identity_.instance = instance(incarnation);
    log::RunHeader run;
    run.epoch = member.control.keyring.current(member.control.membership, log_.compartment)->id;
    run.salt = member.environment.random.draw<decltype(run.salt)>();
    writer_.emplace(
        identity_, log_, member.genesis(log_), run,
        member.environment.random.draw<crypto::SymmetricKey>());  // no device can decrypt it
    hashes_.push_back(writer_->head().hash);
  }

  /// One transaction of this size; its piece is not sent yet.
  void write(std::size_t bytes) {
    constexpr std::size_t kMost = 250'000;
    for (; bytes > kMost; bytes -= kMost) append(kMost, false);
    append(bytes, true);
  }
  log::VerifiedPiece take() { return writer_->take(); }
  std::uint64_t end() const { return writer_->head().seq; }
  const log::LogId& id() const { return log_; }

  log::SignedHead at(std::uint64_t seq) const { return {seq, hashes_.at(seq)}; }
  log::SignedHead false_at(std::uint64_t seq) const {
    return {seq, crypto::hash("lie", {Bytes(1, static_cast<char>(seq))})};
  }
  Bytes seal(std::vector<log::SignedHead> heads) const {
    return wire::encode(log::sign_seal(
        identity_.space, member_.identity.keys.signing.secret_key,
        {log_.compartment, identity_.device_key, identity_.instance, std::move(heads)}));
  }

 private:
  static log::Instance instance(std::uint8_t number) {
    log::Instance instance;
    instance.data()[0] = number;
    return instance;
  }
  void append(std::size_t bytes, bool end) {
    writer_->append(codec_, member_.environment.random.bytes(bytes), end);
    hashes_.push_back(writer_->head().hash);
  }

  replica::Core& member_;
  log::Writer::Identity identity_;
  log::LogId log_;
  log::BlockCodec codec_;
  std::optional<log::Writer> writer_;
  std::vector<crypto::Hash> hashes_;  ///< by seq
};

/// The hub A, an honest member C behind it, and M, the member with the modified program.
class HostileLogs : public ::testing::Test {
 protected:
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("C", "A"));
    ASSERT_TRUE(space.join("M", "A"));
    ASSERT_TRUE(space.sync("C", "A").caller);
  }

  HostileLog log_by_hand(std::uint8_t incarnation = 1) { return {space.core("M"), incarnation}; }

  /// Like a session of M with the hub: only what the protocol permits.
  peer::InboundResult bring(HostileLog& log, const std::vector<Bytes>& seals) {
    return bring(log.take(), seals);
  }
  peer::InboundResult bring(const log::VerifiedPiece& piece, const std::vector<Bytes>& seals) {
    replica::Core& hub = space.core("A");
    ++hub.open_sessions;
    const log::LogId& id = piece.log();
    log::Verifier verifier(id, piece.before());
    for (const Bytes& seal : seals) {
      EXPECT_TRUE(verifier.add(log::verify_seal(seal, hub.identity.space).value()));
    }
    auto verified = verifier.verify(piece.piece());
    EXPECT_TRUE(verified) << verified.error().message();
    auto result = replica::store_inbound(hub, std::move(*verified), seals);
    --hub.open_sessions;
    EXPECT_TRUE(result) << result.error().message();
    return result ? *result : peer::InboundResult::refused;
  }

  /// Honest devices sync whatever M wrote; C ends up with what the hub holds.
  void expect_forwarded(const HostileLog& log, std::uint64_t end) { expect_held(log, end, end); }
  void expect_held(const HostileLog& log, std::uint64_t at_hub, std::uint64_t at_caller) {
    for (const bool opened_again : {false, true}) {
      if (opened_again) {
        ASSERT_TRUE(space.reopen("A"));
      }
      space.put("A", "cases/1", "status", opened_again ? R"("closed")" : R"("open")");
      space.put("C", "cases/2", "weight", opened_again ? "61" : "60");
      const SyncResults results = space.sync("C", "A");
      EXPECT_TRUE(results.called) << results.called.error().message();
      ASSERT_TRUE(results.caller) << results.caller.error().message();
      ASSERT_TRUE(results.called) << results.called.error().message();
      EXPECT_TRUE(results.caller->mismatched.empty());
      EXPECT_EQ(space.json("C", "cases/1"), space.json("A", "cases/1"));
      EXPECT_EQ(space.json("A", "cases/2"), space.json("C", "cases/2"));
      EXPECT_EQ(held("A", log), at_hub);
      EXPECT_EQ(held("C", log), at_caller);
      for (const char* name : {"A", "C"}) {
        const auto report = replica::verify(replica::Snapshot(space.core(name)));
        ASSERT_TRUE(report);
        EXPECT_TRUE(report->problems.empty()) << report->problems.front();
      }
    }
  }

  std::uint64_t held(const std::string& name, const HostileLog& log) {
    const store::LogRow* row = space.core(name).logs.find(log.id());
    return row == nullptr ? 0 : row->head.seq;
  }
  std::vector<store::StoredSeal> seals(const std::string& name, const log::LogId& log) {
    const replica::Core& core = space.core(name);
    return store::seals_after(*core.store, core.logs.find(log)->no, 0).value();
  }
  bool is_frozen(const std::string& name, const HostileLog& log) {
    const replica::Core& core = space.core(name);
    return core.logs.forks().contains(core.logs.find(log.id())->no);
  }

  TestSpace space;
};

TEST_F(HostileLogs, OfTailSealsThatRepeatNothingAreForwardedWhole) {
  HostileLog log = log_by_hand();
  for (int i = 0; i < 8; ++i) {
    log.write(400'000);
    EXPECT_EQ(bring(log, {log.seal({log.at(log.end())})}), peer::InboundResult::stored);
  }
  expect_forwarded(log, log.end());
}

// Two in three seals may be removed: what lies between the others fits into a piece.
TEST_F(HostileLogs, KeepOnlyTheSealsWithoutWhichAPieceWouldBeTooLarge) {
  HostileLog log = log_by_hand();
  for (int i = 0; i < 8; ++i) {
    log.write(400'000);
    EXPECT_EQ(bring(log, {log.seal({log.at(log.end())})}), peer::InboundResult::stored);
  }
  EXPECT_EQ(seals("A", log.id()).size(), 4u);
  HostileLog small = log_by_hand(2);
  for (int i = 0; i < 8; ++i) {
    small.write(1000);
    EXPECT_EQ(bring(small, {small.seal({small.at(small.end())})}), peer::InboundResult::stored);
  }
  EXPECT_EQ(seals("A", small.id()).size(), 1u);
  expect_forwarded(small, small.end());
}

TEST_F(HostileLogs, OfSealsThatDropAHeadFromTheMiddleKeepThatHead) {
  HostileLog log = log_by_hand();
  for (int i = 0; i < 3; ++i) log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(1), log.at(2), log.at(3)})}), peer::InboundResult::stored);
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(1), log.at(4)})}), peer::InboundResult::stored);
  EXPECT_EQ(seals("A", log.id()).size(), 2u);
  expect_forwarded(log, 4);
}

TEST_F(HostileLogs, OfSealsThatAllReachFarAheadAreForwardedWhole) {
  HostileLog log = log_by_hand();
  for (std::uint64_t i = 1; i <= 20; ++i) {
    log.write(limits::kPieceBytes);
    const Bytes seal = log.seal({log.at(i), log.false_at(1000 + i)});
    EXPECT_EQ(bring(log, {seal}), peer::InboundResult::stored);
  }
  expect_forwarded(log, 20);
}

// A receiver remembers fewer seals than these.
TEST_F(HostileLogs, OfSealsThatTakeTurnsAreForwardedWhole) {
  constexpr std::uint64_t kTurns = limits::kSealsAhead + 2;
  HostileLog log = log_by_hand();
  std::vector<log::VerifiedPiece> pieces;
  for (std::uint64_t i = 0; i < 3 * kTurns; ++i) {
    log.write(limits::kPieceBytes);
    pieces.push_back(log.take());
  }
  for (std::uint64_t i = 0; i < pieces.size(); ++i) {
    const std::uint64_t first = 1 + i % kTurns;
    const Bytes seal =
        log.seal({log.at(first), log.at(first + kTurns), log.at(first + 2 * kTurns)});
    EXPECT_EQ(bring(pieces[i], {seal}), peer::InboundResult::stored);
  }
  EXPECT_EQ(seals("A", log.id()).size(), kTurns);
  expect_forwarded(log, log.end());
}

// All seals of the run end at one place, so that they share a key prefix in the store.
TEST_F(HostileLogs, OfSealsThatAllEndAtOnePlaceAreForwardedWhole) {
  HostileLog log = log_by_hand();
  for (std::uint64_t i = 1; i <= 6; ++i) {
    log.write(100);
    EXPECT_EQ(bring(log, {log.seal({log.at(i), log.false_at(100)})}), peer::InboundResult::stored);
  }
  expect_forwarded(log, 6);
}

TEST_F(HostileLogs, OfAFullSealWithAFalsePlaceEndBeforeIt) {
  HostileLog log = log_by_hand();
  for (std::uint64_t i = 1; i < limits::kHeadsPerSeal; ++i) log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(log.end())})}), peer::InboundResult::stored);
  log.write(100);
  std::vector<log::SignedHead> heads;
  for (std::uint64_t i = 1; i <= log.end(); ++i) {
    heads.push_back(i == limits::kHeadsPerSeal / 2 ? log.false_at(i) : log.at(i));
  }
  EXPECT_EQ(bring(log, {log.seal(heads)}), peer::InboundResult::forked);
  EXPECT_TRUE(is_frozen("A", log));
  expect_forwarded(log, limits::kHeadsPerSeal - 1);
  EXPECT_TRUE(is_frozen("A", log)) << "the proof is kept";
}

TEST_F(HostileLogs, ThatPassAPlaceWhichAnEarlierSealContradictsEndBeforeIt) {
  HostileLog log = log_by_hand();
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(1), log.false_at(3)})}), peer::InboundResult::stored);
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(2)})}), peer::InboundResult::stored);
  log.write(100);
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(4)})}), peer::InboundResult::forked);
  EXPECT_TRUE(is_frozen("A", log));
  expect_forwarded(log, 2);
}

TEST_F(HostileLogs, WhoseSealsDisagreeAboutAPlaceAheadEndBeforeThem) {
  HostileLog log = log_by_hand();
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(1), {50, {}}})}), peer::InboundResult::stored);
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(2), log.false_at(50)})}), peer::InboundResult::forked);
  EXPECT_TRUE(is_frozen("A", log));
  expect_forwarded(log, 1);
}

TEST_F(HostileLogs, ThatAreForkedTakeNothingMore) {
  HostileLog log = log_by_hand();
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(1), log.false_at(2)})}), peer::InboundResult::stored);
  log.write(100);
  log.write(100);
  const log::VerifiedPiece rest = log.take();
  const Bytes honest = log.seal({log.at(3)});
  replica::Core& hub = space.core("A");
  EXPECT_TRUE(replica::keep_fork_proof(hub, log.id(), {log.seal({log.false_at(1)})}));
  EXPECT_TRUE(is_frozen("A", log));
  ASSERT_TRUE(space.reopen("A"));
  EXPECT_TRUE(is_frozen("A", log));
  log::Verifier verifier(log.id(), space.core("A").logs.find(log.id())->head);
  ASSERT_TRUE(verifier.add(log::verify_seal(honest, space.core("A").identity.space).value()));
  auto verified = verifier.verify(rest.piece());
  ASSERT_TRUE(verified);
  EXPECT_EQ(replica::store_inbound(space.core("A"), std::move(*verified), {honest}).value(),
            peer::InboundResult::forked);
  expect_forwarded(log, 1);
}

// So no kept seal reaches beyond the end, signs it, and is not settled.
TEST_F(HostileLogs, WhoseEndAnEarlierSealSignsAreProvenForkedByTheirOtherHistory) {
  HostileLog log = log_by_hand();
  log.write(100);
  log.write(100);
  const Bytes over_end = log.seal({log.at(2)});
  EXPECT_EQ(bring(log, {over_end, log.seal({log.false_at(limits::kLastSeq)})}),
            peer::InboundResult::stored);
  HostileLog other = log_by_hand();
  for (int i = 0; i < 3; ++i) other.write(100);
  EXPECT_EQ(bring(other, {other.seal({other.at(3)})}), peer::InboundResult::forked);
  const auto& forks = space.core("A").logs.forks();
  ASSERT_EQ(forks.size(), 1u);
  EXPECT_EQ(forks.begin()->second.other, over_end);
  expect_forwarded(log, 2);
}

TEST_F(HostileLogs, AreNoProofOfAForkWhereTheyAgree) {
  HostileLog log = log_by_hand();
  log.write(100);
  log.write(100);
  EXPECT_EQ(bring(log, {log.seal({log.at(1), log.at(2)})}), peer::InboundResult::stored);
  EXPECT_TRUE(replica::keep_fork_proof(space.core("A"), log.id(),
                                       {log.seal({log.at(1)}), log.seal({log.at(2), {9, {}}})}));
  EXPECT_FALSE(is_frozen("A", log));
}

TEST_F(HostileLogs, OfMoreAuthorsThanADeviceMayHaveFreezeTheDevice) {
  std::vector<HostileLog> logs;
  logs.reserve(limits::kAuthorsPerDevice + 1);
  for (std::size_t i = 1; i <= limits::kAuthorsPerDevice + 1; ++i) {
    logs.push_back(log_by_hand(static_cast<std::uint8_t>(i)));
    logs.back().write(100);
    const bool fits = i <= limits::kAuthorsPerDevice;
    EXPECT_EQ(bring(logs.back(), {logs.back().seal({logs.back().at(1)})}),
              fits ? peer::InboundResult::stored : peer::InboundResult::quarantined)
        << i;
  }
  // Each replica keeps what it has of the others, and leaves their logs out of syncs.
  logs[0].write(100);
  EXPECT_EQ(bring(logs[0], {logs[0].seal({logs[0].at(2)})}), peer::InboundResult::quarantined);
  expect_held(logs[0], 1, 0);
  EXPECT_EQ(held("C", logs.back()), 0u);
}

// The sender cannot read the log and says so; both sides leave it out.
TEST_F(HostileLogs, OrHonestOnesThatTheDiskDamagedAreLeftOutByBoth) {
  for (const bool hub_calls : {false, true}) {
    HostileLog log = log_by_hand(hub_calls ? 1 : 2);
    log.write(100);
    EXPECT_EQ(bring(log, {log.seal({log.at(1)})}), peer::InboundResult::stored);
    const store::LogNo no = space.core("A").logs.find(log.id())->no;
    ASSERT_TRUE(space.disk("A").damage(store::Family::log, store::block_key(no, 1)));
    const std::string value = hub_calls ? "1" : "2";
    space.put("A", "cases/1", "status", value);
    space.put("C", "cases/2", "weight", value);
    const SyncResults results = hub_calls ? space.sync("A", "C") : space.sync("C", "A");
    ASSERT_TRUE(results.caller) << results.caller.error().message();
    ASSERT_TRUE(results.called) << results.called.error().message();
    for (const auto* report : {&*results.caller, &*results.called}) {
      EXPECT_TRUE(std::find(report->refused.begin(), report->refused.end(), log.id()) !=
                  report->refused.end());
      EXPECT_FALSE(report->in_sync);
      EXPECT_TRUE(report->mismatched.empty());
    }
    EXPECT_EQ(space.json("C", "cases/1"), "{\"status\":" + value + "}");
    EXPECT_EQ(space.json("A", "cases/2"), "{\"weight\":" + value + "}");
    EXPECT_EQ(held("C", log), 0u);
  }
}

}  // namespace
}  // namespace relais::testing
