// Typed documents through the public headers alone, as a host uses them: a case that several
// professions write, each on its own tablet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <relais/relais.h>
#include <relais/typed/typed.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "relais/clinic/v1/case.pb.h"

namespace relais {
namespace {

using clinic::v1::Case;
using clinic::v1::Observation;
using ::testing::HasSubstr;
using ::testing::Not;

const DocumentId kCase{"", "cases", "7"};

/// A folder removed with the test.
class OnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("relais-typed-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    auto created = Replica::create(at("hub"), {"Mobile clinic",
                                               "Hub",
                                               {{"cases", "medical", "medical"},
                                                {"cases", "psychosocial", "psychosocial"},
                                                {"cases", "legal", "legal"}}});
    ASSERT_TRUE(created) << created.error().message();
    hub_.emplace(std::move(created->replica));
  }
  void TearDown() override {
    hub_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string at(const std::string& name) const { return folder_ / name; }
  Case read() const {
    auto made = typed::read<Case>(*hub_, kCase);
    EXPECT_TRUE(made) << made.error().message();
    return made ? *made : Case();
  }
  /// The edits of the last change of the document, as the history shows them.
  std::vector<FieldEdit> last_edits() const { return hub_->history(kCase)->back().edits; }

  std::filesystem::path folder_;
  std::optional<Replica> hub_;
};

void expect_written(const Status& written) {
  EXPECT_TRUE(written) << (written ? "" : written.error().message());
}

class SeveralProfessions : public OnDisk {
 protected:
  void SetUp() override {
    OnDisk::SetUp();
    server_.emplace(*hub_->listen("127.0.0.1:0"));
    nurse_.emplace(join("nurse", {"records", "medical"}));
    lawyer_.emplace(join("lawyer", {"records", "legal"}));
    expect_written(typed::update<Case>(*hub_, kCase, [](Case& c) {
      c.set_patient("4711");
      c.set_status(Case::OPEN);
      c.set_summary("Came with her sister.");
    }));
    sync();
  }
  void TearDown() override {
    server_.reset();
    nurse_.reset();
    lawyer_.reset();
    OnDisk::TearDown();
  }

  Replica join(const std::string& name, const std::vector<std::string>& labels) {
    InviteOptions options;
    options.labels = labels;
    auto joined = Replica::join(at(name), *hub_->invite(options), server_->address, {name});
    EXPECT_TRUE(joined) << joined.error().message();
    return std::move(*joined);
  }
  void sync() {
    for (const auto* tablet : {&nurse_, &lawyer_, &nurse_}) {
      const auto met = const_cast<Replica&>(**tablet).sync(server_->address);
      EXPECT_TRUE(met) << met.error().message();
    }
  }

  std::optional<Replica> nurse_;
  std::optional<Replica> lawyer_;
  std::optional<Server> server_;
};

TEST_F(SeveralProfessions, WriteOneCaseAtOnceAndEachReadsItsPart) {
  expect_written(typed::update<Case>(*nurse_, kCase, [](Case& c) {
    c.set_summary("Came with her sister. Walks with a stick.");
    Observation& weight = *c.add_observation();
    weight.set_id("weight 1");
    weight.mutable_value_quantity()->set_value(61);
    weight.mutable_value_quantity()->set_unit("kg");
    c.add_allergy("penicillin");
    (*c.mutable_dispensed())["gauze"] = 2;
  }));
  expect_written(typed::update<Case>(*lawyer_, kCase, [](Case& c) {
    c.set_summary("On 3 May she came with her sister.");
    c.set_status(Case::ESCALATED);
    c.add_consent()->set_id("consent 1");
    c.mutable_consent(0)->set_provision_type(clinic::v1::Consent::PERMIT);
    c.set_complaint_number("RMP/12/2026");
  }));
  expect_written(typed::update<Case>(*hub_, kCase, [](Case& c) {
    c.set_status(Case::CLOSED);
    c.set_sessions_held(c.sessions_held() + 1);
  }));
  sync();

  const Case all = read();
  EXPECT_EQ(all.observation(0).value_quantity().value(), 61);
  EXPECT_EQ(all.complaint_number(), "RMP/12/2026");
  EXPECT_EQ(all.sessions_held(), 1);
  EXPECT_EQ(all.status(), Case::ESCALATED) << "who escalates is heard, whoever was later";
  EXPECT_THAT(all.summary(), HasSubstr("Walks with a stick."));
  EXPECT_THAT(all.summary(), HasSubstr("On 3 May"));
  EXPECT_TRUE(hub_->conflicts_of(kCase)->empty());

  const Case nurses = *typed::read<Case>(*nurse_, kCase);
  EXPECT_EQ(nurses.summary(), all.summary());
  EXPECT_EQ(nurses.allergy_size(), 1);
  EXPECT_EQ(nurses.consent_size(), 0) << "legal is not hers to read";
  const Case lawyers = *typed::read<Case>(*lawyer_, kCase);
  EXPECT_EQ(lawyers.consent(0).provision_type(), clinic::v1::Consent::PERMIT);
  EXPECT_EQ(lawyers.observation_size(), 0);
}

