// Two nurses of a home-visit unit look after one person, on two tablets that are offline during the
// day and sync in the evening.
#include <gtest/gtest.h>
#include <relais/relais.h>
#include <unistd.h>

#include <filesystem>

namespace relais {
namespace {

const DocumentId kPerson{"", "people", "7"};
constexpr char kNote[] = "Morning: \nEvening: ";

class TwoNurses : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("relais-story-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    auto created = Replica::create(at("olena"), {"Home visits", "Olena's tablet", {}});
    ASSERT_TRUE(created);
    olena_.emplace(std::move(created->replica));
    auto server = olena_->listen("127.0.0.1:0");
    ASSERT_TRUE(server);
    server_.emplace(std::move(*server));
    const auto invitation = olena_->invite();
    ASSERT_TRUE(invitation);
    auto joined = Replica::join(at("iryna"), *invitation, server_->address, {"Iryna's tablet"});
    ASSERT_TRUE(joined);
    iryna_.emplace(std::move(*joined));

    write(*olena_, [](Transaction& tx) -> Status {
      if (auto put = tx.put_json(kPerson, "", R"({"medication":[{"drug":"bisoprolol","mg":5}]})");
          !put) {
        return put;
      }
      return tx.update_text(kPerson, "note", kNote);
    });
    sync();
  }
  void TearDown() override {
    server_.reset();
    olena_.reset();
    iryna_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string at(const std::string& name) const { return folder_ / name; }
  void sync() { EXPECT_TRUE(iryna_->sync(server_->address)); }
  static void write(Replica& tablet, const std::function<Status(Transaction&)>& edit) {
    const Status written = tablet.write(edit);
    EXPECT_TRUE(written) << (written ? "" : written.error().message());
  }
  /// On both tablets.
  std::string note() {
    const auto here = olena_->field(kPerson, "note");
    const auto there = iryna_->field(kPerson, "note");
    EXPECT_TRUE(here && there);
    EXPECT_EQ(here->text, there->text);
    return here->text;
  }

  std::filesystem::path folder_;
  std::optional<Replica> olena_;
  std::optional<Replica> iryna_;
  std::optional<Server> server_;
};

TEST_F(TwoNurses, WriteDifferentHalvesOfOneNote) {
  write(*olena_, [](Transaction& tx) {
    return tx.splice_text(kPerson, "note", 9, 0, "dressing changed, wound clean.");
  });
  write(*iryna_, [](Transaction& tx) {
    return tx.update_text(kPerson, "note", "Morning: \nEvening: pulse 92, short of breath.");
  });
  sync();
  EXPECT_EQ(note(), "Morning: dressing changed, wound clean.\nEvening: pulse 92, short of breath.");
  EXPECT_TRUE(olena_->conflicts_of(kPerson)->empty());
}

TEST_F(TwoNurses, WriteAtTheSamePlaceAndNoWordIsTornApart) {
  write(*olena_, [](Transaction& tx) {
    return tx.splice_text(kPerson, "note", 9, 0, "dressing changed. ");
  });
  write(*iryna_,
        [](Transaction& tx) { return tx.splice_text(kPerson, "note", 9, 0, "slept badly. "); });
  sync();
  const std::string text = note();
  EXPECT_NE(text.find("dressing changed. "), std::string::npos);
  EXPECT_NE(text.find("slept badly. "), std::string::npos);
}

TEST_F(TwoNurses, PrescribeAtOnceAndBothMedicinesAreThere) {
  write(*olena_, [](Transaction& tx) {
    return tx.append_json(kPerson, "medication", R"({"drug":"furosemide","mg":40})");
  });
  write(*iryna_, [](Transaction& tx) {
    return tx.append_json(kPerson, "medication", R"({"drug":"ramipril","mg":2})");
  });
  sync();
  const std::string json = *olena_->json(kPerson);
  EXPECT_EQ(json, *iryna_->json(kPerson));
  EXPECT_NE(json.find("furosemide"), std::string::npos);
  EXPECT_NE(json.find("ramipril"), std::string::npos);
  EXPECT_EQ(olena_->field(kPerson, "medication")->size, 3u);
}

TEST_F(TwoNurses, ChangeOneDoseAtOnceAndMustChoose) {
  const auto dose = [](int mg) {
    return [mg](Transaction& tx) { return tx.set(kPerson, "medication/0/mg", mg); };
  };
  write(*olena_, dose(10));
  write(*iryna_, dose(2));
  sync();
  for (Replica* tablet : {&*olena_, &*iryna_}) {
    const auto conflicts = tablet->conflicts_of(kPerson);
    ASSERT_TRUE(conflicts);
    ASSERT_EQ(conflicts->size(), 1u);
    EXPECT_EQ((*conflicts)[0].path, "medication/0/mg");
    ASSERT_EQ((*conflicts)[0].versions.size(), 2u);
  }
  // The doctor on the phone says: as Olena wrote.
  const auto versions = iryna_->field(kPerson, "medication/0/mg")->versions;
  const auto& olenas = versions[0].value == Value(10) ? versions[0] : versions[1];
  EXPECT_EQ(iryna_->device_name(olenas.written.device), "Olena's tablet");
  write(*iryna_, [&](Transaction& tx) { return tx.resolve(kPerson, "medication/0/mg", olenas); });
  sync();
  EXPECT_TRUE(olena_->conflicts_of(kPerson)->empty());
  EXPECT_EQ(olena_->field(kPerson, "medication/0/mg")->versions[0].value, Value(10));
  // What each of them wrote stays in the history.
  const auto history = olena_->history(kPerson, "medication/0/mg");
  ASSERT_TRUE(history);
  EXPECT_EQ(history->size(), 4u) << "prescribed, two changes, one choice";
}

TEST_F(TwoNurses, StopAMedicineWhileTheOtherChangesItsDose) {
  write(*olena_, [](Transaction& tx) {
    return tx.make_void(kPerson, "medication/0", "prescribed to another person");
  });
  write(*iryna_, [](Transaction& tx) { return tx.set(kPerson, "medication/0/mg", 2); });
  sync();
  const auto conflicts = olena_->conflicts_of(kPerson);
  ASSERT_EQ(conflicts->size(), 1u);
  EXPECT_TRUE((*conflicts)[0].revived) << "what was written at once is not lost with it";
  const auto& deletions = (*conflicts)[0].deletions;
  ASSERT_EQ(deletions.size(), 1u);
  EXPECT_EQ(deletions[0].reason, "prescribed to another person") << "neither is the reason";
  EXPECT_EQ(iryna_->device_name(deletions[0].written.device), "Olena's tablet");
  write(*olena_, [](Transaction& tx) {
    return tx.make_void(kPerson, "medication/0", "the dose was meant for another one");
  });
  sync();
  EXPECT_EQ(iryna_->field(kPerson, "medication")->size, 0u);
  EXPECT_EQ((*iryna_->voids(kPerson))[0].reason, "the dose was meant for another one");
}

}  // namespace
}  // namespace relais
