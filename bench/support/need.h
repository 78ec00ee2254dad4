#pragma once

#include <utility>

#include "relais/result.h"
#include "support/measure.h"

namespace bench {

/// The value of a call; ends the program with its error.
template <class Value>
Value need(relais::Result<Value> result) {
  if (!result) fail(result.error().message());
  return std::move(result).value();
}
inline void need(const relais::Status& status) {
  if (!status) fail(status.error().message());
}

}  // namespace bench
