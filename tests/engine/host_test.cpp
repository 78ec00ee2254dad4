#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "engine/on_disk.h"
#include "relais/undo_stack.h"

/// What hosts do that the other tests of the API don't.
namespace relais::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitizes = true;
#elif defined(__has_feature)
constexpr bool kSanitizes = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitizes = false;
#endif

using HostTest = OnDiskReplicas;

Options manual() {
  Options options;
  options.threading = Threading::manual;
  return options;
}

Status put(Replica& replica, int number, const std::string& json) {
  auto written = replica.write([&](Transaction& tx) {
    return tx.put_json({"", "cases", std::to_string(number)}, "", json);
  });
  return written ? Status() : Status(std::move(written).error());
}

/// Takes all descriptors that the process may still open, up to a limit of 256.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int taken; (taken = ::open("/dev/null", O_RDONLY)) >= 0;) taken_.push_back(taken);
  }
  ~NoDescriptors() {
    give_back(taken_.size());
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  void give_back(std::size_t count) {
    for (; count > 0 && !taken_.empty(); --count, taken_.pop_back()) ::close(taken_.back());
  }

 private:
  rlimit before_ = {};
  std::vector<int> taken_;
};

TEST_F(HostTest, AHandlerThatPollsDoesNotEndTheLoop) {
  Replica replica = found("a", manual());
  int events = 0;
  bool nested = false;
  const Subscription watch = replica.observe([&](const Event&) {
    ++events;
    if (std::exchange(nested, true)) return;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(put(replica, i, R"({"n":1})"));
    for (int i = 0; i < 3; ++i) replica.poll(std::chrono::milliseconds(0));
  });
  ASSERT_TRUE(put(replica, 9, R"({"n":0})"));
  for (int i = 0; i < 10; ++i) replica.poll(std::chrono::milliseconds(1));
  const int before = events;
  EXPECT_GT(before, 1);
  ASSERT_TRUE(put(replica, 9, R"({"n":2})"));
  for (int i = 0; i < 10 && events == before; ++i) replica.poll(std::chrono::milliseconds(10));
  EXPECT_GT(events, before);
}

TEST_F(HostTest, SyncsInAHandlerOfAManualLoopEnd) {
  Replica replica = found("a", manual());
  std::vector<ErrorCode> ends;
  SyncOptions sync;
  sync.limit = std::chrono::seconds(2);
  const Subscription watch = replica.observe([&](const Event&) {
    if (!ends.empty()) return;
    for (int i = 0; i < 3; ++i) ends.push_back(replica.sync("127.0.0.1:1", sync).error().code());
  });
  ASSERT_TRUE(put(replica, 1, R"({"n":0})"));
  for (int i = 0; i < 10 && ends.size() < 3; ++i) replica.poll(std::chrono::milliseconds(10));
  EXPECT_EQ(ends, std::vector<ErrorCode>(3, ErrorCode::unreachable));
}

TEST_F(HostTest, AReplicaThatIsOpenNeedsNoDescriptorToFailInASync) {
  if (kSanitizes) GTEST_SKIP() << "A sanitizer needs descriptors of its own.";
  Replica replica = found("a");
  const NoDescriptors none;
  const auto synced = replica.sync("127.0.0.1:1");
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().message(), "No connection to 127.0.0.1:1: Too many open files.");
  EXPECT_FALSE(replica.listen("127.0.0.1:0"));
}

TEST_F(HostTest, AStoreIsNotCalledDamagedWhereDescriptorsAreFew) {
  if (kSanitizes) GTEST_SKIP() << "A sanitizer needs descriptors of its own.";
  (void)found("a");
  std::size_t given = 0;
  for (bool opened = false; !opened && given < 64; ++given) {
    NoDescriptors none;
    none.give_back(given);
    const auto replica = Replica::open(at("a"));
    opened = replica.has_value();
    if (!opened) {
      EXPECT_EQ(replica.error().code(), ErrorCode::store_failed)
          << given << ": " << replica.error().message();
    }
  }
  EXPECT_GT(given, 3u);
  EXPECT_LT(given, 64u) << "it is never opened";
}

