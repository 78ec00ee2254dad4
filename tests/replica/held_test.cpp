#include "replica/projection/held.h"

#include <gtest/gtest.h>

#include "access/invitation.h"
#include "access/key_sharing.h"
#include "base/limits.h"
#include "log/writer.h"
#include "replica/lifecycle/invitations.h"
#include "replica/projection/inbound.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/write/own_commit.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

using peer::SyncDelegate;

constexpr char kZone[] = "zone-1";
const DocumentId kInZone{kZone, "cases", "1"};

/// Logs that reach a device in another order than a sync brings them: data before control.
struct Held : ::testing::Test {
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("B", "A"));
  }

  log::LogId log_of(const std::string& writer, const std::string& scope = "") {
    const replica::Identity& identity = space.core(writer).identity;
    return {log::compartment_id(identity.space, scope, "records"), identity.author()};
  }

  /// Brings `to` the blocks of a log that it lacks, from `from`.
  Result<peer::InboundResult> bring(const log::LogId& log, const std::string& from,
                                    const std::string& to) {
    engine::ReplicaDelegate delegate(space.core(from), {});
    delegate.data_inventory(space.core(from).identity.device());
    replica::Core& core = space.core(to);
    const store::LogRow* row = core.logs.find(log);
    const log::Head head = row != nullptr ? row->head : core.genesis(log);
    auto part = delegate.read(log, head.seq, limits::kMessageBytes).value();
    log::Verifier verifier(log, head);
    EXPECT_TRUE(verifier.add(log::verify_seal(part->seal, core.identity.space).value()));
    return replica::store_inbound(core, verifier.verify(std::move(part->piece)).value(),
                                  {part->seal});
  }

  std::uint64_t held(const std::string& name) {
    return replica::status(replica::Snapshot(space.core(name)))->held_pieces;
  }
  /// The kinds of the held pieces, one letter each (docs/spec/store.md).
  std::string kinds(const std::string& name) {
    std::string kinds;
    const auto all = replica::held_pieces(space.core(name)).value();
    for (const auto& one : all) kinds += one.key[0];
    return kinds;
  }
  std::string in_zone(const std::string& name) {
    auto json = replica::ReadView(space.core(name).reading()).json(kInZone);
    return json ? *json : json.error().message();
  }
  void expect_sound(const std::string& name) {
    const auto report = replica::verify(replica::Snapshot(space.core(name)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->problems.empty()) << report->problems.front();
  }

  /// Makes a scope, with a document, that only its owner reads and writes so far.
  void open_zone() {
    ASSERT_TRUE(space.edit(
        "A", [](replica::Edit& edit) { return edit.put_json(kInZone, "status", R"("open")"); }));
  }
  void grant_zone(const std::string& name, std::uint32_t rights) {
    write({wire::record::RightsGranted{space.core(name).identity.device(), zone(), rights}});
  }
  void hand_over_zone_key(const std::string& name) {
    replica::Core& owner = space.core("A");
    const auto& [membership, keyring] = owner.control;
    const access::Epoch* epoch = keyring.current(membership, zone());
    ASSERT_NE(epoch, nullptr);
    const access::Device* to = membership.device(space.core(name).identity.device());
    ASSERT_NE(to, nullptr);
    const auto copy = access::seal_key(*keyring.key(epoch->id), *to);
    write({wire::record::KeysSealed{epoch->id, {copy.value()}}});
  }

  void let_in(const access::DeviceKeys& keys) {
    replica::Core& owner = space.core("A");
    replica::OpenInvitation open;
    open.invitation = access::make_invitation(owner.environment.random, owner.identity.space,
                                              space.clock().now().wall, std::chrono::minutes(10));
    ASSERT_TRUE(replica::save_invitation(owner, open));
    ASSERT_TRUE(replica::admit(owner, access::make_join_request(keys, owner.identity.space), open));
  }

  TestSpace space;

 private:
  CompartmentId zone() { return log_of("A", kZone).compartment; }
  void write(const std::vector<wire::ControlRecord>& records) {
    ASSERT_TRUE(replica::write_control(space.core("A"), records));
  }
};

