#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <relais/relais.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "access/recovery.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/tables/keys.h"

namespace relais {
namespace {

using ::testing::HasSubstr;

class OnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("relais-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string at(const std::string& name) const { return folder_ / name; }
  Replica found(const std::string& name, const Options& options = {}) {
    auto created = Replica::create(at(name), {"Mobile clinic", "Tablet " + name, {}}, options);
    EXPECT_TRUE(created) << (created ? "" : created.error().message());
    phrase_ = created->recovery_phrase;
    return std::move(created->replica);
  }

  std::filesystem::path folder_;
  std::string phrase_;
};

const DocumentId kCase{"", "cases", "1"};

TEST_F(OnDisk, TwoDevicesPairSyncAndShowTheSame) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) {
    return tx.put_json(kCase, "", R"({"status":"open","medical":{"weight_kg":60}})");
  }));
  const auto server = a.listen("127.0.0.1:0");
  ASSERT_TRUE(server) << server.error().message();
  const auto invitation = a.invite();
  ASSERT_TRUE(invitation);

  auto b = Replica::join(at("b"), *invitation, server->address, {"Tablet b"});
  ASSERT_TRUE(b) << b.error().message();
  EXPECT_FALSE(b->json(kCase)) << "documents come with the first sync";
  const auto report = b->sync(server->address);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->in_sync);
  EXPECT_EQ(*b->json(kCase), R"({"medical":{"weight_kg":60},"status":"open"})");

  const auto status = b->status();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->space_name, "Mobile clinic");
  EXPECT_EQ(status->level, Level::member);
  EXPECT_EQ(status->documents, 1u);
  ASSERT_EQ(status->members.size(), 2u);
  EXPECT_EQ(b->device_name(a.status()->device), "Tablet a");

  const auto again = b->sync(server->address);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->round_trips, 1u);
  EXPECT_LE(again->bytes_sent + again->bytes_received, 200u);
  EXPECT_TRUE(b->verify()->problems.empty());
}

TEST_F(OnDisk, AWriteThatFailsLeavesNothingBehind) {
  Replica a = found("a");
  const Status failed = a.write([](Transaction& tx) -> Status {
    if (Status put = tx.set(kCase, "status", "open"); !put) return put;
    return tx.set(kCase, "status", std::string(70'000, 'x'));
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::limit_exceeded);
  EXPECT_FALSE(a.json(kCase));
}

TEST_F(OnDisk, WhoWasAtTheDeviceIsShownWhereverAWriterIs) {
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(R"({"collection":"cases","id":"1","doc":{"status":"open","w":60}})",
                              {{}, "Registry", false, {}}));
  EXPECT_EQ(a.field(kCase, "status")->versions[0].written.user, "Registry");
  ASSERT_TRUE(a.write([](Transaction& tx) -> Status {
    if (Status named = tx.set_user("Dr Élodie"); !named) return named;
    if (Status done = tx.make_void(kCase, "w", "another patient's"); !done) return done;
    return tx.set(kCase, "status", "closed");
  }));
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.set(kCase, "place", "Kalehe"); }));
  EXPECT_EQ(a.field(kCase, "status")->versions[0].written.user, "Dr Élodie");
  EXPECT_EQ(a.field(kCase, "place")->versions[0].written.user, "") << "nobody said who";
  EXPECT_EQ((*a.voids(kCase))[0].written.user, "Dr Élodie");
  const auto history = a.history(kCase);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 3u);
  EXPECT_EQ((*history)[0].written.user, "Registry");
  EXPECT_EQ((*history)[1].written.user, "Dr Élodie");
  EXPECT_EQ((*history)[2].written.user, "");
}

TEST_F(OnDisk, AVoidIsADeletionWithAReasonUntilTheFieldIsShownOrDeletedAgain) {
  Replica a = found("a");
  const auto write = [&a](auto&& edit) { ASSERT_TRUE(a.write(edit)); };
  const auto voids = [&a] {
    const auto listed = a.voids(kCase);
    std::string all;
    for (const VoidView& each : *listed) all += each.path + ": " + each.reason + "\n";
    return all;
  };
  write([](Transaction& tx) { return tx.put_json(kCase, "", R"({"m":{"a":1,"b":2},"n":3})"); });
  write([](Transaction& tx) { return tx.erase(kCase, "m/b"); });
  EXPECT_EQ(voids(), "") << "without a reason";
  write([](Transaction& tx) { return tx.make_void(kCase, "m/a", "mistyped"); });
  write([](Transaction& tx) { return tx.make_void(kCase, "n", "another patient's"); });
  EXPECT_EQ(voids(), "m/a: mistyped\nn: another patient's\n");
  write([](Transaction& tx) { return tx.set(kCase, "n", 4); });
  EXPECT_EQ(voids(), "m/a: mistyped\n") << "something is shown there again";
  write([](Transaction& tx) { return tx.erase(kCase, "m"); });
  EXPECT_EQ(voids(), "") << "a later deletion covers it";
  write([](Transaction& tx) { return tx.make_void(kCase, "", "entered twice"); });
  EXPECT_FALSE(a.json(kCase));
  EXPECT_EQ(voids(), ": entered twice\n");
  EXPECT_EQ(a.voids({"", "cases", "none"}).error().code(), ErrorCode::not_found);
}

