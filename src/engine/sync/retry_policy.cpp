#include "engine/sync/retry_policy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace relais::engine {

std::optional<Duration> RetryPolicy::next_delay(const Error& error, Instant now, Random& random) {
  const bool rejected = error.code() == ErrorCode::handshake_failed;
  if (error.code() != ErrorCode::busy && !rejected) return std::nullopt;
  if (rejected && std::exchange(rejected_before_, true)) return std::nullopt;
  // Half of the delay is random, so that devices rejected together don't retry together.
  const Duration half = back_off_ / 2;
  const auto drawn = random.draw<std::array<std::uint8_t, 2>>();
  const Duration wait = half + half * (drawn[0] * 256 + drawn[1]) / 65536;
  back_off_ = std::min(2 * back_off_, limits::kLongestBackOff);
  if (now + wait >= ends_) return std::nullopt;
  return wait;
}

Error RetryPolicy::final_error(Error error) const {
  if (error.code() != ErrorCode::busy) return error;
  return {ErrorCode::busy, "The other device was busy with others for " +
                               std::to_string(limits::kBusyTime.count() / 1000) +
                               " seconds: try again later."};
}

}  // namespace relais::engine