TEST_F(Held, APieceIsTakenInOnceItsAuthorIsKnown) {
  ASSERT_TRUE(space.join("C", "A"));  // B does not know C
  space.put("C", "cases/1", "status", R"("open")");
  EXPECT_EQ(*bring(log_of("C"), "C", "B"), peer::InboundResult::waiting);
  EXPECT_EQ(*bring(log_of("C"), "C", "B"), peer::InboundResult::waiting)
      << "it comes with every sync";
  EXPECT_EQ(kinds("B"), "w");
  EXPECT_EQ(space.json("B", "cases/1"), "There is no such document.");
  space.crash("B", 100);
  ASSERT_TRUE(space.sync("B", "A").caller);  // A knows C, and has none of its data
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"open"})");
  EXPECT_EQ(kinds("B"), "");
  expect_sound("B");
  space.put("C", "cases/1", "status", R"("closed")");
  space.settle();
  EXPECT_SAME(space);
}

TEST_F(Held, APieceThatCameByASyncMeanwhileIsLetGo) {
  ASSERT_TRUE(space.join("C", "A"));
  space.put("C", "cases/1", "status", R"("open")");
  EXPECT_EQ(*bring(log_of("C"), "C", "B"), peer::InboundResult::waiting);
  const auto iterator = space.core("B").store->scan_prefix(store::Family::held, {});
  ASSERT_TRUE(iterator->valid());
  store::Batch batch;
  batch.put(store::Family::held, iterator->key(), iterator->value());
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(held("B"), 0u);
  // The power was cut after the piece was stored in the log and before it was removed here.
  ASSERT_TRUE(space.core("B").store->commit(batch, store::Durability::synced));
  EXPECT_EQ(held("B"), 1u);
  space.crash("B");
  EXPECT_EQ(held("B"), 0u) << "the opening judges it again";
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"open"})");
  expect_sound("B");
}

TEST_F(Held, APieceOfOneWhoMayNotWriteThereIsTakenInOnceItMay) {
  ASSERT_TRUE(space.join("C", "A"));
  open_zone();
  grant_zone("B", wire::kRead | wire::kWrite);
  hand_over_zone_key("B");
  ASSERT_TRUE(space.sync("B", "A").caller);  // B now knows C, which may not write in the zone
  grant_zone("C", wire::kRead | wire::kWrite);
  hand_over_zone_key("C");
  ASSERT_TRUE(space.sync("C", "A").caller);
  ASSERT_TRUE(space.edit(
      "C", [](replica::Edit& edit) { return edit.put_json(kInZone, "status", R"("closed")"); }));
  EXPECT_EQ(*bring(log_of("C", kZone), "C", "B"), peer::InboundResult::quarantined);
  EXPECT_EQ(kinds("B"), "q");
  EXPECT_EQ(in_zone("B"), R"({"status":"open"})");
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(kinds("B"), "");
  EXPECT_EQ(in_zone("B"), R"({"status":"closed"})");
  expect_sound("B");
}

