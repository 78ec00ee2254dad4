#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/time.h"

namespace relais::session {

/// Who has connected to a listening device and has not received a whole first message yet. Such a
/// place costs a link and at most limits::kHandshakeMessage1Bytes; no session is made, no key is
/// tried. There is always one for who comes: the oldest goes, first of the newcomer's own network.
/// Owns: the bytes received so far.
class HandshakeLimiter {
 public:
  using Id = std::uint64_t;
  enum class FirstMessage : std::uint8_t {
    part,
    whole,
    too_long,  ///< by the length that it announces: to be sent away
  };
  struct Added {
    Id id;
    std::optional<Id> evicted;  ///< evicted from here; its link is to be closed
  };

  /// At least one place; `per_network` of them at most for one network.
  explicit HandshakeLimiter(std::size_t capacity = limits::kPendingConnections,
                            std::size_t per_network = limits::kPendingConnectionsPerNetwork);

  /// `network`: network_of the caller's address.
  Added add(BytesView network, Instant now);
  /// Ignored for who isn't here.
  FirstMessage handle_bytes(Id id, BytesView bytes);
  /// Frees the place; gives all that was received there.
  Bytes remove(Id id);
  /// The oldest half: where links have become scarce. They are evicted from here.
  std::vector<Id> evict_oldest_half();

  /// Those whose limits::kFirstMessageTime is over. They are evicted from here.
  std::vector<Id> handle_timeout(Instant now);
  std::optional<Instant> deadline() const;
  std::size_t size() const { return pending_.size(); }

 private:
  struct Pending {
    Bytes network;
    Instant until;
    Bytes received;
  };
  std::optional<Id> choose_victim(const Bytes& network) const;

  const std::size_t capacity_, per_network_;
  Id next_ = 1;
  std::map<Id, Pending> pending_;  // ids rise: the first is the oldest
  std::map<Bytes, std::set<Id>> networks_;
};

/// Of a caller's address, as Link::remote_address gives it: an IPv4 /24 or an IPv6 /56. One and the
/// same for callers without an address.
Bytes network_of(BytesView address);
/// An IPv4 address or an IPv6 /64: what one machine has.
Bytes machine_of(BytesView address);

}  // namespace relais::session
