#include <dirent.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <list>
#include <vector>

#include "net.h"
#include "raw_socket.h"

namespace relais::link {
namespace {

using testing::HasSubstr;

int open_files() {
  int count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  while (folder != nullptr && ::readdir(folder) != nullptr) ++count;
  if (folder != nullptr) ::closedir(folder);
  return count;
}

TEST(TcpListen, APortInUseIsSaidWithItsPlace) {
  Net net;
  const Address at = net.listen("0.0.0.0");
  const auto second = tcp::listen(net.loop.io(), at, {[](auto) {}, nullptr});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::address_in_use);
  EXPECT_EQ(second.error().message(),
            "Port " + std::to_string(at.port) + " on 0.0.0.0 is in use by another program.");
  const auto everywhere = tcp::listen(net.loop.io(), {"", at.port}, {[](auto) {}, nullptr});
  ASSERT_FALSE(everywhere);
  EXPECT_THAT(everywhere.error().message(), HasSubstr("on all interfaces is in use"));
}

TEST(TcpListen, AnAddressOfAnotherDeviceIsRefused) {
  Net net;
  const auto listener = tcp::listen(net.loop.io(), {"192.0.2.1", 0}, {[](auto) {}, nullptr});
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(listener.error().message(), "The address 192.0.2.1 is not one of this device.");
}

TEST(TcpListen, AnEmptyHostTakesCallersOnEveryInterface) {
  Net net;
  const Address at = net.listen("");
  EXPECT_NE(at.port, 0);
  for (const char* host : {"127.0.0.1", "::1"}) {
    if (!tcp::listen(net.loop.io(), {host, 0}, {[](auto) {}, nullptr})) {
      GTEST_SKIP() << "this machine has no " << host << ": only what is before it was tried";
    }
    const auto link = net.connect({host, at.port});
    ASSERT_TRUE(link) << host << link.error().message();
    ASSERT_TRUE(net.until([&] { return net.accepted != nullptr; }));
    EXPECT_EQ(net.accepted->remote().find("ffff"), std::string::npos);
    net.accepted.reset();
  }
}

TEST(TcpListen, APortIsFreeAgainAtOnceThoughConnectionsOfItWereOpen) {
  Net net;
  End near, far;
  net.pair(near, far);
  const Address at = parse_address(net.listener->local()).value();
  far.link.reset();  // the listening side closes first: the system keeps its half in TIME_WAIT
  net.listener.reset();
  near.link.reset();
  const auto again = tcp::listen(net.loop.io(), at, {[](auto) {}, nullptr});
  EXPECT_TRUE(again) << again.error().message();
}

TEST(TcpListen, AListenerMayBeDestroyedInItsHandler) {
  Net net;
  std::unique_ptr<Listener> listener;
  int links = 0;
  listener = tcp::listen(net.loop.io(), {"127.0.0.1", 0},
                         {[&, mark = std::string(100, 'm')](auto) {
                            listener.reset();
                            links += mark.size() == 100 ? 1 : 100;
                          },
                          nullptr})
                 .value();
  const Address at = parse_address(listener->local()).value();
  RawSocket first, second;
  EXPECT_TRUE(first.connect(at));
  EXPECT_TRUE(second.connect(at));
  EXPECT_TRUE(net.until([&] { return links > 0; }));
  net.idle();
  EXPECT_EQ(links, 1);
}

TEST(TcpListen, AThousandQuickCallersAreServedAndLeaveNothingOpen) {
  Net net;
  std::list<End> ends;
  int greeted = 0, gone = 0;
  auto listener = tcp::listen(net.loop.io(), {"127.0.0.1", 0},
                              {[&](auto link) {
                                 End& end = ends.emplace_back();
                                 end.link = std::move(link);
                                 end.link->start({.on_bytes = [&](BytesView) { ++greeted; },
                                                  .on_written = nullptr,
                                                  .on_closed =
                                                      [&](Status) {
                                                        end.link.reset();
                                                        ++gone;
                                                      }});
                               },
                               nullptr});
  ASSERT_TRUE(listener);
  const Address at = parse_address((*listener)->local()).value();
  const int files = open_files();
  for (int i = 0; i < 1000; ++i) {
    RawSocket caller;
    ASSERT_TRUE(caller.connect(at)) << i;
    caller.send("hello");
    if (i % 3 == 0) caller.reset();
    if (i % 10 == 0) net.loop.poll_for(Duration(0));
  }
  EXPECT_TRUE(net.until([&] { return gone == 1000; })) << gone;
  EXPECT_GE(greeted, 666);
  EXPECT_EQ(open_files(), files);
}

/// Limits the number of open files while it lives.
class FileLimit {
 public:
  explicit FileLimit(int files) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit fewer = before_;
    fewer.rlim_cur = static_cast<rlim_t>(files);
    ::setrlimit(RLIMIT_NOFILE, &fewer);
  }
  ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(TcpListen, WithoutFilesLeftItSaysSoOnceAndGoesOnWhenThereAreSome) {
  Net net;
  std::vector<Error> troubles;
  int links = 0;
  auto listener = tcp::listen(
      net.loop.io(), {"127.0.0.1", 0},
      {[&](auto) { ++links; }, [&](Error error) { troubles.push_back(std::move(error)); }});
  ASSERT_TRUE(listener);
  const Address at = parse_address((*listener)->local()).value();
  net.idle();
  RawSocket caller;
  std::size_t polled = 0;
  {
    const FileLimit full(
        ::dup(0));  // the lowest free number is the limit: no further file can be opened
    ASSERT_TRUE(caller.connect(at));
    ASSERT_TRUE(net.until([&] { return !troubles.empty(); }));
    const auto end = std::chrono::steady_clock::now() + Duration(500);
    while (std::chrono::steady_clock::now() < end) polled += net.loop.poll_for(Duration(20));
    EXPECT_EQ(links, 0);
  }
  EXPECT_LT(polled, 20u) << "it spins";
  ASSERT_EQ(troubles.size(), 1u);
  EXPECT_EQ(troubles[0].code(), ErrorCode::link_failed);
  EXPECT_EQ(troubles[0].retry(), Retry::later);
  EXPECT_THAT(troubles[0].message(), HasSubstr("New connections can't be accepted for now"));
  EXPECT_TRUE(net.until([&] { return links == 1; }));
}

}  // namespace
}  // namespace relais::link
