#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "relais/error.h"

namespace cli {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// Why a command did not do what was asked.
struct Fault {
  relais::Error error;
  int exit_code = kExitFailed;
  std::string advice{};  ///< what to do next; empty: what the error's code suggests
};

/// How a command ended: well, if there is no fault.
using Outcome = std::optional<Fault>;

/// The command line itself can't be right.
inline Fault usage_fault(relais::Error error, std::string advice = {}) {
  return Fault{std::move(error), kExitUsage, std::move(advice)};
}

/// A name, a label or an address that can't be is a fault of the command line.
Fault fault_of(relais::Error error);

/// Why an edit was not written. A fault in its value is a fault of the command line.
Fault edit_fault(relais::Error error);

/// A sentence that says what to do about such an error; empty where there is nothing to say.
std::string_view advice_for(relais::ErrorCode code);

}  // namespace cli
