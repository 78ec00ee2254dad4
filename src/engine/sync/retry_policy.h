#pragma once

#include <optional>

#include "base/limits.h"
#include "base/random.h"
#include "base/time.h"
#include "relais/error.h"

namespace relais::engine {

/// When to call again somebody who couldn't attend to us. Sans-IO. Threads: one.
class RetryPolicy {
 public:
  explicit RetryPolicy(Instant begun) : ends_(begun + limits::kBusyTime) {}

  /// How long to wait before the next try; nothing if that would be of no use or too late. Who is
  /// shown out without a word is tried once more: a crowd at the other device looks the same.
  std::optional<Duration> next_delay(const Error& error, Instant now, Random& random);
  /// The error to end with, where another try was of no use.
  Error final_error(Error error) const;

 private:
  Instant ends_;
  Duration back_off_ = limits::kFirstBackOff;
  bool rejected_before_ = false;
};

}  // namespace relais::engine