TEST_F(HostTest, EveryHandlerOfAnOperationIsCalled) {
  Replica replica = found("a", manual());
  auto sync = replica.start_sync("127.0.0.1:1");
  std::string called;
  for (const char name : {'1', '2', '3'}) {
    sync.then([&called, name](const Result<SyncReport>&) { called += name; });
  }
  EXPECT_FALSE(sync.wait());
  for (int i = 0; i < 10 && called.size() < 3; ++i) replica.poll(std::chrono::milliseconds(10));
  EXPECT_EQ(called, "123");
}

TEST_F(HostTest, AWriteThatIsTooLargeMakesNoPartOfTheSpace) {
  Replica replica = found("a");
  const auto parts = replica.status()->compartments.size();
  const auto many = replica.write([](Transaction& tx) {
    for (int i = 0; i < 4097; ++i) {
      if (Status put = tx.set({"ward", "cases", std::to_string(i)}, "n", 1); !put) return put;
    }
    return Status();
  });
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().message(), "The transaction is too large: write it in parts.");
  EXPECT_EQ(replica.status()->compartments.size(), parts);
}

TEST_F(HostTest, AWriteToANewPartAsLargeAsMayBeIsWritten) {
  Replica replica = found("a");
  const auto many = replica.write([](Transaction& tx) {
    for (int i = 0; i < 4096; ++i) {
      if (Status put = tx.set({"ward", "cases", std::to_string(i)}, "n", 1); !put) return put;
    }
    return Status();
  });
  ASSERT_TRUE(many) << many.error().message();
  EXPECT_EQ(many->changes.size(), 4096u);
}

TEST_F(HostTest, AnUndoStackUndoesWritesOfSeveralDocuments) {
  Replica replica = found("a");
  ASSERT_TRUE(put(replica, 1, R"({"n":1})"));
  UndoStack stack(replica);
  const auto set = [&stack](int number, int value) {
    return stack.write([&](Transaction& tx) { return tx.set(document(number), "n", value); });
  };
  ASSERT_TRUE(set(1, 2));
  ASSERT_TRUE(set(2, 5));  // a new document
  ASSERT_TRUE(stack.undo());
  EXPECT_FALSE(replica.json(document(2)));
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(*replica.json(document(1)), R"({"n":1})");
  ASSERT_TRUE(stack.redo());
  ASSERT_TRUE(stack.redo());
  EXPECT_EQ(*replica.json(document(1)), R"({"n":2})");
  EXPECT_EQ(*replica.json(document(2)), R"({"n":5})");
}

TEST_F(HostTest, RedoBringsNothingBackThatWasDeleted) {
  Replica replica = found("a");
  UndoStack stack(replica);
  ASSERT_TRUE(put(replica, 1, R"({"m":{"a":1}})"));
  ASSERT_TRUE(stack.write([](Transaction& tx) { return tx.erase(document(1), "m"); }));
  ASSERT_TRUE(stack.write([](Transaction& tx) { return tx.set(document(1), "b", 1); }));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(stack.undo());
  EXPECT_EQ(*replica.json(document(1)), R"({"m":{"a":1}})");
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(stack.redo());
  EXPECT_EQ(*replica.json(document(1)), R"({"b":1})");
}

TEST_F(HostTest, AFifthSyncWithOneAddressIsRefusedAndTheFourEndWell) {
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(lines(0, 50)));
  const auto server = a.listen("127.0.0.1:0");
  Replica b = join("b", a, server->address, manual());  // nothing runs before it is polled
  std::vector<Operation<SyncReport>> four;
  for (int i = 0; i < 4; ++i) four.push_back(b.start_sync(server->address));
  const auto fifth = b.start_sync(server->address).wait();
  ASSERT_FALSE(fifth);
  EXPECT_EQ(fifth.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(fifth.error().retry(), Retry::later);
  EXPECT_EQ(fifth.error().message(),
            "Already 4 syncs with this address are running: wait until one of them has ended.");
  EXPECT_EQ(b.sync("127.0.0.1:1").error().code(), ErrorCode::unreachable) << "another address";
  four.front().cancel();
  EXPECT_TRUE(b.sync(server->address)) << "one has ended";
  for (std::size_t i = 1; i < four.size(); ++i) {
    const auto report = four[i].wait();
    EXPECT_TRUE(report) << report.error().message();
  }
}

