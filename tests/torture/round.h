#pragma once

#include <string>

#include "support/crashing_file_system.h"
#include "torture/work.h"

namespace relais::torture {

using testing::Fault;
using testing::FaultPlan;
using testing::kFaultNames;
using testing::kOperationNames;
using testing::Operation;

enum class Kind : std::uint8_t { store, engine };

/// The life of one process: opens the store, checks it, writes until its fault, and ends with a
/// power cut.
struct RoundPlan {
  std::string world;  ///< a folder: store/, attic/ and what was acknowledged
  Kind kind = Kind::engine;
  Control control = Control::none;
  FaultPlan fault;
  std::uint64_t steps = 0;  ///< writes at most
  bool reopens = false;     ///< after an error: opens the store again in the same process
  std::uint64_t seed = 0;
};

/// Results of the process, in memory shared with its parent: it outlives the process.
struct RoundReport {
  enum class End : std::uint8_t {
    unknown,    ///< the process ended otherwise, by a signal
    power_cut,  ///< as planned, at `at`
    aborted,    ///< RocksDB aborted
  };
  End end = End::unknown;
  char at[32] = {};        ///< the operation, or the two that the power cut was between
  bool fault_met = false;  ///< an error was injected into this operation
  Operation fault_operation = Operation::append;
  std::uint32_t opened = 0;        ///< times the store was opened and checked
  std::uint32_t open_refused = 0;  ///< times it could not be opened because of an injected error
  std::uint32_t stopped = 0;       ///< times it stopped at a write error, as specified
  std::uint32_t steps = 0;         ///< acknowledged
  std::uint64_t lost_writes = 0;
  std::uint64_t lost_places = 0;
  std::uint64_t reused_places = 0;
  std::uint64_t problems = 0;
  char first[400] = {};  ///< the first problem

  bool violated() const { return lost_writes + lost_places + reused_places + problems != 0; }
};

/// Runs the round and ends the process. Blocks: until then.
[[noreturn]] void run_round(const RoundPlan& plan, RoundReport& report);

}  // namespace relais::torture
