#include <gtest/gtest.h>

#include "base/limits.h"
#include "engine/import.h"
#include "log/writer.h"
#include "replica/known_authors.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/names_document.h"
#include "replica/projection/inbound.h"
#include "replica/protected_documents.h"
#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "replica/write/own_commit.h"
#include "replica/write/section_compartment.h"
#include "support/test_space.h"

namespace relais::testing {
namespace {

using peer::SyncDelegate;

/// Two rules for one section, by two authors that did not know of each other.
struct TwoRules : ::testing::Test {
  void SetUp() override {
    space.found("A", {{"cases", "legal", "legal"}});
    ASSERT_TRUE(space.join("B", "A"));
    space.put("B", "cases/1", "legal/before", "1");
    replica::Core& owner = space.core("A");
    ASSERT_TRUE(replica::start_new_incarnation(owner, "elsewhere"));
    write({"cases", "legal", "records"});
    ASSERT_TRUE(space.sync("B", "A").caller);
  }
  void write(const wire::record::SectionMapped& mapped) {
    ASSERT_TRUE(replica::write_control(space.core("A"), {mapped}));
  }
  /// The label of the compartment that a device's last change is in.
  Status edit(const std::string& name, const std::string& field) {
    return space.edit(name, [&](replica::Edit& edit) {
      return edit.put_json(TestSpace::document("cases/1"), "legal/" + field, "2");
    });
  }
  std::uint64_t changes_in(const std::string& name, const std::string& label) {
    const replica::Core& core = space.core(name);
    const auto* row = core.logs.find(
        log::LogId{log::compartment_id(core.identity.space, "", label), core.identity.author()});
    return row == nullptr ? 0 : row->head.seq;
  }

  TestSpace space;
};

TEST_F(TwoRules, ADeviceGoesOnUnderTheLabelItUsedBefore) {
  const std::uint64_t before = changes_in("B", "legal");
  ASSERT_TRUE(edit("B", "after"));
  EXPECT_EQ(changes_in("B", "legal"), before + 1);
  space.settle();
  EXPECT_EQ(space.json("A", "cases/1"), R"({"legal":{"after":2,"before":1}})");
}

TEST_F(TwoRules, WhoUsedNeitherIsRefusedUntilSomebodyChooses) {
  ASSERT_TRUE(space.join("C", "A"));
  space.settle();
  const Status refused = edit("C", "after");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::mapping_conflict);
  EXPECT_EQ(refused.error().message(),
            "Two rules for this section contradict each other: an owner has to choose one.");
  const auto report = replica::status(replica::Snapshot(space.core("C")));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->warnings.size(), 1u);
  EXPECT_EQ(report->warnings[0],
            "Rules contradict each other about where a section is kept (sections: 1): an owner has "
            "to choose.");

  write({"cases", "legal", "records", replica::control_heads(space.core("A"))});
  space.settle();
  ASSERT_TRUE(edit("C", "after"));
  EXPECT_EQ(changes_in("C", "records"), 1u);
  ASSERT_TRUE(edit("B", "more"));
  EXPECT_EQ(changes_in("B", "records"), 1u) << "what was chosen is what everybody writes under";
}

TEST_F(TwoRules, ChangesUnderBothLabelsAreRead) {
  write({"cases", "legal", "records", replica::control_heads(space.core("A"))});
  ASSERT_TRUE(edit("A", "after"));
  space.settle();
  for (const char* name : {"A", "B"}) {
    EXPECT_EQ(space.json(name, "cases/1"), R"({"legal":{"after":2,"before":1}})") << name;
    replica::ReadView reader(space.core(name).reading());
    EXPECT_TRUE(reader.field(TestSpace::document("cases/1"), "legal/after")) << name;
    EXPECT_TRUE(reader.field(TestSpace::document("cases/1"), "legal/before")) << name;
    EXPECT_EQ(replica::status(replica::Snapshot(space.core(name)))->set_aside, 0u) << name;
  }
}

/// Documents that hold names.
struct Names : ::testing::Test {
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("B", "A"));
    ASSERT_TRUE(replica::save_device_name(space.core("A"), "the owner's"));
    ASSERT_TRUE(replica::save_space_name(space.core("A"), "programme"));
    ASSERT_TRUE(replica::save_device_name(space.core("B"), "the nurse's"));
    space.settle();
  }
  DeviceId id(const std::string& name) { return space.core(name).identity.device(); }
  void rename(const std::string& by, const DocumentId& document) {
    ASSERT_TRUE(space.edit(
        by, [&](replica::Edit& edit) { return edit.put_json(document, "name", R"("another")"); }));
    space.settle();
  }

  TestSpace space;
};

