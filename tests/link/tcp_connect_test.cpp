#include <gmock/gmock.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <vector>

#include "link/tcp/connect.h"
#include "link/tcp/faults.h"
#include "net.h"
#include "raw_socket.h"

namespace relais::link {
namespace {

using testing::HasSubstr;

Error refusal(Result<std::unique_ptr<Link>> result) {
  EXPECT_FALSE(result);
  return result ? Error(ErrorCode::corrupt, "a link") : std::move(result).error();
}

/// A port of 127.0.0.1 that never answers: its connection queue is full.
class Blackhole {
 public:
  explicit Blackhole(Net& net) : address_(busy_.listen(0)) {
    for (int i = 0; i < 5; ++i) {
      fillers_.push_back(tcp::connect(net.loop.io(), address_, Duration(60'000), [](auto) {}));
    }
    net.idle();
  }
  const Address& address() const { return address_; }

 private:
  RawSocket busy_;
  Address address_;
  std::vector<std::unique_ptr<Attempt>> fillers_;
};

tcp::Endpoint endpoint(const Address& address) {
  return {boost::asio::ip::make_address(address.host), address.port};
}

TEST(TcpConnect, EveryAddressOfANameIsTriedAndASilentOneTakesOnlyItsShareOfTheTime) {
  Net net;
  const Blackhole silent(net);
  const Address closed = net.listen();
  const Address open = net.listen();  // in place of the listener before
  std::optional<Result<std::unique_ptr<Link>>> result;
  const auto begin = std::chrono::steady_clock::now();
  const auto attempt = tcp::connect_any(
      net.loop.io(), {endpoint(closed), endpoint(silent.address()), endpoint(open)},
      {"hub.local", 7400}, Duration(3000), [&](auto link) { result.emplace(std::move(link)); });
  ASSERT_TRUE(net.until([&] { return result.has_value(); }));
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(*result) << result->error().message();
  EXPECT_EQ((**result)->remote(), to_string(open));
  EXPECT_GE(took, Duration(1400));  // half of what the first one left
  EXPECT_LT(took, Duration(2900));
}

TEST(TcpConnect, WhenNoAddressAnswersTheLastFaultIsTold) {
  Net net;
  const Address closed = net.listen();
  net.listener.reset();
  std::optional<Result<std::unique_ptr<Link>>> result;
  const auto attempt =
      tcp::connect_any(net.loop.io(), {endpoint(closed), endpoint(closed)}, {"hub.local", 7400},
                       Duration(3000), [&](auto link) { result.emplace(std::move(link)); });
  ASSERT_TRUE(net.until([&] { return result.has_value(); }));
  EXPECT_EQ(
      refusal(std::move(*result)).message(),
      "The device at hub.local:7400 refused the connection: no program listens on that port.");
}

TEST(TcpConnect, ANameIsLookedUp) {
  Net net;
  Address at = net.listen("127.0.0.1");
  at.host = "localhost";
  auto link = net.connect(at);
  ASSERT_TRUE(link) << link.error().message();
  EXPECT_EQ((*link)->remote(), "127.0.0.1:" + std::to_string(at.port));
}

TEST(TcpConnect, Ipv6IsWrittenWithBrackets) {
  Net net;
  auto listener = tcp::listen(net.loop.io(), {"::1", 0}, {[](auto) {}, nullptr});
  if (!listener) GTEST_SKIP() << "no IPv6 on this machine";
  EXPECT_THAT((*listener)->local(), testing::StartsWith("[::1]:"));
  const auto link = net.connect(parse_address((*listener)->local()).value());
  ASSERT_TRUE(link);
  EXPECT_EQ((*link)->remote(), (*listener)->local());
}

TEST(TcpConnect, APortWhereNobodyListensRefuses) {
  Net net;
  const Address at = net.listen();
  net.listener.reset();
  const Error error = refusal(net.connect(at));
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.retry(), Retry::later);
  EXPECT_EQ(error.message(), "The device at " + to_string(at) +
                                 " refused the connection: no program listens on that port.");
}

TEST(TcpConnect, AHostThatNeverAnswersIsGivenUpAfterTheTimeAskedFor) {
  Net net;
  const Blackhole silent(net);
  const Address& at = silent.address();
  const auto begin = std::chrono::steady_clock::now();
  const Error error = refusal(net.connect(at, Duration(300)));
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(error.code(), ErrorCode::timed_out);
  EXPECT_EQ(error.message(), "The device at " + to_string(at) + " did not answer within 0.3 s.");
  EXPECT_GE(took, Duration(299));
  EXPECT_LT(took, Duration(3000));
}

TEST(TcpConnect, ANameThatCannotExistIsUnknown) {
  Net net;
  const Error error = refusal(net.connect({std::string(64, 'a') + ".invalid", 7400}));
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(error.message(), HasSubstr("name aaaa"));
}

TEST(TcpConnect, ItNeedsAHostAndAPort) {
  Net net;
  Error error = refusal(net.connect({"", 7400}));
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error.message(), "To connect, name the other device's host.");
  error = refusal(net.connect({"127.0.0.1", 0}));
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_EQ(error.message(), "To connect, name the other device's port, not 0.");
}

TEST(TcpConnect, AnAttemptDestroyedNeverCallsBack) {
  Net net;
  const Address at = net.listen();
  bool called = false;
  auto attempt = tcp::connect(net.loop.io(), at, Duration(10'000), [&](auto) { called = true; });
  attempt.reset();
  net.idle();
  EXPECT_FALSE(called);
}

TEST(TcpConnect, AnAttemptMayBeDestroyedInItsOwnCallback) {
  Net net;
  const Address at = net.listen();
  std::unique_ptr<Attempt> attempt;
  std::unique_ptr<Link> link;
  attempt = tcp::connect(net.loop.io(), at, Duration(10'000),
                         [&, mark = std::string(100, 'm')](auto made) {
                           attempt.reset();
                           EXPECT_EQ(mark.size(), 100u);
                           link = std::move(made).value();
                         });
  EXPECT_TRUE(net.until([&] { return link != nullptr; }));
}

TEST(TcpConnect, FaultsOfTheNetworkAreSaidInWordsThatHelp) {
  namespace error = boost::asio::error;
  const Address hub{"hub.local", 7400};
  const Error far = tcp::connect_fault(error::network_unreachable, hub);
  EXPECT_EQ(far.code(), ErrorCode::unreachable);
  EXPECT_EQ(
      far.message(),
      "The device at hub.local:7400 can't be reached. Check that both devices are on one network.");
  EXPECT_EQ(tcp::connect_fault(error::host_unreachable, hub).code(), ErrorCode::unreachable);
  EXPECT_EQ(tcp::connect_fault(error::host_not_found, hub).message(),
            "No address is known for the name hub.local. Check the spelling.");
  EXPECT_EQ(tcp::connect_fault(error::host_not_found_try_again, hub).message(),
            "The name hub.local can't be looked up now. Check the network.");
  EXPECT_EQ(tcp::connect_fault(error::no_descriptors, hub).code(), ErrorCode::link_failed);
  const Error silent = tcp::broken_fault(error::timed_out, "10.0.0.5:7400");
  EXPECT_EQ(silent.code(), ErrorCode::timed_out);
  EXPECT_EQ(silent.message(), "The device at 10.0.0.5:7400 no longer answers.");
  const Error low = tcp::listen_fault(error::access_denied, {"0.0.0.0", 80});
  EXPECT_EQ(low.retry(), Retry::after_user_acts);
  EXPECT_EQ(low.message(),
            "Port 80 on 0.0.0.0 may not be opened by this user. Use a port from 1024 up.");
}

}  // namespace
}  // namespace relais::link
