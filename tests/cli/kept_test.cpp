#include "kept.h"

#include <gtest/gtest.h>

namespace {

using namespace cli;
using relais::Error;
using relais::ErrorCode;

TEST(Kept, BeforeTheEndIsKnownWhatIsSaidIsTrueOfCompleteWorkToo) {
  EXPECT_EQ(kept_of_sync(),
            "Interrupted: what came is kept. If that isn't all, run the command again: it goes on "
            "from there.");
  EXPECT_EQ(kept_of_import(),
            "Interrupted: what was imported stays. If that isn't all, run the command again.");
  EXPECT_EQ(kept_of_join(false),
            "Interrupted: if this device has not joined yet, run the same command again, and it "
            "goes on from where it was.");
  EXPECT_EQ(kept_of_join(true),
            "Interrupted: run the same command again, and it goes on from where it was.");
}

TEST(Kept, ASyncIsCalledCompleteOnlyIfBothDevicesHoldTheSame) {
  relais::SyncReport report;
  EXPECT_EQ(kept_of_sync(report),
            "Interrupted: what came is kept. The devices don't hold the same yet.");
  EXPECT_EQ(kept_of_joined(report),
            "Interrupted: this device has joined, and what came is kept. The devices don't hold "
            "the same yet.");
  report.in_sync = true;
  EXPECT_EQ(kept_of_sync(report), "Interrupted: the sync was complete.");
  EXPECT_EQ(kept_of_joined(report),
            "Interrupted: this device has joined, and the documents are here.");
  EXPECT_EQ(kept_of_joined(),
            "Interrupted: this device has joined. `relais sync` fetches the documents.");
}

TEST(Kept, ACompleteImportSaysWhatItLeftOut) {
  relais::ImportReport report;
  report.documents = 1;
  EXPECT_EQ(kept_of_import(report), "Interrupted: the import was complete: 1 document in all.");
  report.documents = 8;
  report.skipped.push_back({3, Error(ErrorCode::bad_input, "It doesn't parse.")});
  EXPECT_EQ(kept_of_import(report),
            "Interrupted: the import was complete: 8 documents in all. 1 line was not imported.");
  report.skipped.push_back({5, Error(ErrorCode::bad_input, "It doesn't parse.")});
  EXPECT_EQ(kept_of_import(report),
            "Interrupted: the import was complete: 8 documents in all. 2 lines were not imported.");
}

TEST(Kept, OfAFileItIsSaidWhichOneHasTheName) {
  EXPECT_EQ(kept_of_output("", false), "Interrupted: the output is not whole.");
  EXPECT_EQ(kept_of_output("a.ndjson", true), "Interrupted: a.ndjson was not replaced.");
  EXPECT_EQ(kept_of_output("a.ndjson", false), "Interrupted: a.ndjson was not written.");
  EXPECT_EQ(kept_of_whole_output("a.ndjson", 0), "Interrupted: a.ndjson is whole.");
  EXPECT_EQ(kept_of_whole_output("", 2),
            "Interrupted: the output is whole, but for 2 documents that can't be read.");
}

}  // namespace
