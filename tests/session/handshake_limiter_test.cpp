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
    HandshakeLimiter porch;
    const auto [id, evicted] = porch.enter({}, kStart);
    EXPECT_FALSE(evicted);
    const Bytes whole = message(48);
    FirstMessage said = FirstMessage::part;
    for (std::size_t at = 0; at < whole.size(); at += portion) {
      EXPECT_EQ(said, FirstMessage::part);
      said = porch.handle_bytes(id, BytesView(whole).substr(at, portion));
    }
    EXPECT_EQ(said, FirstMessage::whole);
    EXPECT_EQ(porch.leave(id), whole);
    EXPECT_EQ(porch.size(), 0u);
  }
}

TEST(HandshakeLimiter, RefusesAFirstMessageByItsLengthAlone) {
  for (const bool fits : {true, false}) {
    HandshakeLimiter porch;
    const auto id = porch.enter({}, kStart).id;
    const Bytes whole = message(limits::kHandshakeMessage1Bytes + (fits ? 0 : 1));
    EXPECT_EQ(porch.handle_bytes(id, whole.substr(0, 2)),
              fits ? FirstMessage::part : FirstMessage::too_long);
    if (fits) {
      EXPECT_EQ(porch.handle_bytes(id, whole.substr(2)), FirstMessage::whole);
    }
  }
}

TEST(HandshakeLimiter, KeepsNoMoreThanAFirstMessageAndOneByteOfAnybody) {
  HandshakeLimiter porch;
  const auto id = porch.enter({}, kStart).id;
  (void)porch.handle_bytes(id, Bytes(1 << 20, '\0'));
  (void)porch.handle_bytes(id, Bytes(1 << 20, '\0'));
  EXPECT_EQ(porch.leave(id).size(), 2 + limits::kHandshakeMessage1Bytes + 1);
}

TEST(HandshakeLimiter, HasAPlaceForWhoComesThoughAllAreTakenAndTheOldestGoes) {
  HandshakeLimiter porch;
  std::vector<HandshakeLimiter::Id> ids;
  for (std::size_t i = 0; i < limits::kPendingConnections; ++i) {
    const auto entered = porch.enter(network_of(ipv4(static_cast<int>(i), 1)), kStart);
    EXPECT_FALSE(entered.evicted);
    ids.push_back(entered.id);
  }
  EXPECT_EQ(porch.size(), limits::kPendingConnections);
  EXPECT_EQ(porch.enter("another", kStart).evicted, ids[0]);
  EXPECT_EQ(porch.size(), limits::kPendingConnections);
}

TEST(HandshakeLimiter, GivesOneNetworkItsShareAndThenPushesOutItsOwnAlone) {
  HandshakeLimiter porch;
  const auto other = porch.enter(network_of(ipv4(2, 1)), kStart).id;
  const auto oldest = porch.enter(network_of(ipv4(1, 0)), kStart).id;
  for (std::size_t i = 1; i < limits::kPendingConnectionsPerNetwork; ++i) {
    EXPECT_FALSE(porch.enter(network_of(ipv4(1, static_cast<int>(i))), kStart).evicted);
  }
  EXPECT_EQ(porch.enter(network_of(ipv4(1, 200)), kStart).evicted, oldest);
  EXPECT_EQ(porch.handle_bytes(other, message(48)), FirstMessage::whole);
}

TEST(HandshakeLimiter, TakesTheRoomForOneWhoComesFromTheNetworkThatHasMost) {
  HandshakeLimiter porch(4, 3);
  const auto other = porch.enter(network_of(ipv4(2, 1)), kStart).id;
  const auto oldest = porch.enter(network_of(ipv4(1, 1)), kStart).id;
  (void)porch.enter(network_of(ipv4(1, 2)), kStart);
  (void)porch.enter(network_of(ipv4(1, 3)), kStart);
  EXPECT_EQ(porch.enter(network_of(ipv4(3, 1)), kStart).evicted, oldest);
  EXPECT_EQ(porch.handle_bytes(other, message(48)), FirstMessage::whole);
}

TEST(HandshakeLimiter, ShowsOutWhoSaysNothingInTime) {
  HandshakeLimiter porch;
  const auto first = porch.enter({}, kStart).id;
  const auto second = porch.enter({}, kStart + Duration(500)).id;
  EXPECT_EQ(porch.deadline(), kStart + limits::kFirstMessageTime);
  EXPECT_TRUE(porch.handle_timeout(kStart + limits::kFirstMessageTime - Duration(1)).empty());
  EXPECT_EQ(porch.handle_timeout(kStart + limits::kFirstMessageTime),
            std::vector<HandshakeLimiter::Id>{first});
  EXPECT_EQ(porch.handle_bytes(first, message(48)), FirstMessage::part);  // nobody's
  EXPECT_EQ(porch.handle_bytes(second, message(48)), FirstMessage::whole);
}

TEST(HandshakeLimiter, ShowsOutTheOlderHalfWhereLinksAreScarce) {
  HandshakeLimiter porch;
  std::vector<HandshakeLimiter::Id> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(porch.enter({}, kStart).id);
  EXPECT_EQ(porch.evict_half(), std::vector(ids.begin(), ids.begin() + 3));
  EXPECT_EQ(porch.size(), 2u);
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