/// The message of a failed status; empty if ok.
std::string message_of(const Status& status) { return status ? "" : status.error().message(); }

constexpr const char* kUnknownSection =
    "The collection is closed, and no rule names the section: check its spelling.";

TEST(ClosedCollections, RefuseASectionThatNoRuleNames) {
  TestSpace space;
  space.found("A", {{"cases", "", "records", {}, true}, {"cases", "legal", "legal"}});
  ASSERT_TRUE(space.join("B", "A"));
  const auto put = [&](const std::string& document, const std::string& path) {
    return message_of(space.edit("B", [&](replica::Edit& edit) {
      return edit.put_json(TestSpace::document(document), path,
                           path.empty() ? R"({"lgeal":1})" : "1");
    }));
  };
  EXPECT_EQ(put("cases/1", "legal/stage"), "");
  EXPECT_EQ(put("cases/1", "lgeal/stage"), kUnknownSection);
  EXPECT_EQ(put("cases/1", ""), kUnknownSection);
  EXPECT_EQ(put("visits/1", "lgeal/stage"), "");
  const auto imported =
      engine::import_ndjson(space.core("B"), R"({"collection":"cases","id":"2","doc":{"lgeal":1}})",
                            {}, Threading::manual);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code(), ErrorCode::unknown_section);
  EXPECT_EQ(imported.error().message(), std::string("line 1: ") + kUnknownSection);
  EXPECT_EQ(space.json("B", "cases/1"), R"({"legal":{"stage":1}})");
  EXPECT_EQ(space.json("B", "cases/2"), "There is no such document.");
}

TEST(ClosedCollections, LetWhatIsThereBeChangedAndErased) {
  TestSpace space;
  space.found("A", {{"cases", "", "records"}});
  ASSERT_TRUE(space.join("B", "A"));
  space.put("A", "cases/1", "lgeal/stage", "1");
  space.put("A", "cases/2", "w", "1");
  const wire::record::SectionMapped closed{"cases", "", "records", {}, true};
  ASSERT_TRUE(replica::write_control(space.core("A"), {closed}));
  space.settle();
  const auto put = [&](const std::string& document) {
    return message_of(space.edit("B", [&](replica::Edit& edit) {
      return edit.put_json(TestSpace::document(document), "lgeal/stage", "2");
    }));
  };
  EXPECT_EQ(put("cases/1"), "");
  EXPECT_EQ(put("cases/2"), kUnknownSection);
  EXPECT_EQ(space.json("B", "cases/1"), R"({"lgeal":{"stage":2}})");
  EXPECT_TRUE(space.edit("B", [](replica::Edit& edit) {
    return edit.erase(TestSpace::document("cases/1"), "lgeal");
  }));
  EXPECT_EQ(put("cases/1"), kUnknownSection);
  space.settle();
  EXPECT_SAME(space);
  const auto rules = replica::section_rules(space.core("B").control.membership);
  EXPECT_TRUE(std::any_of(rules.begin(), rules.end(), [](const SectionRule& rule) {
    return rule.collection == "cases" && rule.label == "records" && rule.closed;
  }));
}

TEST_F(Names, OfOtherDevicesAndOfTheSpaceAreNotAWritersToChange) {
  rename("B", {"", ".devices", to_hex(id("A").view())});
  rename("B", {"", ".space", "name"});
  for (const char* name : {"A", "B"}) {
    EXPECT_EQ(replica::device_name(space.core(name).reading(), id("A")), "the owner's") << name;
    EXPECT_EQ(replica::space_name(space.core(name).reading()), "programme") << name;
    EXPECT_EQ(replica::status(replica::Snapshot(space.core(name)))->set_aside, 2u) << name;
  }
}

TEST_F(Names, OfADeviceAreItsOwnToChangeAndOwners) {
  ASSERT_TRUE(replica::save_device_name(space.core("B"), "the midwife's"));
  space.settle();
  EXPECT_EQ(replica::device_name(space.core("A").reading(), id("B")), "the midwife's");
  rename("A", {"", ".devices", to_hex(id("B").view())});
  EXPECT_EQ(replica::device_name(space.core("B").reading(), id("B")), "another");
}

TEST_F(Names, OfOtherDocumentsEverybodyChanges) {
  const access::Membership& membership = space.core("A").control.membership;
  const auto& nurse = space.core("B").identity.keys.signing.public_key;
  EXPECT_TRUE(replica::may_change(membership, {"cases", to_hex(id("A").view())}, nurse));
  EXPECT_FALSE(replica::may_change(membership, {".devices", to_hex(id("A").view())}, nurse));
  EXPECT_FALSE(replica::may_change(membership, {".devices", "no device"}, nurse));
  EXPECT_TRUE(replica::may_change(membership, {".devices", to_hex(id("B").view())}, nurse));
  EXPECT_TRUE(replica::may_change(membership, {".space", "name"}, membership.root_key()));
  EXPECT_FALSE(replica::may_change(membership, {".space", "name"}, {})) << "nobody known";
}

