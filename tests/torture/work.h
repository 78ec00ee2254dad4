#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "relais/result.h"
#include "store/store.h"
#include "support/chance.h"
#include "torture/acknowledged.h"
#include "torture/weak_store.h"

namespace relais::torture {

/// What is lost or wrong after a crash.
struct Findings {
  std::uint64_t lost_writes = 0;    ///< acknowledged, but missing
  std::uint64_t lost_places = 0;    ///< acknowledged places of logs that are missing
  std::uint64_t reused_places = 0;  ///< acknowledged places of logs with another content
  std::uint64_t problems = 0;       ///< other problems
  std::string first;                ///< the first problem, as text

  bool any() const { return lost_writes + lost_places + reused_places + problems != 0; }
  void note(std::uint64_t& kind, const std::string& what);
};

/// The work on a store between two crashes, and the checks after each.
class Work {
 public:
  virtual ~Work() = default;
  /// Compares the store with what was acknowledged.
  virtual Findings check() = 0;
  /// Does one step, mostly a write, and records what was acknowledged. After an error the work is
  /// over.
  virtual Status step() = 0;
  /// Writes, durably.
  virtual Status write() = 0;
};

/// Delays a planted early acknowledgement: on a disk in memory its window is short.
inline constexpr Duration kEarly{3};

/// Opens a store. A creation may be interrupted, and is then repeated.
using OpenStore = std::function<Result<std::unique_ptr<store::Store>>(bool make)>;

/// A clock that advances with each step, and starts later in each process.
class WorkClock final : public Clock {
 public:
  explicit WorkClock(std::uint64_t start) : wall_{static_cast<std::int64_t>(start)} {}
  Now now() override {
    ++wall_.ms;
    return {Instant(Duration(wall_.ms)), wall_};
  }

 private:
  WallTime wall_;
};

/// Opens the store, creating it if it never existed. Fails: as `open`; store_corrupt if it existed
/// and is gone.
Result<std::unique_ptr<store::Store>> open_or_make(const OpenStore& open, Acknowledged& known);

/// Work on the store alone: numbered batches over all families, buffered or synced. After a crash
/// the store must have all batches up to one at least as new as the last acknowledged, each whole.
std::unique_ptr<Work> work_on_store(std::unique_ptr<store::Store> store, Acknowledged& known,
                                    const testing::Chance& chance, Control control);

/// Work with the engine on the store, as the device of its own space: transactions, imports,
/// signing.
Result<std::unique_ptr<Work>> work_with_engine(std::unique_ptr<store::Store> store,
                                               Acknowledged& known, const testing::Chance& chance,
                                               Control control);

}  // namespace relais::torture
