#pragma once

#include "base/time.h"

namespace relais::runtime {

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Now now() override;
};

}  // namespace relais::runtime
