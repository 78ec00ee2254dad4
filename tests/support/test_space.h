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

/// A clock that the test advances.
class TestClock final : public Clock {
 public:
  Now now() override { return now_; }
  void pass(Duration duration) {
    now_.monotonic += duration;
    now_.wall.ms += duration.count();
  }
  Now now_{Instant(Duration(1'000'000)), WallTime{1'750'000'000'000}};
};

/// The results of one sync on both devices.
struct SyncResults {
  Result<peer::Report> caller;
  Result<peer::Report> called;
  std::uint64_t bytes = 0;  ///< that crossed the link, both ways
};

/// A few devices of one space with one clock and one seed, in one thread, with the real engine on
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
  /// Lets a new device join by an invitation of a member; returns whether it was admitted.
  bool join(const std::string& device, const std::string& inviter);

  /// Runs an edit; durable. Paths and JSON as in Transaction.
  Status edit(const std::string& device, const std::function<Status(replica::Edit&)>& edit);
  void put(const std::string& device, const std::string& document, const std::string& path,
           const std::string& json);

  /// Syncs two devices until both are done, or until `cut_after` bytes have crossed the link.
  SyncResults sync(const std::string& caller, const std::string& called,
                   std::optional<std::uint64_t> cut_after = std::nullopt);
  /// Syncs all devices with the first one, twice.
  void settle();

  /// Cuts the power and opens the store again: what was not synced is lost.
  void crash(const std::string& device, std::size_t buffered_kept = 0);

  std::string json(const std::string& device, const std::string& document);
  /// All documents, one line each.
  std::string dump(const std::string& device);
  std::vector<ConflictView> conflicts(const std::string& device, const std::string& document);
  replica::Core& core(const std::string& device);
  store::MemoryDisk& disk(const std::string& device);
  /// Closes and opens the store of the device.
  Status reopen(const std::string& device);
  /// Makes a second device from a copy of the store of the first; it does not notice that it is a
  /// copy.
  void clone(const std::string& device, const std::string& as);
  /// The read faults of its store.
  ReadFaults& calls(const std::string& device);
  TestClock& clock() { return clock_; }
  std::vector<std::string> names() const;
  /// All bytes that crossed links, to search for what must not.
  const Bytes& wire() const { return wire_; }

  static DocumentId document(const std::string& name);

 private:
  struct Device;
  Device& device(const std::string& name);
  void open(Device& device);
  /// A peer and the mutex held while it works.
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
