#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/sync/replica_delegate.h"
#include "peer/peer.h"
#include "replica/core.h"
#include "replica/write/edit.h"
#include "store/memory/memory_store.h"
#include "support/chance.h"
#include "support/read_faults.h"

namespace relais::testing {

/// Time that passes when a test says so.
class TestClock final : public Clock {
 public:
  Now now() override { return now_; }
  void pass(Duration duration) {
    now_.monotonic += duration;
    now_.wall.ms += duration.count();
  }
  Now now_{Instant(Duration(1'000'000)), WallTime{1'750'000'000'000}};
};

/// What one meeting of two devices came to, at each of them.
struct SyncResults {
  Result<peer::Report> caller;
  Result<peer::Report> called;
  std::uint64_t bytes = 0;  ///< that crossed, both ways
};

/// A handful of devices under one clock and one seed, in one thread, with the real engine on
/// stores in memory.
///
///     TestSpace space;
///     space.found("A");
///     space.join("B", "A");
///     space.put("A", "cases/1", "medical/weight_kg", "61");
///     space.sync("A", "B");
///     EXPECT_EQ(space.json("B", "cases/1"), …);
class TestSpace {
 public:
  explicit TestSpace(std::uint64_t seed = 1);
  ~TestSpace();

  void found(const std::string& device, std::vector<wire::record::SectionMapped> sections = {});
  /// Pairs a new device by an invitation of a member; gives whether it was let in.
  bool join(const std::string& device, const std::string& inviter);

  /// Runs an edit; durable. Paths and JSON as in Transaction.
  Status edit(const std::string& device, const std::function<Status(replica::Edit&)>& edit);
  void put(const std::string& device, const std::string& document, const std::string& path,
           const std::string& json);

  /// Lets two devices talk until both are done, or until `cut_after` bytes have crossed.
  SyncResults sync(const std::string& caller, const std::string& called,
                   std::optional<std::uint64_t> cut_after = std::nullopt);
  /// Everyone meets everyone until nothing moves any more.
  void settle();

  /// The power goes and comes back: what wasn't synced is lost.
  void crash(const std::string& device, std::size_t buffered_kept = 0);

  std::string json(const std::string& device, const std::string& document);
  /// All documents, a line each.
  std::string dump(const std::string& device);
  std::vector<ConflictView> conflicts(const std::string& device, const std::string& document);
  replica::Core& core(const std::string& device);
  store::MemoryDisk& disk(const std::string& device);
  /// Closes the device's store, and opens it again.
  Status reopen(const std::string& device);
  /// A second device from a copy of the first one's folder, which it doesn't take for a copy.
  void clone(const std::string& device, const std::string& as);
  /// What its store's reads do.
  ReadFaults& calls(const std::string& device);
  TestClock& clock() { return clock_; }
  std::vector<std::string> names() const;
  /// All that crossed between devices, to look for what must not.
  const Bytes& wire() const { return wire_; }

  static DocumentId document(const std::string& name);

 private:
  struct Device;
  Device& device(const std::string& name);
  void open(Device& device);
  /// A peer, and what is held while it works.
  struct Side {
    peer::Peer& peer;
    std::mutex& guard;
  };
  SyncResults talk(Side caller, Side called, std::optional<std::uint64_t> cut_after);

  TestClock clock_;
  Chance random_;
  replica::Environment environment_{clock_, random_};
  std::map<std::string, std::unique_ptr<Device>> devices_;
  Bytes wire_;
};

}  // namespace relais::testing

/// All devices of a space hold the same documents.
#define EXPECT_SAME(space)                                                                 \
  for (const std::string& relais_name : (space).names()) {                                 \
    EXPECT_EQ((space).dump(relais_name), (space).dump((space).names()[0])) << relais_name; \
  }
