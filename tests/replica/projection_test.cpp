#include <sys/resource.h>

#include "access/keyring.h"
#include "replica/projection_fixture.h"

namespace relais::testing {
namespace {

using store::Family;

using Projection = ProjectionTest;

TEST_F(Projection, AnAuthorsLaterChangeDoesNotOvertakeHisEarlierOneThatWaits) {
  writers(2);
  write(1, "seen");
  write(0, "first", {{1, 1}});
  write(0, "second");
  for (const char* device : {"R", "S"}) {
    bring(device[0] == 'R' ? 0 : 1, device);
    if (device[0] == 'R') {
      EXPECT_EQ(status(device).waiting, 2u);
    }
    bring(device[0] == 'R' ? 1 : 0, device);
    EXPECT_EQ(status(device).waiting, 0u);
    EXPECT_EQ(json(device), R"({"note":"second"})");
    EXPECT_EQ(record(device).tail.size(), 3u);
  }
  expect_same();
}

TEST_F(Projection, AContextThatNamesAChangeOfAnotherDocumentMakesTheChangeInvalid) {
  writers(3);
  write(1, "elsewhere", {}, "2");
  write(2, "here");
  write(0, "from both", {{1, 1}, {2, 1}});
  write(0, "and on");
  for (const std::size_t writer : {0, 1, 2}) bring(writer, "R");
  for (const std::size_t writer : {2, 1, 0}) bring(writer, "S");
  for (const char* device : {"R", "S"}) {
    EXPECT_EQ(aside(device, 0, 1), "invalid");
    EXPECT_EQ(status(device).waiting, 0u);
    EXPECT_EQ(record(device).tail.size(), 2u) << "it doesn't hold back the next";
  }
  expect_same();
}

TEST_F(Projection, SoDoesOnesOwnChangeOfAnotherDocument) {
  writers(1);
  write(0, "elsewhere", {}, "2");
  auto lies = change(0, "here");
  lies.cites.own_before = 1;
  write(0, lies);
  bring(0, "R");
  bring(0, "S");
  EXPECT_EQ(aside("R", 0, 2), "invalid");
  expect_same();
}

TEST_F(Projection, AnEntryBeyondItsLogWaits) {
  writers(2);
  write(1, "one");
  write(0, "two", {{1, 2}});
  bring(1, "R");
  bring(0, "R");
  bring(0, "S");
  bring(1, "S");
  for (const char* device : {"R", "S"}) EXPECT_EQ(status(device).waiting, 1u);
  expect_same();
  // Its hash cannot have been known, so it still waits.
  write(1, "later");
  for (const char* device : {"R", "S"}) {
    bring(1, device);
    EXPECT_EQ(status(device).waiting, 1u);
    EXPECT_EQ(json(device), R"({"note":"later"})");
  }
  expect_same();
}

TEST_F(Projection, AnEntryWithAnotherHashThanTheLogHasWaits) {
  writers(2);
  write(1, "one");
  auto lies = change(0, "two", {{1, 1}});
  lies.cites.cited[0].hash = {};
  write(0, lies);
  bring(1, "R");
  bring(0, "R");
  bring(0, "S");
  bring(1, "S");
  for (const char* device : {"R", "S"}) {
    EXPECT_EQ(status(device).waiting, 1u);
    EXPECT_EQ(json(device), R"({"note":"one"})");
  }
  expect_same();
}

TEST_F(Projection, APlaceThatCannotBeReadHoldsBackNobody) {
  writers(3);
  write(0, "before");
  writers().write_packed(0, "\x7fno such way of packing");
  write(0, "after");
  write(1, "saw what can't be read", {{0, 2}});
  write(2, "saw all", {{0, 3}, {1, 1}});
  for (const std::size_t writer : {2, 1, 0}) bring(writer, "R");
  for (const std::size_t writer : {0, 1, 2}) bring(writer, "S");
  for (const char* device : {"R", "S"}) {
    EXPECT_EQ(aside(device, 0, 2), "unreadable");
    EXPECT_EQ(json(device), R"({"note":"saw all"})");
    EXPECT_EQ(status(device).conflicts, 0u);
    EXPECT_EQ(status(device).waiting, 0u);
  }
  expect_same();
}

TEST_F(Projection, AContextOfTwoHeadsStandsForTheContextsOfBoth) {
  writers(4);
  write(0, "a");
  write(1, "b", {{0, 1}});
  write(2, "c", {{0, 1}});
  auto both = change(3, "d", {{1, 1}, {2, 1}});
  both.cites.whole = false;
  write(3, both);
  auto again = change(0, "e", {{3, 1}});
  again.cites.whole = false;
  write(0, again);
  for (const std::size_t writer : {3, 2, 1, 0}) bring(writer, "R");
  writers().bring_all("S");
  for (const char* device : {"R", "S"}) {
    EXPECT_EQ(json(device), R"({"note":"e"})");
    EXPECT_EQ(status(device).conflicts, 0u) << "what the heads had seen is seen";
  }
  expect_same();
}

TEST_F(Projection, AnExceptionIsNotCoveredThoughAnotherEntryStandsForIt) {
  writers(3);
  write(0, "kept");
  write(1, "b", {{0, 1}});
  auto made = change(2, "c", {{1, 1}});
  made.cites.whole = false;
  made.cites.exceptions = {{writers().author(0), 1}};
  write(2, made);
  for (const std::size_t writer : {2, 1, 0}) bring(writer, "R");
  writers().bring_all("S");
  // b replaced what c had not applied; the exception of c does not change that, and is no entry.
  EXPECT_EQ(json("R"), R"({"note":"c"})");
  EXPECT_TRUE(record("R").conflicts == !space.conflicts("R", "cases/1").empty());
  expect_same();
}

TEST_F(Projection, AnEntryAtAPlaceThatNobodyCanReadIsPassedOver) {
  writers(2);
  writers().write_packed(0, "\x7fno such way of packing");
  write(1, "sees it", {{0, 1}});
  writers().bring_all("R");
  bring(1, "S");
  bring(0, "S");
  for (const char* device : {"R", "S"}) {
    EXPECT_EQ(aside(device, 0, 1), "unreadable");
    EXPECT_EQ(json(device), R"({"note":"sees it"})");
  }
  expect_same();
}

TEST_F(Projection, WhoNamesAPlaceThatIsSetAsideWaitsForWhatStandsBeforeIt) {
  writers(3);
  write(1, "late");
  write(0, "first", {{1, 1}});
  Bytes broken = document::encode(change(0, "second"), writers().next(0));
  broken.pop_back();
  writers().write(0, broken);
  write(2, "sees both", {{0, 2}});
  for (const std::size_t writer : {0, 2}) bring(writer, "R");
  EXPECT_EQ(aside("R", 0, 2), "invalid");
  EXPECT_EQ(status("R").waiting, 2u);
  bring(1, "R");
  EXPECT_EQ(status("R").waiting, 0u);
  for (const std::size_t writer : {1, 0, 2}) bring(writer, "S");
  EXPECT_EQ(json("R"), R"({"note":"sees both"})");
  expect_same();
}

TEST_F(Projection, AFloorIsNotCovered) {
  writers(2);
  write(0, "unread", {}, "1", "one");
  write(0, "read", {}, "1", "two");
  auto made = change(1, "mine", {{0, 2}}, "1", "one");
  made.cites.cited[0].floor = 1;
  write(1, made);
  bring(1, "R");
  bring(0, "R");
  writers().bring_all("S");
  for (const char* device : {"R", "S"}) EXPECT_EQ(status(device).conflicts, 1u);
  expect_same();
}

TEST_F(Projection, ChangesThatWaitForEverCostOneRowEach) {
  writers(2);
  const auto cost = [&](std::size_t writer, std::size_t changes) {
    for (std::size_t i = 0; i < changes; ++i) {
      write(writer, "x", {{1 - writer, 1'000'000 + i}}, std::to_string(writer));
    }
    const auto spent = [] {
      rusage usage{};
      getrusage(RUSAGE_THREAD, &usage);
      return static_cast<double>(usage.ru_utime.tv_sec) +
             1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
    };
    const double before = spent();
    bring(writer, "R");
    return spent() - before;
  };
  const double few = cost(0, 5'000);
  const double many = cost(1, 40'000);
  EXPECT_EQ(status("R").waiting, 45'000u);
  EXPECT_LT(many, few * 8 * 3) << "it should be near eight times as much";
}

TEST_F(Projection, AllThatWaitedForOnePlaceGoesOnInSlices) {
  writers(4);
  write(3, "at last");
  // More bytes than one slice.
  const std::string large(limits::kProjectionSliceBytes / 600, 'x');
  for (int i = 0; i < 400; ++i) {
    write(0, large, i == 0 ? Cites{{3, 1}} : Cites{});
    write(1, large, {{0, writers().last(0)}}, "1", "other");
  }
  bring(1, "R");
  bring(0, "R");
  EXPECT_EQ(status("R").waiting, 800u);
  const std::uint64_t commits = space.calls("R").commits;
  bring(3, "R");
  constexpr std::uint64_t kSlices = 2;
  EXPECT_GE(space.calls("R").commits - commits, kSlices);
  EXPECT_EQ(status("R").waiting, 0u);
  writers().bring_all("S");
  expect_same();
}

TEST_F(Projection, ADocumentThatIsMadeAnewIsTheSame) {
  writers(3);
  for (std::uint64_t i = 0; i < 40; ++i) {
    write(i % 2, std::to_string(i),
          i == 0 ? Cites{} : Cites{{1 - i % 2, writers().last(1 - i % 2)}});
  }
  writers().bring_all("R");
  EXPECT_GT(record("R").checkpoint_bytes, 0u);
  const std::string before = dump("R");
  ASSERT_TRUE(replica::rebuild_documents(space.core("R"), {key("R")}));
  EXPECT_EQ(dump("R"), before);
  const std::string rebuilt = projection_bytes(space.core("R"));
  const log::LogId& log = writers().log(1);
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), log, 5));
  EXPECT_NE(dump("R"), before);
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), log, std::nullopt));
  EXPECT_EQ(dump("R"), before);
  EXPECT_EQ(projection_bytes(space.core("R")), rebuilt) << "no trace is left";
}

