#pragma once

#include <optional>

#include "base/limits.h"
#include "base/random.h"
#include "base/time.h"
#include "relais/error.h"

namespace relais::engine {

/// When an initiator retries: docs/spec/session.md, "Connection limits". Threads: one at a time.
class RetryPolicy {
 public:
  explicit RetryPolicy(Instant begun) : ends_(begun + limits::kBusyTime) {}

  /// The delay before the next attempt; nothing if a retry is useless or too late. `busy` is
  /// retried; so is, once, `handshake_failed`: the responder may have had too many connections.
  std::optional<Duration> next_delay(const Error& error, Instant now, Random& random);
  /// The error to report after the last attempt.
  Error final_error(Error error) const;

 private:
  Instant ends_;
  Duration back_off_ = limits::kFirstBackOff;
  bool rejected_before_ = false;
};

}  // namespace relais::engine