TEST_F(OnDisk, AUsersLabelIsRefusedIfItCouldSpoilAScreen) {
  Replica a = found("a");
  const std::string why =
      "A user's label must be 1 to 64 bytes of UTF-8 without control characters.";
  for (const std::string& user : {std::string(), std::string("a\nb"), std::string(65, 'x')}) {
    const Status refused = a.write([&](Transaction& tx) { return tx.set_user(user); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), why);
  }
  const auto imported =
      a.import_ndjson(R"({"collection":"cases","id":"1","doc":{}})", {{}, "a\nb", false, {}});
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().message(), why);
}

TEST_F(OnDisk, ATransactionSeesItsOwnEdits) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.append_json(kCase, "visits", R"({"note":"one"})"));
    EXPECT_TRUE(tx.set(kCase, "visits/0/place", "Kalehe"));
    EXPECT_EQ(*tx.json(kCase), R"({"visits":[{"note":"one","place":"Kalehe"}]})");
    return {};
  }));
  EXPECT_EQ(*a.json(kCase), R"({"visits":[{"note":"one","place":"Kalehe"}]})");
}

TEST_F(OnDisk, AnEditThatChangesNothingLeavesNoGapBetweenThoseThatDo) {
  Replica a = found("a");
  const DocumentId other{"", "cases", "2"};
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.put_json(kCase, "", R"({"n":1})"); }));
  const auto changes = a.status()->changes;
  ASSERT_TRUE(a.write([&](Transaction& tx) -> Status {
    if (Status same = tx.put_json(kCase, "", R"({"n":1})"); !same) return same;
    return tx.set(other, "n", 2);
  }));
  EXPECT_EQ(*a.json(other), R"({"n":2})");
  EXPECT_EQ(a.status()->changes, changes + 1);
  EXPECT_TRUE(a.verify()->problems.empty());
}

TEST_F(OnDisk, ACursorStaysBetweenItsNeighbours) {
  Replica a = found("a");
  const auto splice = [&](std::size_t at, std::size_t removed, std::string_view inserted) {
    return a.write(
        [&](Transaction& tx) { return tx.splice_text(kCase, "note", at, removed, inserted); });
  };
  ASSERT_TRUE(splice(0, 0, "stable"));
  const auto left = a.cursor(kCase, "note", 3);
  const auto right = a.cursor(kCase, "note", 3, CursorSide::right);
  ASSERT_TRUE(left && right);
  ASSERT_TRUE(splice(3, 0, "--"));
  EXPECT_EQ(*a.position(kCase, "note", *left), 3u);
  EXPECT_EQ(*a.position(kCase, "note", *right), 5u);
  ASSERT_TRUE(splice(0, 1, ""));
  EXPECT_EQ(*a.position(kCase, "note", *right), 4u);
  const auto beyond = a.cursor(kCase, "note", 99);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().message(),
            "The position is beyond the end of the field, whose length is 7.");
  const auto elsewhere = a.position(kCase, "note", Cursor{"nonsense"});
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().message(), "The cursor is malformed.");
}

TEST_F(OnDisk, LinkedDocumentsReadAsOneUntilTheLinkIsTakenBack) {
  Replica a = found("a");
  const DocumentId other{"", "cases", "2"};
  ASSERT_TRUE(a.write([&](Transaction& tx) -> Status {
    if (Status put = tx.put_json(kCase, "", R"({"status":"open"})"); !put) return put;
    if (Status put = tx.put_json(other, "", R"({"place":"Kalehe"})"); !put) return put;
    return tx.mark_same(kCase, other);
  }));
  const auto merged = a.merged(kCase);
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->documents, (std::vector{kCase, other}));
  EXPECT_THAT(merged->json, HasSubstr(R"("place":"Kalehe")"));
  EXPECT_THAT(merged->json, HasSubstr(R"("status":"open")"));
  ASSERT_TRUE(a.write([&](Transaction& tx) { return tx.unmark_same(kCase, other); }));
  EXPECT_EQ(a.merged(kCase)->documents, std::vector{kCase});
}

