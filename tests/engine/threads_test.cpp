#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/on_disk.h"

namespace relais::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Something that one thread says and another waits for.
class Flag {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  bool wait(milliseconds limit = seconds(20)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

class Threads : public OnDiskReplicas {};

TEST_F(Threads, ReadsWritesImportsAndSyncsOfOneReplicaRunAtOnce) {
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(lines(0, 300)));
  const auto server = a.listen("127.0.0.1:0");
  ASSERT_TRUE(server);
  Replica b = join("b", a, server->address);
  std::atomic<bool> stop = false;
  std::atomic<int> reads = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      while (!stop) {
        const auto json = b.json(document(i));
        reads += json ? 1 : 0;
        EXPECT_TRUE(json || json.error().code() == ErrorCode::not_found) << json.error().message();
        EXPECT_TRUE(b.each_document([](const DocumentId&, std::string_view) { return true; }));
        EXPECT_TRUE(b.status());
        EXPECT_TRUE(b.history(document(i)) || !json);
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(b.write([&](Transaction& tx) { return tx.set(document(1000 + i), "n", i); }));
    }
  });
  threads.emplace_back([&] { EXPECT_TRUE(b.import_ndjson(lines(2000, 300))); });
  threads.emplace_back([&] {
    for (int i = 0; i < 5; ++i) {
      const auto report = b.sync(server->address);
      EXPECT_TRUE(report) << report.error().message();
    }
  });
  for (std::size_t i = 2; i < threads.size(); ++i) threads[i].join();
  while (reads == 0) std::this_thread::yield();
  stop = true;
  threads[0].join();
  threads[1].join();
  ASSERT_TRUE(b.sync(server->address));
  EXPECT_EQ(a.status()->documents, 630u);
  EXPECT_TRUE(b.verify()->problems.empty());
}

TEST_F(Threads, SeveralSyncsRunAtOnce) {
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(lines(0, 50)));
  const auto server = a.listen("127.0.0.1:0");
  Replica b = join("b", a, server->address);
  Replica c = join("c", a, server->address);
  const auto of_c = c.listen("127.0.0.1:0");
  auto first = b.start_sync(server->address);
  auto second = b.start_sync(of_c->address);
  auto third = b.start_sync(server->address);
  for (auto* each : {&first, &second, &third}) {
    const auto report = each->wait();
    EXPECT_TRUE(report) << report.error().message();
    EXPECT_TRUE(each->done());
    EXPECT_EQ(each->progress().received, each->progress().to_receive);
  }
}

TEST_F(Threads, ASyncTellsItsProgressToTheEnd) {
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(lines(0, 2000)));
  const auto server = a.listen("127.0.0.1:0");
  Replica b = join("b", a, server->address);
  SyncOptions options;
  SyncProgress last;
  options.on_progress = [&](const SyncProgress& now) { last = now; };
  const auto report = b.sync(server->address, options);
  ASSERT_TRUE(report);
  EXPECT_GE(last.received, 2000u);
  EXPECT_EQ(last.received, last.to_receive);
}

TEST_F(Threads, ASyncThatIsCancelledOrDroppedEnds) {
  Replica a = found("a");
  Options silent;
  silent.threading = Threading::manual;  // nobody polls: it never answers
  Replica mute = found("mute", silent);
  const auto server = mute.listen("127.0.0.1:0");
  ASSERT_TRUE(server);
  auto sync = a.start_sync(server->address);
  EXPECT_FALSE(sync.wait_for(milliseconds(50)));
  sync.cancel();
  const auto result = sync.wait();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::cancelled);
  EXPECT_EQ(result.error().message(), "The sync was cancelled.");
  { auto dropped = a.start_sync(server->address); }
  SyncOptions limited;
  limited.limit = milliseconds(50);
  const auto late = a.sync(server->address, limited);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), ErrorCode::timed_out);
  EXPECT_EQ(late.error().message(), "The sync exceeded its time limit.");
}

TEST_F(Threads, ClosingEndsASyncThatAnotherThreadWaitsFor) {
  Replica a = found("a");
  Options silent;
  silent.threading = Threading::manual;
  Replica mute = found("mute", silent);
  const auto server = mute.listen("127.0.0.1:0");
  Flag begun;
  std::thread other([&] {
    begun.set();
    const auto report = a.sync(server->address);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::closed);
    EXPECT_EQ(report.error().message(), "The replica was closed.");
  });
  begun.wait();
  std::this_thread::sleep_for(milliseconds(30));
  EXPECT_TRUE(a.close());
  other.join();
  EXPECT_TRUE(a.close());
  const auto read = a.json(document(1));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "The replica was closed.");
  EXPECT_TRUE(Replica::open(at("a"))) << "the folder is free";
}

