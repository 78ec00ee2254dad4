#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "engine/runtime/asio_loop.h"
#include "link/tcp/tcp.h"

namespace relais::link {

/// A link, and the calls of its handlers.
struct End {
  std::unique_ptr<Link> link;
  Bytes received;
  std::size_t written = 0;
  std::optional<Status> closed;
  int calls_after_closed = 0;

  Link::Handler handler() {
    return {.on_bytes =
                [this](BytesView bytes) {
                  calls_after_closed += closed ? 1 : 0;
                  received.append(bytes);
                },
            .on_written =
                [this](std::size_t size) {
                  calls_after_closed += closed ? 1 : 0;
                  written += size;
                },
            .on_closed =
                [this](Status status) {
                  calls_after_closed += closed ? 1 : 0;
                  closed = std::move(status);
                }};
  }
  void start() { link->start(handler()); }
};

/// A loop that the test runs, with sockets on it.
struct Net {
  runtime::AsioLoop loop{Threading::manual};
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Attempt> attempt;
  std::unique_ptr<Link> accepted;

  /// Runs the loop until `done()`; false on a timeout.
  template <class Done>
  bool until(Done done, std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop.poll_for(Duration(20));
    }
    return true;
  }

  /// Runs the loop for a while in which nothing should happen.
  void idle(Duration time = Duration(50)) {
    const auto end = std::chrono::steady_clock::now() + time;
    until([&] { return std::chrono::steady_clock::now() > end; });
  }

  Address listen(const std::string& host = "127.0.0.1") {
    auto made = tcp::listen(
        loop.io(), {host, 0},
        {.on_link = [this](auto link) { accepted = std::move(link); }, .on_trouble = nullptr});
    EXPECT_TRUE(made) << made.error().message();
    listener = std::move(made).value();
    return parse_address(listener->local()).value();
  }

  Result<std::unique_ptr<Link>> connect(const Address& to, Duration timeout = Duration(10'000)) {
    std::optional<Result<std::unique_ptr<Link>>> result;
    attempt =
        tcp::connect(loop.io(), to, timeout, [&](auto link) { result.emplace(std::move(link)); });
    EXPECT_FALSE(result) << "it called back before it returned";
    if (!until([&] { return result.has_value(); })) return Error(ErrorCode::timed_out, "test");
    return std::move(*result);
  }

  /// Two connected links, not started.
  void pair(End& near, End& far) {
    auto link = connect(listen());
    ASSERT_TRUE(link) << link.error().message();
    near.link = std::move(link).value();
    ASSERT_TRUE(until([&] { return accepted != nullptr; }));
    far.link = std::move(accepted);
  }
};

}  // namespace relais::link