TEST_F(SeveralProfessions, WriteNothingWhereTheyMayNot) {
  const auto before = *nurse_->json(kCase);
  const Status refused = typed::update<Case>(*nurse_, kCase, [](Case& c) {
    c.set_title("mine");
    c.set_complaint_number("RMP/13/2026");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::not_authorised);
  EXPECT_EQ(*nurse_->json(kCase), before);
}

TEST_F(SeveralProfessions, CountTogether) {
  const auto hand_out = [](std::int64_t packs) {
    return [packs](Case& c) { (*c.mutable_dispensed())["gauze"] += packs; };
  };
  expect_written(typed::update<Case>(*hub_, kCase, hand_out(1)));
  sync();
  expect_written(typed::update<Case>(*hub_, kCase, hand_out(2)));
  expect_written(typed::update<Case>(*nurse_, kCase, hand_out(3)));
  sync();
  EXPECT_EQ(read().dispensed().at("gauze"), 6);
}

TEST_F(OnDisk, OneFieldThatChangesIsOneEdit) {
  expect_written(typed::update<Case>(*hub_, kCase, [](Case& c) {
    for (int i = 0; i < 20; ++i) {
      Observation& made = *c.add_observation();
      made.set_id(std::to_string(i));
      made.set_value_string("as seen");
      made.set_note("long text that stays");
    }
    c.set_summary("Wound clean. Next visit in two weeks.");
  }));
  expect_written(typed::update<Case>(
      *hub_, kCase, [](Case& c) { c.mutable_observation(7)->set_performer("nurse"); }));
  ASSERT_EQ(last_edits().size(), 1u);
  EXPECT_EQ(last_edits()[0].action, FieldEdit::Action::set);
  EXPECT_EQ(last_edits()[0].path, "medical/observation/7/performer");

  expect_written(typed::update<Case>(*hub_, kCase, [](Case& c) {
    c.mutable_observation()->SwapElements(0, 1);
    c.mutable_summary()->insert(10, ", dry");
  }));
  // In two sections, so two changes of one transaction.
  const auto history = *hub_->history(kCase);
  const HistoryEntry& one = history[history.size() - 2];
  const HistoryEntry& other = history.back();
  EXPECT_EQ(one.edits.size() + other.edits.size(), 2u);
  EXPECT_EQ(one.transaction, other.transaction);

  const auto changes = hub_->status()->changes;
  expect_written(typed::update<Case>(*hub_, kCase, [](Case& c) { c.set_summary(c.summary()); }));
  EXPECT_EQ(hub_->status()->changes, changes) << "what is the same is not written";
}

TEST_F(OnDisk, AValueThatDoesntFitNamesItsFieldAndNothingIsWritten) {
  expect_written(typed::update<Case>(*hub_, kCase, [](Case& c) { c.set_patient("4711"); }));
  const Status refused = hub_->write([](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.set({"", "cases", "8"}, "registration/patient", "4712"));
    return typed::update<Case>(tx, kCase, [](Case& c) {
      c.set_patient("4713");
      c.add_observation();
      c.add_observation()->set_value_string("secret " + std::string(70'000, 'x'));
    });
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused.error().message(),
            "medical/observation/1/valueString: The text is longer than 65536 bytes.");
  EXPECT_EQ(read().patient(), "4711");
  EXPECT_FALSE(hub_->json({"", "cases", "8"}));
}

TEST_F(OnDisk, AnEditThatFailsEndsTheTransaction) {
  const Status refused = typed::update<Case>(*hub_, kCase, [](Case& c) -> Status {
    c.set_patient("4711");
    return Error(ErrorCode::invalid_argument, "the form isn't complete");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "the form isn't complete");
  EXPECT_EQ(typed::read<Case>(*hub_, kCase).error().code(), ErrorCode::not_found);
}

TEST_F(OnDisk, ATransactionReadsWhatItWrote) {
  expect_written(hub_->write([](Transaction& tx) -> Status {
    Case made;
    made.set_patient("4711");
    EXPECT_TRUE(typed::create(tx, kCase, made));
    EXPECT_TRUE(typed::update<Case>(tx, kCase, [](Case& c) { c.add_tag("new"); }));
    EXPECT_EQ(typed::read<Case>(tx, kCase)->tag_size(), 1);
    EXPECT_EQ(typed::create(tx, kCase, made).error().code(), ErrorCode::already_exists);
    return {};
  }));
  EXPECT_EQ(*hub_->json(kCase), R"({"registration":{"patient":"4711","tag":["new"]}})");
}

TEST_F(OnDisk, AWholeMessageReplacesWhatItKnows) {
  expect_written(hub_->write([](Transaction& tx) {
    return tx.put_json(kCase, "", R"({"registration":{"patient":"4711","later":1}})");
  }));
  expect_written(hub_->write([](Transaction& tx) {
    Case made;
    made.set_managing_organization("Kalehe");
    return typed::write(tx, kCase, made);
  }));
  EXPECT_EQ(*hub_->json(kCase), R"({"registration":{"later":1,"managingOrganization":"Kalehe"}})");
}

TEST_F(OnDisk, ADocumentOfNothingIsNotCreated) {
  const Status refused =
      hub_->write([](Transaction& tx) { return typed::create(tx, kCase, Case()); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "Nothing is set: a document is there by its fields.");
}

TEST_F(OnDisk, ATypeStaysInItsCollection) {
  const auto refused = typed::read<Case>(*hub_, {"", "patients", "7"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(refused.error().message(),
            "relais.clinic.v1.Case: Documents of this type belong in the collection \"cases\".");
}

TEST_F(OnDisk, AnUpdateByAnEmptyFunctionIsRefused) {
  const std::function<void(Case&)> nothing;
  const std::function<Status(Case&)> nothing_either;
  Case scratch;
  for (const Status& refused :
       {typed::update<Case>(*hub_, kCase, nothing),
        typed::update<Case>(*hub_, kCase, nothing_either), Status(hub_->write([&](Transaction& tx) {
          return typed::update_message(tx, kCase, scratch, nullptr);
        }))}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused.error().message(), "The edit is an empty function.");
  }
}

TEST_F(OnDisk, ADocumentThatDoesntFitSaysWhere) {
  expect_written(hub_->write([](Transaction& tx) {
    return tx.put_json(kCase, "", R"({"medical":{"observation":[{},{"status":7}]}})");
  }));
  const auto refused = typed::read<Case>(*hub_, kCase);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "medical/observation/1/status: The document has an integer here, not a text.");
  expect_written(
      hub_->write([](Transaction& tx) { return tx.put_json(kCase, "medical", "\"closed\""); }));
  EXPECT_EQ(typed::read<Case>(*hub_, kCase).error().message(),
            "medical: The document has a value here, not an object.");
}

}  // namespace
}  // namespace relais