TEST_F(HostTest, AnEmptyEditOrVisitorIsRefusedInASentence) {
  const Replica other = found("other");  // nothing to visit: the call fails all the same
  Replica replica = found("a");
  ASSERT_TRUE(put(replica, 1, R"({"n":1})"));
  UndoStack stack(replica);
  const auto refused = [](const Status& called) {
    return called ? "called"
                  : std::string(to_string(called.error().code())) + ": " + called.error().message();
  };
  const std::string edit = "invalid_argument: The edit is an empty function.";
  const std::string visitor = "invalid_argument: The visitor is an empty function.";
  EXPECT_EQ(refused(replica.write(nullptr)), edit);
  EXPECT_EQ(refused(stack.write({})), edit);
  EXPECT_FALSE(stack.can_undo());
  for (const Replica* each : {&other, static_cast<const Replica*>(&replica)}) {
    EXPECT_EQ(refused(each->conflicts(nullptr)), visitor);
    EXPECT_EQ(refused(each->each_document(nullptr)), visitor);
  }
  ASSERT_TRUE(replica.close());
  EXPECT_EQ(refused(replica.write(nullptr)), "closed: The replica was closed.");
}

TEST_F(HostTest, AnEmptyHandlerIsNone) {
  std::string log;
  Options options = manual();
  options.log = {nullptr, &log, LogLevel::debug};
  Replica replica = found("a", options);
  const Subscription nobody = replica.observe(nullptr);
  const Subscription faulty = replica.observe([](const Event&) { throw 1; });  // would be logged
  ImportOptions import;
  import.progress = nullptr;
  ASSERT_TRUE(replica.import_ndjson(lines(1, 3), import));
  SyncOptions sync;
  sync.on_progress = nullptr;
  EXPECT_FALSE(replica.sync("127.0.0.1:1", sync));
  auto operation = replica.start_sync("127.0.0.1:1", sync);
  operation.then(nullptr);
  EXPECT_FALSE(operation.wait());
  operation.then(nullptr);
  std::move(operation).then(nullptr);
  bool told = false;
  replica.start_sync("127.0.0.1:1", sync).then([&](const Result<SyncReport>&) { told = true; });
  for (int i = 0; i < 100 && !told; ++i) replica.poll(std::chrono::milliseconds(10));
  EXPECT_TRUE(told) << "handlers run on";
}

TEST_F(HostTest, OfADeletedDocumentThePlaceIsListedAndCountedAndNothingIsVisited) {
  Replica a = found("a");
  const auto server = a.listen("127.0.0.1:0");
  Replica b = join("b", a, server->address);
  ASSERT_TRUE(a.import_ndjson(lines(1, 2)));
  ASSERT_TRUE(b.sync(server->address));
  ASSERT_TRUE(put(a, 1, R"({"n":5})"));
  ASSERT_TRUE(put(b, 1, R"({"n":6})"));
  ASSERT_TRUE(b.sync(server->address));
  EXPECT_EQ(a.status()->conflicts, 1u);
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.erase(document(1), ""); }));
  EXPECT_EQ(a.status()->documents, 2u);
  EXPECT_EQ(a.status()->conflicts, 0u);
  ListOptions cases;
  cases.collection = "cases";
  EXPECT_EQ(a.list(cases)->size(), 2u);
  int visited = 0;
  const auto count = [&](const DocumentId&, std::string_view) { return ++visited > 0; };
  ASSERT_TRUE(a.each_document(count));
  EXPECT_EQ(visited, 1);
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.erase(document(2), ""); }));
  EXPECT_EQ(a.collections()->size(), 1u) << "its documents have places";
  EXPECT_EQ(a.import_ndjson(lines(1, 3))->updated, 2u) << "those that were deleted";
}

TEST_F(HostTest, TheLongestTimesAreNoShortOnes) {
  Replica replica = found("a");
  SyncOptions sync;
  sync.limit = std::chrono::milliseconds::max();
  EXPECT_EQ(replica.sync("127.0.0.1:1", sync).error().code(), ErrorCode::unreachable);
  InviteOptions invite;
  invite.valid = std::chrono::minutes::max();
  EXPECT_EQ(replica.invite(invite).error().message(),
            "An invitation can be valid for at most ten years.");
}

}  // namespace
}  // namespace relais::testing