/// A device that is restored or copied again and again.
struct Authors : ::testing::Test {
  void SetUp() override {
    space.found("A");
    ASSERT_TRUE(space.join("B", "A"));
    space.put("B", "cases/1", "number", "1");
  }
  void write_as_new_authors(std::size_t until) {
    for (; count < until; ++count) {
      ASSERT_TRUE(replica::start_new_incarnation(space.core("B"), "folder"));
      space.put("B", "cases/1", "number", std::to_string(count + 1));
    }
    ASSERT_TRUE(space.sync("B", "A").caller);
  }
  std::vector<std::string> warnings(const std::string& name) {
    return replica::status(replica::Snapshot(space.core(name)))->warnings;
  }
  std::string device() { return "The device " + to_hex(space.core("B").identity.device().view()); }
  /// A piece by another author of B, as a modified program would write it.
  peer::InboundResult bring_another() {
    replica::Core& core = space.core("A");
    const replica::Identity& from = space.core("B").identity;
    log::Writer::Identity identity = from.writer();
    identity.instance = core.environment.random.draw<log::Instance>();
    const log::LogId log{log::compartment_id(identity.space, "", "records"),
                         log::author_id(identity.device_key, identity.instance)};
    log::Writer writer(identity, log, core.genesis(log), {},
                       core.environment.random.draw<crypto::SymmetricKey>());
    log::BlockCodec codec;
    writer.append(codec, "a change", true);
    log::Sealer sealer;
    sealer.add(writer.head(), 1);
    const auto seal = sealer.sign(identity, log, from.keys.signing.secret_key);
    return replica::store_inbound(core, writer.take(), {wire::encode(seal)}).value();
  }

  TestSpace space;
  std::size_t count = 1;
};

TEST_F(Authors, OfADeviceAreManyBeforeTheyAreTooMany) {
  write_as_new_authors(limits::kManyAuthors - 1);
  EXPECT_TRUE(warnings("A").empty());
  write_as_new_authors(limits::kManyAuthors);
  ASSERT_EQ(warnings("A").size(), 1u);
  EXPECT_EQ(warnings("A")[0],
            device() +
                " was restored or copied 48 times: let it join again as a new device before its "
                "changes are refused.");
  EXPECT_EQ(warnings("B"), warnings("A"));
}

TEST_F(Authors, BeyondTheLimitFreezeTheDevicesDataAndNobodyElses) {
  write_as_new_authors(limits::kAuthorsPerDevice);
  EXPECT_EQ(space.json("A", "cases/1"), R"({"number":64})");
  const Status refused = [&] {
    EXPECT_TRUE(replica::start_new_incarnation(space.core("B"), "folder"));
    return space.edit("B", [](replica::Edit& edit) {
      return edit.put_json(TestSpace::document("cases/1"), "number", "65");
    });
  }();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().message(),
            "This device was restored or copied too often to write any more: let it join the space "
            "again as a new device.");

  const std::size_t logs = space.core("A").logs.rows().size();
  EXPECT_EQ(bring_another(), peer::InboundResult::quarantined);
  EXPECT_EQ(space.core("A").logs.rows().size(), logs + 1) << "the proof is kept";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bring_another(), peer::InboundResult::quarantined);
  EXPECT_EQ(space.core("A").logs.rows().size(), logs + 1) << "and no author after it";
  space.crash("A", 1000);
  EXPECT_TRUE(
      replica::is_frozen(space.core("A"), space.core("B").identity.keys.signing.public_key));
  EXPECT_EQ(warnings("A")[0],
            device() +
                " was restored or copied too often, and its changes are refused: let it join again "
                "as a new device.");
  EXPECT_EQ(space.json("A", "cases/1"), R"({"number":64})") << "what was applied stays";
  const auto report = replica::verify(replica::Snapshot(space.core("A")));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->problems.empty()) << report->problems.front();
  space.put("A", "cases/2", "number", "1");
  EXPECT_EQ(space.json("A", "cases/2"), R"({"number":1})");

  ASSERT_TRUE(replica::write_control(
      space.core("A"), {wire::record::AuthorsAllowed{space.core("B").identity.device(), 100}}));
  EXPECT_FALSE(
      replica::is_frozen(space.core("A"), space.core("B").identity.keys.signing.public_key));
}

}  // namespace
}  // namespace relais::testing
