#include "session/handshake_limiter.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "session/inner.h"

namespace relais::session {
namespace {

constexpr std::size_t kAddressBytes = 16;
constexpr std::size_t kIpv4PrefixBytes = 12;  // IPv4-mapped: ::ffff:0:0/96

bool is_ipv4(BytesView address) {
  constexpr char kPrefix[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
  return address.substr(0, kIpv4PrefixBytes) == BytesView(kPrefix, kIpv4PrefixBytes);
}

Bytes cut(BytesView address, std::size_t ipv4_bytes, std::size_t ipv6_bytes) {
  if (address.size() != kAddressBytes) return {};
  return Bytes(address.substr(0, is_ipv4(address) ? kIpv4PrefixBytes + ipv4_bytes : ipv6_bytes));
}

/// Size of the message that begins `received`, its length field included; nothing while that field
/// is incomplete.
std::optional<std::size_t> first_message_size(BytesView received) {
  if (received.size() < kLengthBytes) return std::nullopt;
  return kLengthBytes + static_cast<std::uint8_t>(received[0]) * std::size_t{256} +
         static_cast<std::uint8_t>(received[1]);
}

}  // namespace

Bytes network_of(BytesView address) { return cut(address, 3, 7); }
Bytes machine_of(BytesView address) { return cut(address, 4, 8); }

HandshakeLimiter::HandshakeLimiter(std::size_t capacity, std::size_t per_network)
    : capacity_(capacity), per_network_(per_network) {
  RELAIS_CHECK(capacity_ > 0 && per_network_ > 0);
}

HandshakeLimiter::Added HandshakeLimiter::add(BytesView network, Instant now) {
  Pending pending{Bytes(network), now + limits::kFirstMessageTime, {}};
  const std::optional<Id> evicted = choose_victim(pending.network);
  if (evicted) (void)remove(*evicted);
  const Id id = next_++;
  networks_[pending.network].insert(id);
  pending_.emplace(id, std::move(pending));
  return {id, evicted};
}

// A peer with many addresses in one network evicts its own connections, not those of others.
std::optional<HandshakeLimiter::Id> HandshakeLimiter::choose_victim(const Bytes& network) const {
  const auto own = networks_.find(network);
  if (own != networks_.end() && own->second.size() >= per_network_) return *own->second.begin();
  if (pending_.size() < capacity_) return std::nullopt;
  const auto largest = std::max_element(
      networks_.begin(), networks_.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  return *largest->second.begin();
}

HandshakeLimiter::FirstMessage HandshakeLimiter::handle_bytes(Id id, BytesView bytes) {
  const auto at = pending_.find(id);
  if (at == pending_.end()) return FirstMessage::part;
  Bytes& received = at->second.received;
  // Bytes after the first message belong to the session.
  constexpr std::size_t kMostBytes = kLengthBytes + limits::kHandshakeMessage1Bytes;
  received.append(bytes.substr(0, kMostBytes + 1 - std::min(received.size(), kMostBytes + 1)));
  const auto size = first_message_size(received);
  if (!size) return FirstMessage::part;
  if (*size > kMostBytes) return FirstMessage::too_long;
  return received.size() >= *size ? FirstMessage::whole : FirstMessage::part;
}

Bytes HandshakeLimiter::remove(Id id) {
  const auto at = pending_.find(id);
  if (at == pending_.end()) return {};
  const auto network = networks_.find(at->second.network);
  network->second.erase(id);
  if (network->second.empty()) networks_.erase(network);
  Bytes received = std::move(at->second.received);
  pending_.erase(at);
  return received;
}

std::vector<HandshakeLimiter::Id> HandshakeLimiter::evict_oldest_half() {
  std::vector<Id> evicted;
  for (std::size_t left = (pending_.size() + 1) / 2; left > 0; --left) {
    evicted.push_back(pending_.begin()->first);
    (void)remove(evicted.back());
  }
  return evicted;
}

std::vector<HandshakeLimiter::Id> HandshakeLimiter::handle_timeout(Instant now) {
  std::vector<Id> evicted;
  while (!pending_.empty() && pending_.begin()->second.until <= now) {
    evicted.push_back(pending_.begin()->first);
    (void)remove(evicted.back());
  }
  return evicted;
}

std::optional<Instant> HandshakeLimiter::deadline() const {
  if (pending_.empty()) return std::nullopt;
  return pending_.begin()->second.until;
}

}  // namespace relais::session
