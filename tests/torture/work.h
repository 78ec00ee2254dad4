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

/// What is missing or wrong after a crash.
struct Findings {
  std::uint64_t lost_writes = 0;    ///< acknowledged, and not there
  std::uint64_t lost_places = 0;    ///< of logs, acknowledged, that hold nothing
  std::uint64_t reused_places = 0;  ///< of logs, acknowledged, that hold something else
  std::uint64_t problems = 0;       ///< what else can't be
  std::string first;                ///< the first of them, in words

  bool any() const { return lost_writes + lost_places + reused_places + problems != 0; }
  void note(std::uint64_t& kind, const std::string& what);
};

/// What is done to a store between two crashes, and what must be there after each.
class Work {
 public:
  virtual ~Work() = default;
  /// Compares the store with what was acknowledged.
  virtual Findings check() = 0;
  /// Does something, mostly a write, and notes what was acknowledged. After an error the work is
  /// over.
  virtual Status step() = 0;
  /// Writes, durably.
  virtual Status write() = 0;
};

/// Widens the gap of a planted early acknowledgement, which a disk in memory makes narrow.
inline constexpr Duration kEarly{3};

/// Opens a store. An open that makes one may be cut short, and is then done again.
using OpenStore = std::function<Result<std::unique_ptr<store::Store>>(bool make)>;

/// Time that passes with each step; later in each process than in the one before.
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

/// A store, made if it was never there. Fails: as `open`; store_corrupt if it was, and is gone.
Result<std::unique_ptr<store::Store>> open_or_make(const OpenStore& open, Acknowledged& known);

/// The store alone: numbered batches over all families, buffered or synced. What a crash leaves
/// must be all batches up to one that is no older than the last acknowledged, each whole.
std::unique_ptr<Work> work_on_store(std::unique_ptr<store::Store> store, Acknowledged& known,
                                    const testing::Chance& chance, Control control);

/// The engine on the store, as the device of a space of its own: transactions, imports, signing.
Result<std::unique_ptr<Work>> work_with_engine(std::unique_ptr<store::Store> store,
                                               Acknowledged& known, const testing::Chance& chance,
                                               Control control);

}  // namespace relais::torture
