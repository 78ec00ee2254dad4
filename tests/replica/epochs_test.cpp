#include "replica/write/epochs.h"

#include <gtest/gtest.h>

#include "access/certificate.h"
#include "access/key_sharing.h"
#include "base/limits.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/mesh_keys.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/write/own_commit.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

struct Epochs : ::testing::Test {
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("B", "A"));
    ASSERT_TRUE(space.join("C", "A"));
    space.settle();
  }

  CompartmentId records() {
    return log::compartment_id(space.core("A").identity.space, "", "records");
  }
  const access::Epoch* current(const std::string& name, const CompartmentId& compartment) {
    const auto& [membership, keyring] = space.core(name).control;
    return keyring.current(membership, compartment);
  }
  void replace_mesh_key() {
    replica::Core& owner = space.core("A");
    ASSERT_TRUE(replica::make_epochs(owner, {owner.control_compartment()}));
  }
  /// A second incarnation of the owner certifies C at a lower level, without knowing of the first
  /// certificate.
  void weaken_c() {
    replica::Core& owner = space.core("A");
    ASSERT_TRUE(replica::start_new_incarnation(owner, "elsewhere"));
    wire::CertificateBody body = access::certificate_body(
        access::make_join_request(space.core("C").identity.keys, owner.identity.space),
        owner.identity.space);
    body.level = access::Level::courier;
    body.issuer = owner.identity.keys.signing.public_key;
    body.issuer_author = owner.identity.author();
    body.issuer_seq = 1;
    const auto& secret = owner.identity.keys.signing.secret_key;
    const wire::record::MemberAdded added{wire::encode(access::sign_certificate(body, secret))};
    ASSERT_TRUE(replica::write_control(owner, {added}));
  }
  /// A device makes an epoch that covers all it knows, and gives the key to one other device only.
  access::EpochId make_epoch_for(const std::string& name, const std::string& victim) {
    replica::Core& core = space.core(name);
    const access::Membership& membership = core.control.membership;
    auto epochs = access::make_epochs(core.environment.random, membership, {records()},
                                      replica::control_heads(core));
    const access::EpochId id = access::epoch_id(epochs.made.at(0).parts.at(0).commitment);
    wire::record::KeysSealed sealed{id, {}};
    for (const std::string& each : {name, victim}) {
      const access::Device& to = *membership.device(space.core(each).identity.device());
      sealed.copies.push_back(*access::seal_key(epochs.keys.at(records()), to));
    }
    EXPECT_TRUE(replica::write_control(core, {epochs.made.at(0), sealed}));
    return id;
  }
  Status edit(const std::string& name) {
    return space.edit(name, [](replica::Edit& edit) {
      return edit.put_json(TestSpace::document("cases/1"), "status", R"("open")");
    });
  }

  TestSpace space;
};

TEST_F(Epochs, ADeviceThatWasAwayWhileTheMeshKeyWasReplacedTwentyTimesComesBack) {
  space.put("C", "cases/2", "status", R"("written while away")");
  for (int i = 0; i < 20; ++i) {
    space.clock().pass(std::chrono::hours(24 * 8));
    replace_mesh_key();
    ASSERT_TRUE(space.sync("B", "A").caller);
  }
  space.put("A", "cases/1", "status", R"("open")");
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_NE(current("C", space.core("C").control_compartment())->id,
            current("B", space.core("B").control_compartment())->id);

  const SyncResults results = space.sync("C", "B");  // with a member other than the owner
  ASSERT_TRUE(results.caller) << results.caller.error().message();
  ASSERT_TRUE(results.called) << results.called.error().message();
  EXPECT_EQ(results.caller->peer, space.core("B").identity.device());
  EXPECT_EQ(current("C", space.core("C").control_compartment())->id,
            current("B", space.core("B").control_compartment())->id);
  EXPECT_EQ(space.json("C", "cases/1"), R"({"status":"open"})");
  EXPECT_EQ(space.json("B", "cases/2"), R"({"status":"written while away"})");
}

TEST_F(Epochs, AnOldMeshKeyIsGoodForSoLongFromWhenItWasSeenReplaced) {
  replace_mesh_key();
  ASSERT_TRUE(space.sync("B", "A").caller);
  const auto old_keys = [&] { return replica::mesh_keys(space.core("B")).old.size(); };
  ASSERT_EQ(old_keys(), 1u);
  space.clock().pass(std::chrono::milliseconds(limits::kOldMeshKeyTime) - Duration(10'000));
  EXPECT_EQ(old_keys(), 1u);
  space.crash("B", 1000);
  EXPECT_EQ(old_keys(), 1u);
  space.clock().pass(Duration(20'000));
  EXPECT_EQ(old_keys(), 0u);
  EXPECT_FALSE(space.sync("C", "B").caller);
  space.clock().now_.wall = {};  // a clock that jumps back ends nothing
  EXPECT_EQ(old_keys(), 1u);
}

TEST_F(Epochs, MeshKeysEndAtTheirLimit) {
  for (std::size_t i = 1; i < limits::kMeshKeys; ++i) replace_mesh_key();
  EXPECT_EQ(replica::mesh_keys(space.core("A")).old.size(), limits::kMeshKeys - 1);
  replace_mesh_key();
  EXPECT_EQ(replica::mesh_keys(space.core("A")).old.size(), limits::kMeshKeys - 1);
  EXPECT_EQ(replica::mesh_keys(space.core("A")).current.size(), 1u);
}

TEST_F(Epochs, AMemberMakesOneItselfWhereAllThatItKnowsAreClosed) {
  ASSERT_NE(current("B", records()), nullptr);
  weaken_c();
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_EQ(current("B", records()), nullptr);
  ASSERT_TRUE(edit("B"));  // without an owner in reach
  const access::Epoch* made = current("B", records());
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->makings.front().maker, space.core("B").identity.author());
  const access::EpochId id = made->id;
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"open"})");
  EXPECT_EQ(current("A", records())->id, id);
  for (const char* name : {"A", "B"}) {
    const auto report = replica::verify(replica::Snapshot(space.core(name)));
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->problems.empty()) << report->problems.front();
  }
}