TEST_F(OnDisk, WhatIsTakenOutOfASetIsGone) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) -> Status {
    if (Status add = tx.add_to_set(kCase, "allergies", "latex"); !add) return add;
    return tx.add_to_set(kCase, "allergies", "penicillin");
  }));
  ASSERT_TRUE(
      a.write([](Transaction& tx) { return tx.remove_from_set(kCase, "allergies", "latex"); }));
  EXPECT_EQ(a.field(kCase, "allergies")->elements, std::vector<Value>{"penicillin"});
}

TEST_F(OnDisk, AReplicaAndWhoObservesItMayBeMoved) {
  Options options;
  options.threading = Threading::manual;
  Replica first = found("a", options);
  int heard = 0, dropped = 0;
  Subscription watching = first.observe([&](const Event&) { ++heard; });
  Subscription other = first.observe([&](const Event&) { ++dropped; });
  other = std::move(watching);  // ends the other subscription
  Replica second = std::move(first);
  first = found("b", options);
  ASSERT_TRUE(second.write([](Transaction& tx) { return tx.set(kCase, "status", "open"); }));
  second.poll(std::chrono::milliseconds(0));
  EXPECT_GT(heard, 0);
  EXPECT_EQ(dropped, 0);
  const Subscription third = second.observe([](const Event&) {});
  EXPECT_TRUE(second.json(kCase));
  EXPECT_FALSE(first.json(kCase));
}

TEST_F(OnDisk, AllIsThereAfterClosingAndOpening) {
  {
    Replica a = found("a");
    ASSERT_TRUE(a.write([](Transaction& tx) { return tx.increment(kCase, "sessions", 3); }));
  }
  auto a = Replica::open(at("a"));
  ASSERT_TRUE(a) << a.error().message();
  ASSERT_TRUE(a->write([](Transaction& tx) { return tx.increment(kCase, "sessions", 2); }));
  EXPECT_EQ(a->field(kCase, "sessions")->count, 5);
  EXPECT_TRUE(a->verify()->problems.empty());
}

TEST_F(OnDisk, ACopiedFolderIsAnotherAuthor) {
  { Replica a = found("a"); }
  std::filesystem::copy(at("a"), at("copy"), std::filesystem::copy_options::recursive);
  auto a = Replica::open(at("a"));
  auto copy = Replica::open(at("copy"));
  ASSERT_TRUE(a);
  ASSERT_TRUE(copy);
  EXPECT_EQ(a->status()->device, copy->status()->device);
  EXPECT_NE(a->status()->author, copy->status()->author);
  auto server = a->listen("127.0.0.1:0");
  ASSERT_TRUE(server);
  for (Replica* one : {&*copy, &*a}) {
    const auto met = one->sync(server->address);
    ASSERT_TRUE(met) << met.error().message();
    EXPECT_TRUE(met->itself);
  }
}

TEST_F(OnDisk, AFolderWhoseContentsCameBackFromABackupIsAnotherAuthor) {
  namespace files = std::filesystem;
  AuthorId last;
  {
    Replica a = found("a");
    last = a.status()->author;
  }
  for (const char* part : {"", "/db"}) {
    SCOPED_TRACE(part);
    { EXPECT_EQ(Replica::open(at("a"))->status()->author, last) << "nothing was restored"; }
    files::copy(at("a") + part, at("backup"), files::copy_options::recursive);
    for (const auto& entry : files::directory_iterator(at("a") + part)) {
      files::remove_all(entry.path());
    }
    files::copy(at("backup"), at("a") + part, files::copy_options::recursive);
    files::remove_all(at("backup"));
    const AuthorId now = Replica::open(at("a"))->status()->author;
    EXPECT_NE(now, last);
    last = now;
  }
}