TEST_F(Threads, InsideAnEditTheReplicaIsReadAndNotWritten) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.set(document(1), "n", 1); }));
  std::vector<ErrorCode> codes;
  const auto add = [&](const Status& status) {
    codes.push_back(status ? ErrorCode::invalid_argument : status.error().code());
  };
  ASSERT_TRUE(a.write([&](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.set(document(1), "n", 2));
    EXPECT_EQ(*a.json(document(1)), R"({"n":1})");
    EXPECT_EQ(a.status()->documents, 1u);
    add(a.write([](Transaction&) { return Status(); }));
    add(a.import_ndjson(lines(0, 1)));
    add(a.sync("127.0.0.1:1"));
    add(a.listen("127.0.0.1:0"));
    add(a.invite());
    return {};
  }));
  EXPECT_EQ(codes, std::vector<ErrorCode>(5, ErrorCode::would_deadlock));
  EXPECT_EQ(*a.json(document(1)), R"({"n":2})");
}

TEST_F(Threads, AHandlerWritesReadsAndStartsASyncButDoesNotWaitForOne) {
  Replica a = found("a");
  Flag done;
  Result<SyncReport> waited = Error(ErrorCode::closed, "");
  Status wrote;
  const auto watching = a.observe([&](const Event& event) {
    if (event.kind != Event::Kind::documents_changed) return;
    if (event.documents.front().document != document(1)) return;
    wrote = a.write([](Transaction& tx) { return tx.set(document(2), "n", 2); });
    waited = a.sync("127.0.0.1:1");
    a.start_sync("127.0.0.1:1").cancel();
    done.set();
  });
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.set(document(1), "n", 1); }));
  ASSERT_TRUE(done.wait());
  EXPECT_TRUE(wrote);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code(), ErrorCode::would_deadlock);
  EXPECT_EQ(waited.error().message(),
            "A handler in the library's own thread can't wait for a sync: start it and go on.");
}

TEST_F(Threads, AHandlerMayCloseOrDestroyItsReplica) {
  for (const bool destroy : {false, true}) {
    SCOPED_TRACE(destroy);
    auto a = std::make_unique<Replica>(found(destroy ? "destroyed" : "closed"));
    Flag done;
    std::optional<Subscription> watching = a->observe([&](const Event&) {
      if (destroy) {
        a.reset();
      } else {
        EXPECT_TRUE(a->close());
      }
      done.set();
    });
    ASSERT_TRUE(a->write([](Transaction& tx) { return tx.set(document(1), "n", 1); }));
    ASSERT_TRUE(done.wait());
    if (!destroy) {
      EXPECT_EQ(a->json(document(1)).error().code(), ErrorCode::closed);
    }
    watching.reset();
    EXPECT_TRUE(Replica::open(at(destroy ? "destroyed" : "closed")));
  }
}

TEST_F(Threads, AVisitorOrAnEditMayCloseItsReplica) {
  {
    Replica a = found("a");
    ASSERT_TRUE(a.import_ndjson(lines(0, 10)));
    int seen = 0;
    const auto scan = a.each_document([&](const DocumentId&, std::string_view) {
      ++seen;
      EXPECT_TRUE(a.close());
      return true;
    });
    EXPECT_EQ(scan.error().code(), ErrorCode::closed);
    EXPECT_EQ(seen, 1);
  }
  auto again = std::make_unique<Replica>(*Replica::open(at("a")));
  const auto wrote = again->write([&](Transaction& tx) {
    const Status set = tx.set(document(1), "n", 77);
    again.reset();
    return set;
  });
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error().code(), ErrorCode::closed);
  const auto last = Replica::open(at("a"));
  ASSERT_TRUE(last) << last.error().message();
  EXPECT_EQ(*last->json(document(1)), R"({"n":1,"note":"seen"})");
}

TEST_F(Threads, AnExceptionOfTheHostPassesThroughItsOwnCall) {
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(lines(0, 10)));
  const auto fall = [] { throw std::runtime_error("of the host"); };
  EXPECT_THROW((void)a.write([&](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.set(document(1), "n", 5));
    fall();
    return {};
  }),
               std::runtime_error);
  EXPECT_THROW((void)a.each_document([&](const DocumentId&, std::string_view) {
    fall();
    return true;
  }),
               std::runtime_error);
  ImportOptions options;
  options.progress = [&](std::uint64_t) { fall(); };
  EXPECT_THROW((void)a.import_ndjson(lines(10, 5000), options), std::runtime_error);
  EXPECT_EQ(*a.json(document(1)), R"({"n":1,"note":"seen"})") << "nothing was written";
  EXPECT_TRUE(a.write([](Transaction& tx) { return tx.set(document(1), "n", 6); }));
}