TEST_F(Epochs, ADeviceJoinsWhereAllMeshKeysAreClosed) {
  weaken_c();
  ASSERT_EQ(current("A", space.core("A").control_compartment()), nullptr);
  EXPECT_TRUE(space.join("D", "A"));
}

TEST_F(Epochs, AReaderWhomTheMakerDidNotKnowIsGivenTheKeyAtTheNextSync) {
  weaken_c();
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_TRUE(edit("B"));  // under a key of B's own
  ASSERT_TRUE(space.join("D", "A"));
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_TRUE(space.sync("D", "A").caller);
  EXPECT_EQ(space.json("D", "cases/1"), "There is no such document.");
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_TRUE(space.sync("D", "A").caller);
  EXPECT_EQ(space.json("D", "cases/1"), R"({"status":"open"})");
}

TEST_F(Epochs, WhoIsMovedToAnEpochThatOthersCannotReadHandsItsKeyOn) {
  ASSERT_TRUE(space.join("D", "A"));
  ASSERT_TRUE(space.join("E", "A"));
  weaken_c();
  space.settle();
  const access::EpochId lie = make_epoch_for("D", "B");
  ASSERT_TRUE(space.sync("B", "D").caller);
  ASSERT_TRUE(edit("B"));
  ASSERT_EQ(current("B", records())->id, lie);
  ASSERT_TRUE(space.sync("B", "A").caller);
  ASSERT_TRUE(space.sync("E", "A").caller);
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"open"})");
  EXPECT_EQ(space.json("E", "cases/1"), R"({"status":"open"})");
}

TEST_F(Epochs, AMemberMovesNobodyFromAnOwnersEpoch) {
  const access::EpochId owners = current("B", records())->id;
  make_epoch_for("C", "B");
  ASSERT_TRUE(space.sync("B", "C").caller);
  EXPECT_EQ(current("B", records())->id, owners);
}

TEST_F(Epochs, AMemberWhoseControlLogIsFullGoesOnAsAnotherAuthor) {
  const wire::record::KeysSealed none{current("B", records())->id,
                                      {{space.core("B").identity.device(), "nothing"}}};
  ASSERT_TRUE(replica::write_control(
      space.core("B"), std::vector<wire::ControlRecord>(limits::kMemberRecords - 1, none)));
  weaken_c();
  ASSERT_TRUE(space.sync("B", "A").caller);
  const AuthorId before = space.core("B").identity.author();
  ASSERT_TRUE(edit("B"));
  EXPECT_NE(space.core("B").identity.author(), before);
  ASSERT_TRUE(space.sync("B", "A").caller);
  EXPECT_EQ(space.json("A", "cases/1"), R"({"status":"open"})");
}

TEST_F(Epochs, OneRecordMakesThemForAllCompartmentsThatLackOne) {
  ASSERT_TRUE(space.edit("A", [](replica::Edit& edit) {
    return edit.put_json({"zone-1", "cases", "1"}, "status", R"("open")");
  }));
  weaken_c();
  const auto zone = log::compartment_id(space.core("A").identity.space, "zone-1", "records");
  ASSERT_EQ(current("A", zone), nullptr);
  ASSERT_TRUE(edit("A"));
  ASSERT_NE(current("A", zone), nullptr);
  EXPECT_EQ(current("A", zone)->makings.front().seq, current("A", records())->makings.front().seq);
  EXPECT_EQ(current("A", space.core("A").control_compartment())->makings.front().seq,
            current("A", zone)->makings.front().seq);
}

TEST_F(Epochs, WhoseLevelWasWeakenedReadsNoMoreOfWhatIsWrittenAfterwards) {
  weaken_c();
  ASSERT_TRUE(edit("A"));
  const access::Epoch* epoch = current("A", records());
  ASSERT_NE(epoch, nullptr);
  EXPECT_FALSE(epoch->copies_for(space.core("B").identity.device()).empty());
  EXPECT_TRUE(epoch->copies_for(space.core("C").identity.device()).empty());
  const auto report = replica::status(replica::Snapshot(space.core("A")));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->warnings.size(), 1u);
  EXPECT_EQ(report->warnings[0],
            "The device " + to_hex(space.core("C").identity.device().view()) +
                " was admitted at two levels: the weaker counts until an owner admits it "
                "again.");
}

}  // namespace
}  // namespace relais::testing