TEST_F(Projection, ACompartmentThatIsMadeAnewIsTheSameAndWhatWasDamagedThereIsWell) {
  writers(2);
  for (std::uint64_t i = 0; i < 40; ++i) {
    write(i % 2, std::to_string(i),
          i == 0 ? Cites{} : Cites{{1 - i % 2, writers().last(1 - i % 2)}});
  }
  write(0, "another", {}, "2");
  writers().bring_all("R");
  const std::string before = dump("R");
  replica::Core& core = space.core("R");
  store::Batch batch;
  batch.put(Family::documents, key("R"), "no record");
  batch.remove(Family::documents, key("R", "2"));
  ASSERT_TRUE(core.store->commit(batch, store::Durability::synced));
  ASSERT_FALSE(replica::verify(replica::Snapshot(core))->problems.empty());
  ASSERT_TRUE(replica::rebuild_compartment(core, writers().log(0).compartment));
  EXPECT_EQ(dump("R"), before);
  EXPECT_THAT(replica::verify(replica::Snapshot(core))->problems, ::testing::IsEmpty());
}

TEST_F(Projection, WhatCitesPlacesBeyondTheAdmittedEndCoversTheLogUpToThere) {
  writers(3);
  write(0, "in");
  write(0, "out");
  write(1, "saw both", {{0, 2}});
  const log::LogId& log = writers().log(0);
  for (const char* device : {"R", "S"}) {
    if (device[0] == 'S') {
      ASSERT_TRUE(replica::admit_up_to(space.core("S"), log, 1));
    }
    bring(1, device);
    bring(0, device);
  }
  EXPECT_EQ(record("R").tail.size(), 3u);
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), log, 1));
  EXPECT_EQ(dump("R"), dump("S"));
  EXPECT_EQ(json("S"), R"({"note":"saw both"})");
  EXPECT_EQ(status("S").conflicts, 0u);
  EXPECT_EQ(record("S").tail.size(), 2u);
  for (const char* device : {"R", "S"}) {
    ASSERT_TRUE(replica::admit_up_to(space.core(device), log, std::nullopt));
    EXPECT_EQ(record(device).tail.size(), 3u);
  }
  expect_same();
}

