#include <gtest/gtest.h>

#include "replica/read/status.h"
#include "replica/read/verification.h"
#include "store/tables/seals.h"
#include "support/test_space.h"

/// Reads and writes of the store that fail between the append in memory and the commit, and
/// anywhere else: nothing acknowledged is lost, no head is claimed that is not stored, no log has a
/// gap.
namespace relais::testing {
namespace {

/// Expects that the replica's log table equals what its store holds.
void expect_nothing_claimed(TestSpace& space, const std::string& name) {
  const replica::Core& core = space.core(name);
  const auto stored = store::LogTable::load(*core.store);
  ASSERT_TRUE(stored) << stored.error().message();
  ASSERT_EQ(stored->rows().size(), core.logs.rows().size());
  for (const auto& [id, row] : core.logs.rows()) {
    const store::LogRow* on_disk = stored->find(id);
    ASSERT_NE(on_disk, nullptr);
    EXPECT_EQ(on_disk->no, row.no);
    EXPECT_EQ(on_disk->head, row.head);
    EXPECT_EQ(on_disk->opened, row.opened);
    EXPECT_EQ(on_disk->settled, row.settled);
    for (std::uint64_t seq = 1; seq <= row.head.seq; ++seq) {
      const auto block = core.store->get(store::Family::log, store::block_key(row.no, seq));
      ASSERT_TRUE(block && *block) << "a hole at " << seq;
      const auto run = core.logs.run(row.no, seq);
      const auto run_on_disk = stored->run(row.no, seq);
      ASSERT_TRUE(run != nullptr && run_on_disk != nullptr);
      EXPECT_EQ(*run, *run_on_disk);
    }
  }
  for (const auto& compartment : core.control.membership.compartments()) {
    EXPECT_EQ(stored->compartment_no(compartment.id), core.logs.compartment_no(compartment.id));
  }
}

void expect_sound(TestSpace& space, const std::string& name) {
  const auto report = replica::verify(replica::Snapshot(space.core(name)));
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_TRUE(report->problems.empty()) << report->problems.front();
}

/// A founded, B joined, and both have written.
struct Two : TestSpace {
  Two() {
    found("A");
    EXPECT_TRUE(join("B", "A"));
    EXPECT_TRUE(sync("B", "A").caller);
    for (int i = 0; i < 3; ++i) {
      put("A", "cases/" + std::to_string(i), "status", R"("open")");
      put("B", "cases/" + std::to_string(i), "weight", "60");
    }
  }
  /// Expects that the next sync succeeds.
  void recover(bool opened_again) {
    calls("B").reads_left.reset();
    expect_nothing_claimed(*this, "B");
    if (opened_again || !core("B").check_running()) {
      const Status opened = reopen("B");
      ASSERT_TRUE(opened) << opened.error().message();
      expect_nothing_claimed(*this, "B");
    }
    const SyncResults results = sync("B", "A");
    ASSERT_TRUE(results.caller) << results.caller.error().message();
    EXPECT_TRUE(results.caller->in_sync);
    for (const std::string& name : names()) {
      if (name != "A" && name != "B") {
        EXPECT_TRUE(sync(name, "A").caller);
      }
    }
    EXPECT_SAME(*this);
    expect_sound(*this, "A");
    expect_sound(*this, "B");
  }
};

/// Runs `action` on a fresh pair of devices with the nth read of B failing, for every n until none
/// fails.
template <class Action>
void at_each_read(const Action& action) {
  for (const bool opened_again : {false, true}) {
    bool failed = true;
    std::uint64_t n = 0;
    for (; failed; ++n) {
      SCOPED_TRACE("read " + std::to_string(n));
      Two two;
      action(two, [&] { two.calls("B").reads_left = n; });
      failed = two.calls("B").failed;
      ASSERT_NO_FATAL_FAILURE(two.recover(opened_again));
      if (::testing::Test::HasFailure()) return;
      ASSERT_LT(n, 5000u);
    }
    EXPECT_GT(n, 1u) << "no read has failed";
  }
}

TEST(FailingStore, AReadThatFailsInASyncClaimsNothing) {
  at_each_read([](Two& two, const auto& arm) {
    arm();
    (void)two.sync("B", "A");
  });
}

TEST(FailingStore, AReadThatFailsInASyncWithNewMembersClaimsNothing) {
  at_each_read([](Two& two, const auto& arm) {
    EXPECT_TRUE(two.join("C", "A"));
    two.put("C", "cases/1", "seen", "true");
    EXPECT_TRUE(two.sync("C", "A").caller);
    arm();
    (void)two.sync("B", "A");
  });
}

TEST(FailingStore, AReadThatFailsInAnEditLeavesTheWriterWhereItWas) {
  at_each_read([](Two& two, const auto& arm) {
    arm();
    const auto write = [&](const std::string& name) {
      return two.edit("B", [&](replica::Edit& edit) {
        return edit.put_json(TestSpace::document(name), "status", R"("closed")");
      });
    };
    const bool written = write("cases/1").has_value();
    EXPECT_TRUE(two.core("B").check_running()) << "a read that fails stops nothing";
    two.calls("B").reads_left.reset();
    const bool says = two.json("B", "cases/1") == R"({"status":"closed","weight":60})" ||
                      two.json("B", "cases/1") == R"({"weight":60,"status":"closed"})";
    EXPECT_EQ(says, written) << two.json("B", "cases/1");
    EXPECT_TRUE(write("cases/2"));
  });
}

TEST(FailingStore, AReadThatFailsInAStatusOrAVerificationIsNoDamage) {
  Two two;
  ASSERT_TRUE(two.sync("B", "A").caller);
  bool failed = true;
  std::uint64_t n = 0;
  for (; failed; ++n) {
    SCOPED_TRACE("read " + std::to_string(n));
    failed = false;
    const auto at_n = [&](const auto& read) {
      two.calls("B").failed = false;
      two.calls("B").reads_left = n;
      auto result = read(replica::Snapshot(two.core("B")));
      two.calls("B").reads_left.reset();
      failed = failed || two.calls("B").failed;
      if (!result) {
        EXPECT_EQ(result.error().code(), ErrorCode::store_failed) << result.error().message();
      }
      return result;
    };
    const auto verified = at_n([](const auto& of) { return replica::verify(of); });
    EXPECT_NE(verified.has_value(), two.calls("B").failed);
    // A name that can't be read is empty; nothing else is left out.
    const auto status = at_n([](const auto& of) { return replica::status(of); });
    if (status) {
      EXPECT_EQ(status->documents, 3u);
      EXPECT_EQ(status->members.size(), 2u);
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(n, 1u) << "no read has failed";
}

TEST(FailingStore, AWriteThatFailsInASyncClaimsNothing) {
  for (const bool lands : {false, true}) {
    bool failed = true;
    std::size_t n = 0;
    for (; failed; ++n) {
      SCOPED_TRACE("write " + std::to_string(n) + (lands ? ", which is there later" : ""));
      Two two;
      two.disk("B").fail_writes({n, ErrorCode::store_failed, lands});
      const SyncResults results = two.sync("B", "A");
      failed = two.core("B").store->failed();
      // What is remembered of the peer is written once both hold the same.
      EXPECT_TRUE(results.caller.has_value() || failed);
      if (results.caller && failed) {
        EXPECT_TRUE(results.caller->in_sync);
        EXPECT_SAME(two);
      }
      if (failed) {
        EXPECT_FALSE(two.core("B").check_running());
        ASSERT_NO_FATAL_FAILURE(two.recover(true));
      }
    }
    EXPECT_GT(n, 1u) << "no write has failed";
  }
}

// Otherwise a device that lost them would leave gaps for everyone else.
TEST(FailingStore, AHubWhoseReadFailsNeverSaysThatItHoldsTheSame) {
  bool failed = true;
  std::uint64_t n = 0;
  for (; failed; ++n) {
    SCOPED_TRACE("read " + std::to_string(n));
    Two two;
    two.calls("A").reads_left = n;
    const SyncResults results = two.sync("B", "A");
    failed = two.calls("A").failed;
    two.calls("A").reads_left.reset();
    if (results.caller && results.caller->in_sync) {
      EXPECT_EQ(two.dump("A"), two.dump("B"));
    }
    expect_nothing_claimed(two, "A");
    if (!two.core("A").check_running()) {
      ASSERT_TRUE(two.reopen("A"));
    }
    ASSERT_NO_FATAL_FAILURE(two.recover(false));
  }
  EXPECT_GT(n, 1u) << "no read has failed";
}

TEST(FailingStore, ABatchTooLargeForTheStoreStopsNothing) {
  Two two;
  replica::Core& core = two.core("B");
  store::Commit commit(core.logs);
  const log::LogId id{CompartmentId{}, core.identity.author()};
  commit.intern(id, core.identity.keys.signing.public_key, core.genesis(id));
  commit.batch().put(store::Family::index, "key", Bytes(limits::kStoreValueBytes + 1, 'v'));
  const Status written = core.commit(commit, store::Durability::buffered, {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(core.logs.find(id), nullptr);
  EXPECT_TRUE(core.check_running());
  ASSERT_NO_FATAL_FAILURE(two.recover(false));
}

TEST(Commit, TakesBackAllThatWasNotWritten) {
  const auto disk = store::make_memory_store();
  store::LogTable logs = *store::LogTable::load(*disk);
  const log::LogId first{CompartmentId{{1}}, AuthorId{{1}}};
  const log::LogId second{CompartmentId{{2}}, AuthorId{{2}}};
  {
    store::Commit commit(logs);
    commit.intern_compartment(first.compartment);
    const store::LogRow row = commit.intern(first, {}, {});
    commit.add_run(row.no, 1, "run one");
    ASSERT_TRUE(commit.write(*disk, store::Durability::synced));
  }
  {
    store::Commit commit(logs);
    EXPECT_EQ(commit.intern_compartment(second.compartment), 1u);
    EXPECT_EQ(commit.intern(second, {}, {}).no, 1u);
    store::LogRow row = *logs.find(first);
    row.head.seq = 7;
    commit.update(row);
    commit.set_opened(0, 5);
    commit.add_run(0, 3, "run two");
    commit.add_run(1, 1, "run of another");
    commit.add_fork(0, {"one", "other"});
    EXPECT_EQ(logs.find(first)->head.seq, 7u);
    EXPECT_EQ(*logs.run(0, 4), "run two");
  }
  EXPECT_EQ(logs.find(first)->head.seq, 0u);
  EXPECT_EQ(logs.find(first)->opened, 0u);
  EXPECT_EQ(logs.find(second), nullptr);
  EXPECT_EQ(logs.find(store::LogNo{1}), nullptr);
  EXPECT_EQ(*logs.run(0, 4), "run one");
  EXPECT_EQ(logs.run(1, 1), nullptr);
  EXPECT_EQ(logs.compartment_no(second.compartment), std::nullopt);
  EXPECT_EQ(logs.compartment(1), std::nullopt);
  EXPECT_TRUE(logs.forks().empty());
  store::Commit commit(logs);
  EXPECT_EQ(commit.intern(second, {}, {}).no, 1u) << "its number is free again";
}

}  // namespace
}  // namespace relais::testing