TEST_F(Held, APieceUnderAKeyThatIsNotHereIsOpenedOnceTheKeyComes) {
  open_zone();
  // More than are opened at once.
  for (int i = 0; i < 16; ++i) {
    const Bytes noise = space.core("A").environment.random.bytes(30'000);
    for (const char* field : {"one", "two", "three"}) {
      ASSERT_TRUE(space.edit("A", [&](replica::Edit& edit) {
        return edit.put_json(kInZone, field + std::to_string(i), '"' + to_hex(noise) + '"');
      }));
    }
  }
  grant_zone("B", wire::kRead);
  ASSERT_TRUE(space.sync("B", "A").caller);
  const store::LogRow* row = space.core("B").logs.find(log_of("A", kZone));
  ASSERT_NE(row, nullptr) << "who may read gets it, though the key isn't there yet";
  EXPECT_EQ(replica::status(replica::Snapshot(space.core("B")))->set_aside, row->head.seq);
  EXPECT_EQ(in_zone("B"), "There is no such document.");
  space.crash("B");
  EXPECT_EQ(in_zone("B"), "There is no such document.");
  hand_over_zone_key("B");
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(in_zone("B"), in_zone("A"));
  row = space.core("B").logs.find(log_of("A", kZone));
  EXPECT_EQ(row->opened, row->head.seq);
  EXPECT_EQ(replica::status(replica::Snapshot(space.core("B")))->set_aside, 0u);
  expect_sound("B");
}

/// Pieces by an author that no device knows.
struct Strangers : Held {
  struct Stranger {
    access::DeviceKeys keys;
    log::Writer::Identity identity;

    log::LogId log_in(const CompartmentId& compartment) const {
      return {compartment, log::author_id(identity.device_key, identity.instance)};
    }
  };
  Stranger stranger() {
    const replica::Core& core = space.core("B");
    auto keys = access::make_device_keys(core.environment.random);
    const auto signing = keys.signing.public_key;
    return {std::move(keys), {core.identity.space, signing, {}}};
  }
  peer::InboundResult bring(const Stranger& from, log::Writer writer,
                            const std::vector<Bytes>& changes) {
    log::BlockCodec codec;
    for (const Bytes& change : changes) writer.append(codec, change, &change == &changes.back());
    log::Sealer sealer;
    sealer.add(writer.head(), 1);
    const auto seal = sealer.sign(from.identity, writer.log(), from.keys.signing.secret_key);
    return replica::store_inbound(space.core("B"), writer.take(), {wire::encode(seal)}).value();
  }
  /// Of its own log, under a key that no device has.
  peer::InboundResult bring_noise(std::size_t blocks, std::size_t block_bytes) {
    const Stranger from = stranger();
    const replica::Core& core = space.core("B");
    Random& random = core.environment.random;
    const log::LogId log = from.log_in(log_of("A").compartment);
    std::vector<Bytes> changes;
    for (std::size_t i = 0; i < blocks; ++i) changes.push_back(random.bytes(block_bytes));
    return bring(from,
                 {from.identity, log, core.genesis(log), {}, random.draw<crypto::SymmetricKey>()},
                 changes);
  }
};

TEST_F(Strangers, WhoComeToBeKnownAndMayNotWriteThereAreQuarantined) {
  const Stranger from = stranger();
  const replica::Core& core = space.core("B");
  const log::LogId log = from.log_in(core.control_compartment());
  const log::RunHeader plain{log::RunHeader::Format::plain, {}, {}, 0};
  const wire::ControlRecord record = wire::record::CompartmentCreated{"zone-9", "records"};
  EXPECT_EQ(bring(from, {from.identity, log, core.genesis(log), plain, {}}, {wire::encode(record)}),
            peer::InboundResult::waiting);
  EXPECT_EQ(kinds("B"), "w");
  let_in(from.keys);
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(kinds("B"), "q") << "members don't make compartments";
  EXPECT_EQ(core.control.membership.compartment(
                log::compartment_id(core.identity.space, "zone-9", "records")),
            nullptr);
}

TEST_F(Strangers, OrMembersWhoWriteWhatNobodyCanOpenHoldNothingUp) {
  // A writes under another key than that of its epoch, as a faulty host would.
  const replica::Core& writer = space.core("A");
  const auto& [membership, keyring] = writer.control;
  const Stranger known{
      writer.identity.keys,
      {writer.identity.space, writer.identity.keys.signing.public_key, writer.identity.instance}};
  const log::LogId log = log_of("A");
  log::RunHeader run;
  run.epoch = keyring.current(membership, log.compartment)->id;
  EXPECT_EQ(bring(known,
                  {known.identity, log, writer.genesis(log), run,
                   writer.environment.random.draw<crypto::SymmetricKey>()},
                  {"a change of a made-up document"}),
            peer::InboundResult::stored);
  EXPECT_EQ(replica::status(replica::Snapshot(space.core("B")))->set_aside, 1u);
  expect_sound("B");
  space.put("B", "cases/1", "status", R"("open")");
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"open"})");
}

TEST_F(Strangers, FillNoMoreRoomThanThereIsForSoManyPieces) {
  for (std::size_t i = 0; i < limits::kUnknownAuthorSegments; ++i) {
    EXPECT_EQ(bring_noise(1, 100), peer::InboundResult::waiting);
    EXPECT_EQ(held("B"), i + 1);
  }
  EXPECT_EQ(bring_noise(1, 100), peer::InboundResult::waiting)
      << "it comes again with a later sync";
  EXPECT_EQ(held("B"), limits::kUnknownAuthorSegments);
  // They do not block other pieces.
  space.put("A", "cases/1", "status", R"("open")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(space.json("B", "cases/1"), R"({"status":"open"})");
}

TEST_F(Strangers, FillNoMoreRoomThanThereIsForSoManyBytes) {
  constexpr std::size_t kBlocks = 4;
  constexpr std::size_t kPiece = 250'000 * kBlocks;
  constexpr std::size_t kFit = limits::kUnknownAuthorBytes / kPiece;
  for (std::size_t i = 0; i < kFit + 2; ++i) {
    EXPECT_EQ(bring_noise(kBlocks, kPiece / kBlocks), peer::InboundResult::waiting);
  }
  EXPECT_EQ(held("B"), kFit);
}

}  // namespace
}  // namespace relais::testing