TEST_F(Projection, AChangeIsInvalidOnlyWhileWhatItCitesIsAdmitted) {
  writers(2);
  write(0, "elsewhere", {}, "2");
  write(1, "lies", {{0, 1}});
  writers().bring_all("R");
  EXPECT_EQ(aside("R", 1, 1), "invalid");
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(0), 0));
  EXPECT_EQ(json("R"), R"({"note":"lies"})");
  EXPECT_EQ(json("R", "2"), "There is no such document.");
  ASSERT_TRUE(replica::admit_up_to(space.core("R"), writers().log(0), std::nullopt));
  EXPECT_EQ(aside("R", 1, 1), "invalid");
  writers().bring_all("S");
  expect_same();
}

TEST_F(Projection, AStoreOfAnotherVersionOfTheProgramIsJudgedAnewAtItsOpening) {
  writers(2);
  write(0, "a");
  write(1, "b");
  writers().bring_all("R");
  const std::string before = dump("R");
  store::Batch batch;
  batch.put(Family::meta, store::meta_key(store::meta::kBasis), Bytes(1, '\0'));
  batch.remove(Family::documents, key("R"));
  ASSERT_TRUE(space.core("R").store->commit(batch, store::Durability::synced));
  EXPECT_EQ(json("R"), "There is no such document.");
  space.crash("R");
  EXPECT_EQ(dump("R"), before);
}

