#include "session/handshake_limiter.h"

#include <gtest/gtest.h>

namespace relais::session {
namespace {

constexpr Instant kStart{Duration(1'000'000)};
using FirstMessage = HandshakeLimiter::FirstMessage;

Bytes ipv4(int network, int host) {
  Bytes address(10, '\0');
  address.append(2, '\xff').append({10, 0, static_cast<char>(network), static_cast<char>(host)});
  return address;
}

Bytes message(std::size_t size) {
  Bytes bytes{static_cast<char>(size >> 8), static_cast<char>(size)};
  return bytes.append(size, 'm');
}

TEST(HandshakeLimiter, KnowsAWholeFirstMessageWhateverPortionsItComesIn) {
  for (const std::size_t portion : {1u, 2u, 3u, 50u}) {
    HandshakeLimiter limiter;
    const auto [id, evicted] = limiter.add({}, kStart);
    EXPECT_FALSE(evicted);
    const Bytes whole = message(48);
    FirstMessage result = FirstMessage::part;
    for (std::size_t at = 0; at < whole.size(); at += portion) {
      EXPECT_EQ(result, FirstMessage::part);
      result = limiter.handle_bytes(id, BytesView(whole).substr(at, portion));
    }
    EXPECT_EQ(result, FirstMessage::whole);
    EXPECT_EQ(limiter.remove(id), whole);
    EXPECT_EQ(limiter.size(), 0u);
  }
}

TEST(HandshakeLimiter, RefusesAFirstMessageByItsLengthAlone) {
  for (const bool fits : {true, false}) {
    HandshakeLimiter limiter;
    const auto id = limiter.add({}, kStart).id;
    const Bytes whole = message(limits::kHandshakeMessage1Bytes + (fits ? 0 : 1));
    EXPECT_EQ(limiter.handle_bytes(id, whole.substr(0, 2)),
              fits ? FirstMessage::part : FirstMessage::too_long);
    if (fits) {
      EXPECT_EQ(limiter.handle_bytes(id, whole.substr(2)), FirstMessage::whole);
    }
  }
}

TEST(HandshakeLimiter, KeepsNoMoreThanAFirstMessageAndOneByteOfAnybody) {
  HandshakeLimiter limiter;
  const auto id = limiter.add({}, kStart).id;
  (void)limiter.handle_bytes(id, Bytes(1 << 20, '\0'));
  (void)limiter.handle_bytes(id, Bytes(1 << 20, '\0'));
  EXPECT_EQ(limiter.remove(id).size(), 2 + limits::kHandshakeMessage1Bytes + 1);
}

TEST(HandshakeLimiter, HasAPlaceForWhoComesThoughAllAreTakenAndTheOldestGoes) {
  HandshakeLimiter limiter;
  std::vector<HandshakeLimiter::Id> ids;
  for (std::size_t i = 0; i < limits::kPendingConnections; ++i) {
    const auto added = limiter.add(network_of(ipv4(static_cast<int>(i), 1)), kStart);
    EXPECT_FALSE(added.evicted);
    ids.push_back(added.id);
  }
  EXPECT_EQ(limiter.size(), limits::kPendingConnections);
  EXPECT_EQ(limiter.add("another", kStart).evicted, ids[0]);
  EXPECT_EQ(limiter.size(), limits::kPendingConnections);
}

TEST(HandshakeLimiter, GivesOneNetworkItsShareAndThenPushesOutItsOwnAlone) {
  HandshakeLimiter limiter;
  const auto other = limiter.add(network_of(ipv4(2, 1)), kStart).id;
  const auto oldest = limiter.add(network_of(ipv4(1, 0)), kStart).id;
  for (std::size_t i = 1; i < limits::kPendingConnectionsPerNetwork; ++i) {
    EXPECT_FALSE(limiter.add(network_of(ipv4(1, static_cast<int>(i))), kStart).evicted);
  }
  EXPECT_EQ(limiter.add(network_of(ipv4(1, 200)), kStart).evicted, oldest);
  EXPECT_EQ(limiter.handle_bytes(other, message(48)), FirstMessage::whole);
}

TEST(HandshakeLimiter, TakesTheRoomForOneWhoComesFromTheNetworkThatHasMost) {
  HandshakeLimiter limiter(4, 3);
  const auto other = limiter.add(network_of(ipv4(2, 1)), kStart).id;
  const auto oldest = limiter.add(network_of(ipv4(1, 1)), kStart).id;
  (void)limiter.add(network_of(ipv4(1, 2)), kStart);
  (void)limiter.add(network_of(ipv4(1, 3)), kStart);
  EXPECT_EQ(limiter.add(network_of(ipv4(3, 1)), kStart).evicted, oldest);
  EXPECT_EQ(limiter.handle_bytes(other, message(48)), FirstMessage::whole);
}

TEST(HandshakeLimiter, ShowsOutWhoSaysNothingInTime) {
  HandshakeLimiter limiter;
  const auto first = limiter.add({}, kStart).id;
  const auto second = limiter.add({}, kStart + Duration(500)).id;
  EXPECT_EQ(limiter.deadline(), kStart + limits::kFirstMessageTime);
  EXPECT_TRUE(limiter.handle_timeout(kStart + limits::kFirstMessageTime - Duration(1)).empty());
  EXPECT_EQ(limiter.handle_timeout(kStart + limits::kFirstMessageTime),
            std::vector<HandshakeLimiter::Id>{first});
  EXPECT_EQ(limiter.handle_bytes(first, message(48)), FirstMessage::part);  // already removed
  EXPECT_EQ(limiter.handle_bytes(second, message(48)), FirstMessage::whole);
}

TEST(HandshakeLimiter, ShowsOutTheOlderHalfWhereLinksAreScarce) {
  HandshakeLimiter limiter;
  std::vector<HandshakeLimiter::Id> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(limiter.add({}, kStart).id);
  EXPECT_EQ(limiter.evict_oldest_half(), std::vector(ids.begin(), ids.begin() + 3));
  EXPECT_EQ(limiter.size(), 2u);
}

TEST(HandshakeLimiter, TellsNetworksAndMachinesByTheirPrefixes) {
  EXPECT_EQ(network_of(ipv4(1, 1)), network_of(ipv4(1, 2)));
  EXPECT_NE(network_of(ipv4(1, 1)), network_of(ipv4(2, 1)));
  EXPECT_NE(machine_of(ipv4(1, 1)), machine_of(ipv4(1, 2)));
  Bytes ipv6("\x20\x01\x0d\xb8\0\0\x01\x02\0\0\0\0\0\0\0\x01", 16);
  const Bytes whole = ipv6;
  ipv6[15] = 2;  // the same /64
  EXPECT_EQ(machine_of(whole), machine_of(ipv6));
  ipv6[7] = 3;  // the same /56
  EXPECT_EQ(network_of(whole), network_of(ipv6));
  EXPECT_NE(machine_of(whole), machine_of(ipv6));
  ipv6[6] = 0;
  EXPECT_NE(network_of(whole), network_of(ipv6));
  EXPECT_EQ(network_of("not an address"), "");
}

}  // namespace
}  // namespace relais::session
