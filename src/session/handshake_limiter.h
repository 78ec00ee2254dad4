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

/// Connections to a listening device that have not sent a whole first message yet. Each costs a
/// link and at most limits::kHandshakeMessage1Bytes of memory; no session is made and no key is
/// tried. A new connection is always accepted: if there is no room, the oldest is evicted, first of
/// the newcomer's own network.
/// Owns: the bytes received so far.
class HandshakeLimiter {
 public:
  using Id = std::uint64_t;
  enum class FirstMessage : std::uint8_t {
    part,
    whole,
    too_long,  ///< its length field exceeds the limit: close the link
  };
  struct Added {
    Id id;
    std::optional<Id> evicted;  ///< no longer counted; the caller closes its link
  };

  /// `capacity`: connections in all; `per_network`: of one network. Both at least 1: checked.
  explicit HandshakeLimiter(std::size_t capacity = limits::kPendingConnections,
                            std::size_t per_network = limits::kPendingConnectionsPerNetwork);

  /// `network`: network_of the peer's address.
  Added add(BytesView network, Instant now);
  /// Ignored for an id that is not pending.
  FirstMessage handle_bytes(Id id, BytesView bytes);
  /// Stops counting the connection; returns the bytes received on it.
  Bytes remove(Id id);
  /// Removes the oldest half and returns it, for when descriptors run out.
  std::vector<Id> evict_oldest_half();

  /// Removes and returns the connections whose limits::kFirstMessageTime is over.
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

/// The network of an address as Link::remote_address gives it: an IPv4 /24 or an IPv6 /56. Empty
/// for a peer without an address.
Bytes network_of(BytesView address);
/// The IPv4 address or IPv6 /64 of one machine.
Bytes machine_of(BytesView address);

}  // namespace relais::session