TEST_F(Projection, ADamagedRecordStopsNoOtherDocumentAndIsMadeAnewAtTheNextOpening) {
  writers(2);
  write(0, "a");
  bring(0, "R");
  store::Batch batch;
  batch.put(Family::documents, key("R"), "?");
  ASSERT_TRUE(space.core("R").store->commit(batch, store::Durability::synced));
  write(0, "b");
  write(0, "other", {}, "2");
  bring(0, "R");
  EXPECT_EQ(json("R", "2"), R"({"note":"other"})");
  ASSERT_TRUE(space.core("R").store->sync());
  space.crash("R");
  EXPECT_EQ(json("R"), R"({"note":"b"})");
  writers().bring_all("S");
  expect_same();
}

TEST_F(Projection, ADamagedCheckpointIsMadeAnewFromTheChanges) {
  writers(2);
  for (int i = 0; i < 20; ++i) write(0, std::to_string(i));
  bring(0, "R");
  auto damaged = record("R");
  ASSERT_GT(damaged.checkpoint_bytes, 0u);
  damaged.checkpoint = "?";
  store::Batch batch;
  batch.put(Family::documents, key("R"), store::encode(damaged));
  ASSERT_TRUE(space.core("R").store->commit(batch, store::Durability::synced));
  for (int i = 0; i < 20; ++i) write(0, std::to_string(20 + i));
  write(1, "beside");
  write(1, "other", {}, "2");
  bring(0, "R");
  bring(1, "R");
  EXPECT_EQ(json("R", "2"), R"({"note":"other"})");
  EXPECT_FALSE(record("R").damaged);
  EXPECT_EQ(status("R").conflicts, 1u);
  writers().bring_all("S");
  expect_same();
}

TEST_F(Projection, NamesOfDevicesCountOnlyFromTheDeviceAndFromOwners) {
  const std::string id = to_hex(space.core("R").identity.device().view());
  const auto rename = [&](const std::string& device, const std::string& name) {
    return space.edit(device, [&](replica::Edit& edit) {
      return edit.at({"", ".devices", id}, "name",
                     [&](document::Draft& draft, const document::Path& path) {
                       return draft.set(path, Value(name));
                     });
    });
  };
  ASSERT_TRUE(rename("S", "somebody else's"));
  ASSERT_TRUE(rename("R", "tablet"));
  space.settle();
  for (const std::string& device : space.names()) {
    EXPECT_EQ(space.json(device, ".devices/" + id), R"({"name":"tablet"})") << device;
    EXPECT_EQ(status(device).set_aside, 1u) << device;
  }
  ASSERT_TRUE(rename("A", "by its owner"));
  space.settle();
  for (const std::string& device : space.names()) {
    EXPECT_EQ(space.json(device, ".devices/" + id), R"({"name":"by its owner"})") << device;
  }
}

}  // namespace
}  // namespace relais::testing