TEST_F(Threads, AnExceptionOfAHandlerIsToldToTheLog) {
  struct Log {
    Flag told;
    std::string message;
  } log;
  Options options;
  options.log = {[](void* context, LogLevel level, std::string_view message) {
                   if (level != LogLevel::error) return;
                   auto& to = *static_cast<Log*>(context);
                   to.message = message;
                   to.told.set();
                 },
                 &log};
  Replica a = found("a", options);
  const auto watching = a.observe([](const Event&) { throw std::runtime_error("of the host"); });
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.set(document(1), "n", 1); }));
  ASSERT_TRUE(log.told.wait());
  EXPECT_EQ(log.message, "A handler of the host threw an exception.");
  EXPECT_TRUE(a.close());
}

TEST_F(Threads, AnEventQueueRunsHandlersWhereItIsDispatched) {
  auto queue = EventQueue::create();
  ASSERT_TRUE(queue);
  Options options;
  options.executor = queue->executor();
  Replica a = found("a", options);
  std::vector<DocumentChange> changes;
  std::thread::id where;
  const auto watching = a.observe([&](const Event& event) {
    where = std::this_thread::get_id();
    changes.insert(changes.end(), event.documents.begin(), event.documents.end());
  });
  ASSERT_TRUE(a.write([](Transaction& tx) -> Status {
    (void)tx.set(document(1), "n", 1);
    return tx.put_json(document(1), "", R"({"visits":[{"bp":"120/80"}]})");
  }));
  while (changes.empty()) queue->dispatch(seconds(5));
  EXPECT_EQ(where, std::this_thread::get_id());
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].document, document(1));
  EXPECT_TRUE(changes[0].local);
  EXPECT_EQ(changes[0].by, a.identity()->device);
  ASSERT_EQ(changes[0].paths.size(), 3u);
  EXPECT_EQ(changes[0].paths[0], "n");
  EXPECT_TRUE(changes[0].paths[1].starts_with("visits/@")) << changes[0].paths[1];
  EXPECT_EQ(changes[0].paths[2], changes[0].paths[1] + "/bp");
}

TEST_F(Threads, AnObserverHearsWhoWroteWhatCame) {
  Replica a = found("a");
  const auto server = a.listen("127.0.0.1:0");
  Replica b = join("b", a, server->address);
  ASSERT_TRUE(b.sync(server->address));
  std::mutex mutex;
  std::vector<DocumentChange> changes;
  Flag heard;
  const auto watching = a.observe([&](const Event& event) {
    if (event.kind != Event::Kind::documents_changed) return;
    const std::lock_guard lock(mutex);
    changes = event.documents;
    heard.set();
  });
  ASSERT_TRUE(b.write([](Transaction& tx) { return tx.set(document(1), "n", 1); }));
  ASSERT_TRUE(b.sync(server->address));
  ASSERT_TRUE(heard.wait());
  const std::lock_guard lock(mutex);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_FALSE(changes[0].local);
  EXPECT_EQ(changes[0].by, b.identity()->device);
  EXPECT_EQ(changes[0].paths, std::vector<std::string>{"n"});
}