TEST_F(OnDisk, ObserversHearOfLocalAndRemoteChangesOutsideOfAnyCall) {
  Replica a = found("a");
  const auto server = a.listen("127.0.0.1:0");
  auto b = Replica::join(at("b"), *a.invite(), server->address, {"b"});
  ASSERT_TRUE(b);

  std::mutex mutex;
  std::condition_variable heard;
  std::vector<Event> events;
  const auto watching = a.observe([&](const Event& event) {
    const std::lock_guard lock(mutex);
    events.push_back(event);
    heard.notify_all();
  });
  ASSERT_TRUE(b->write([](Transaction& tx) { return tx.set(kCase, "status", "open"); }));
  ASSERT_TRUE(b->sync(server->address));
  std::unique_lock lock(mutex);
  const auto heard_of = [&](Event::Kind kind) {
    return std::any_of(events.begin(), events.end(),
                       [&](const Event& e) { return e.kind == kind; });
  };
  EXPECT_TRUE(heard.wait_for(lock, std::chrono::seconds(10), [&] {
    return heard_of(Event::Kind::documents_changed) && heard_of(Event::Kind::sync_finished);
  }));
}

TEST_F(OnDisk, AHostThatOwnsItsLoopPollsAndNothingRunsOtherwise) {
  Options manual;
  manual.threading = Threading::manual;
  Replica a = found("a", manual);
  const auto server = a.listen("127.0.0.1:0");
  ASSERT_TRUE(server);
  const auto invitation = *a.invite();
  std::atomic<bool> joined{false};
  std::thread joiner([&] {
    auto b = Replica::join(at("b"), invitation, server->address, {"b"});
    EXPECT_TRUE(b) << b.error().message();
    joined = true;
  });
  while (!joined) a.poll(std::chrono::milliseconds(10));
  joiner.join();
  EXPECT_EQ(a.status()->members.size(), 2u);
}

TEST_F(OnDisk, TheRecoveryPhraseIsShownOnceAndKeptNowhere) {
  { Replica a = found("a"); }
  ASSERT_GT(phrase_.size(), 50u);
  // The phrase is the root key's seed as text: none of its forms may be stored.
  const auto root = access::root_from_phrase(phrase_);
  ASSERT_TRUE(root);
  const Bytes seed(root->secret_key.view().substr(0, 32));
  const BytesView secrets[] = {seed, root->secret_key.view()};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(at("a"))) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(bytes.find(phrase_), std::string::npos);
    for (const BytesView secret : secrets) EXPECT_EQ(bytes.find(secret), std::string::npos);
  }
}

TEST_F(OnDisk, OpeningWhatIsNotThereSaysSo) {
  const auto missing = Replica::open(at("nothing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::store_missing);
  Replica a = found("a");
  const auto locked = Replica::open(at("a"));
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code(), ErrorCode::store_locked);
  const auto twice = Replica::create(at("a"), {"x", "y", {}});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code(), ErrorCode::store_locked);
  ASSERT_TRUE(a.close());
  const auto over = Replica::create(at("a"), {"x", "y", {}});
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code(), ErrorCode::already_exists);
}

TEST_F(OnDisk, AStoreThatNothingWasWrittenToIsNotDamagedButToBeMadeAgain) {
  ASSERT_TRUE(store::open_rocksdb(at("a"), store::OpenMode::create));
  const auto blank = Replica::open(at("a"));
  ASSERT_FALSE(blank);
  EXPECT_EQ(blank.error().code(), ErrorCode::store_missing);
  EXPECT_THAT(blank.error().message(), HasSubstr("cut short. Create it again."));
  ASSERT_TRUE(found("a").status());
  EXPECT_TRUE(Replica::open(at("a")));
}

TEST_F(OnDisk, AStoreThatHasLostWhoseItIsIsDamaged) {
  (void)found("a");
  {
    auto store = store::open_rocksdb(at("a"), store::OpenMode::existing);
    ASSERT_TRUE(store);
    store::Batch batch;
    batch.remove(store::Family::meta, store::meta_key(store::meta::kIdentity));
    ASSERT_TRUE((*store)->commit(batch, store::Durability::synced));
  }
  const auto damaged = Replica::open(at("a"));
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::store_corrupt);
  EXPECT_EQ(damaged.error().message(),
            "The store at " + at("a") + " is damaged: its records can't be read.");
}

TEST_F(OnDisk, AnInvitationOfAnotherSpaceIsSaidToBeUnknownThere) {
  Replica a = found("a");
  const auto server = a.listen("127.0.0.1:0");
  Replica other = found("other");
  const auto refused = Replica::join(at("b"), *other.invite(), server->address, {"b"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::handshake_failed);
  EXPECT_THAT(refused.error().message(), HasSubstr("does not know this invitation"));
  const auto damaged = Replica::join(at("c"), "relais1-nonsense", server->address, {"c"});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::bad_input);
  EXPECT_FALSE(std::filesystem::exists(at("c"))) << "a mistyped line leaves no folder behind";
}

}  // namespace
}  // namespace relais