TEST_F(Threads, AnObserverThatIsTooSlowIsToldThatItMissedChanges) {
  auto queue = EventQueue::create();
  Options options;
  options.executor = queue->executor();
  Replica a = found("a", options);
  std::size_t documents = 0;
  bool missed = false;
  const auto watching = a.observe([&](const Event& event) {
    documents += event.documents.size();
    EXPECT_LE(event.documents.size(), 1024u);
    missed = missed || event.kind == Event::Kind::missed;
  });
  ASSERT_TRUE(a.import_ndjson(lines(0, 20'000)));
  std::this_thread::sleep_for(milliseconds(300));
  while (queue->dispatch(milliseconds(300)) != 0) {
  }
  EXPECT_TRUE(missed);
  EXPECT_LT(documents, 20'000u);
  documents = 0;
  ASSERT_TRUE(a.write([](Transaction& tx) { return tx.set(document(1), "n", -1); }));
  while (documents == 0) queue->dispatch(seconds(5));
  EXPECT_EQ(documents, 1u) << "afterwards it hears of changes again";
}

TEST_F(Threads, DocumentsAreListedInPagesWithoutBeingOpened) {
  Replica a = found("a");
  const std::vector<std::string> ids = {"a", "ab", "b", "0f8fad5b-d9cb-469f-a165-70867728950e",
                                        "7c9e6679-7425-40de-944b-e07fc1f90ae7"};
  ASSERT_TRUE(a.write([&](Transaction& tx) -> Status {
    for (const std::string& id : ids) EXPECT_TRUE(tx.set({"", "cases", id}, "n", 1));
    return tx.set({"north", "visits", "v"}, "n", 1);
  }));
  std::vector<std::string> listed;
  ListOptions page;
  page.collection = "cases";
  page.limit = 2;
  while (true) {
    const auto found = a.list(page);
    ASSERT_TRUE(found);
    if (found->empty()) break;
    EXPECT_LE(found->size(), 2u);
    for (const DocumentId& document : *found) listed.push_back(document.id);
    page.after = listed.back();
  }
  std::vector<std::string> sorted = ids;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(listed, sorted);
  page = {};
  page.collection = "cases";
  page.prefix = "a";
  EXPECT_EQ(a.list(page)->size(), 2u);
  const auto collections = a.collections();
  ASSERT_EQ(collections->size(), 2u);
  EXPECT_EQ(collections->at(1).scope, "north");
  EXPECT_EQ(collections->at(1).name, "visits");
}

TEST_F(Threads, AWriteThatFailsAndAReadLeaveNothing) {
  Replica a = found("a");
  const auto before = a.status();
  EXPECT_FALSE(a.write([](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.set({"zone", "cases", "1"}, "n", 1));
    return Error(ErrorCode::bad_input, "The form was left.");
  }));
  EXPECT_TRUE(a.write([](Transaction& tx) -> Status {
    EXPECT_EQ(tx.tree({"elsewhere", "cases", "1"}, "n").error().code(), ErrorCode::not_found);
    return {};
  }));
  EXPECT_EQ(a.status()->compartments.size(), before->compartments.size());
  EXPECT_EQ(a.status()->changes, before->changes);
}

TEST_F(Threads, AnEditSeesAndErasesItsOwnSections) {
  Replica a = found("a");
  ASSERT_TRUE(a.write([](Transaction& tx) -> Status {
    EXPECT_TRUE(tx.set(document(1), "n", 1));
    EXPECT_EQ(tx.tree(document(1), "n")->value, Value(1));
    return tx.erase(document(1), "");
  }));
  EXPECT_FALSE(a.json(document(1)));
}

TEST_F(Threads, AnUndoStackGoesBackStepByStep) {
  Replica a = found("a");
  UndoStack stack(a);
  for (const int n : {1, 2, 3}) {
    ASSERT_TRUE(stack.write([&](Transaction& tx) { return tx.set(document(1), "n", n); }));
  }
  const auto n = [&] { return *a.field(document(1), "n")->versions.front().value.integer(); };
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(n(), 2);
  ASSERT_TRUE(stack.undo());
  EXPECT_EQ(n(), 1);
  ASSERT_TRUE(stack.redo());
  EXPECT_EQ(n(), 2);
  ASSERT_TRUE(stack.redo());
  EXPECT_EQ(n(), 3);
  EXPECT_FALSE(stack.can_redo());
  ASSERT_TRUE(stack.undo());
  ASSERT_TRUE(stack.write([&](Transaction& tx) { return tx.set(document(1), "n", 9); }));
  EXPECT_FALSE(stack.can_redo());
}

TEST_F(Threads, ARecoveryPhraseIsAcceptedByItsOwnSpace) {
  auto created = Replica::create(at("a"), {"Mobile clinic", "a", {}});
  ASSERT_TRUE(created);
  const auto other = Replica::create(at("b"), {"Another", "b", {}});
  ASSERT_TRUE(other);
  std::string typed = created->recovery_phrase;
  std::replace(typed.begin(), typed.end(), '-', ' ');
  EXPECT_TRUE(created->replica.check_recovery_phrase(typed));
  const Status theirs = created->replica.check_recovery_phrase(other->recovery_phrase);
  ASSERT_FALSE(theirs);
  EXPECT_EQ(theirs.error().message(), "That is the recovery phrase of another space.");
  typed.back() = typed.back() == '7' ? '8' : '7';
  EXPECT_EQ(created->replica.check_recovery_phrase(typed).error().code(), ErrorCode::bad_input);
}

TEST(Values, ComeFromEveryIntegerAndNeverFromANullPointer) {
  EXPECT_EQ(*Value(std::uint8_t{7}).integer(), 7);
  EXPECT_EQ(*Value(std::size_t{7}).integer(), 7);
  EXPECT_EQ(*Value(7L).integer(), 7);
  EXPECT_EQ(*Value(7ULL).integer(), 7);
  EXPECT_EQ(*Value(std::uint64_t{1} << 63).number(), 9223372036854775808.0);
  EXPECT_TRUE(Value(static_cast<const char*>(nullptr)).is_null());
}

}  // namespace
}  // namespace relais::testing
