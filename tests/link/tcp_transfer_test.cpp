#include <cstdio>
#include <latch>
#include <thread>

#include "net.h"

namespace relais::link {
namespace {

constexpr std::uint64_t kBytes = 50'000'000;

/// The byte at a position of a stream.
char byte_at(std::uint64_t position, std::uint64_t stream) {
  return static_cast<char>((position * 0x9e3779b97f4a7c15 + stream) >> 56);
}

/// Sends a stream, at most 1 MiB ahead of the system, and checks the one it receives.
class Talker {
 public:
  Talker(std::unique_ptr<Link> link, std::uint64_t says, std::uint64_t hears)
      : link_(std::move(link)), says_(says), hears_(hears) {}

  void start() {
    link_->start({.on_bytes = [this](BytesView bytes) { hear(bytes); },
                  .on_written =
                      [this](std::size_t size) {
                        waiting_ -= size;
                        say();
                      },
                  .on_closed = [this](Status status) { closed_ = status.has_value() ? 1 : -1; }});
    say();
  }
  bool done() const { return closed_ != 0; }
  bool ended_well() const { return closed_ == 1 && heard_ == kBytes && wrong_ == 0; }

 private:
  void say() {
    while (waiting_ < 1'048'576 && said_ < kBytes) {
      // Sizes around those of session frames, some tiny, some large.
      const std::uint64_t size =
          std::min(1 + said_ * 7919 % (said_ % 5 == 0 ? 300'000 : 17'000), kBytes - said_);
      Bytes bytes(size, '\0');
      for (char& byte : bytes) byte = byte_at(said_++, says_);
      waiting_ += size;
      link_->write(std::move(bytes));
    }
    if (said_ == kBytes && heard_ == kBytes) link_->close();
  }
  void hear(BytesView bytes) {
    for (const char byte : bytes) wrong_ += byte != byte_at(heard_++, hears_) ? 1 : 0;
    if (said_ == kBytes && heard_ == kBytes) link_->close();
  }

  std::unique_ptr<Link> link_;
  const std::uint64_t says_, hears_;
  std::uint64_t said_ = 0, heard_ = 0, wrong_ = 0;
  std::size_t waiting_ = 0;
  int closed_ = 0;
};

std::size_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long all = 0, resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &all, &resident);
  std::fclose(file);
  return read == 2 ? resident * 4096 : 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kGrowth = 400'000'000;  // sanitizers delay freeing
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr std::size_t kGrowth = 400'000'000;
#else
constexpr std::size_t kGrowth = 8'000'000;
#endif
#else
constexpr std::size_t kGrowth = 8'000'000;
#endif

TEST(TcpTransfer, FiftyMegabytesEachWayArriveAsSentAndMemoryStaysFlat) {
  Net net;
  End near, far;
  net.pair(near, far);
  Talker left(std::move(near.link), 1, 2), right(std::move(far.link), 2, 1);
  const std::size_t before = resident_bytes();
  std::size_t most = before;
  left.start();
  right.start();
  EXPECT_TRUE(net.until(
      [&] {
        most = std::max(most, resident_bytes());
        return left.done() && right.done();
      },
      std::chrono::seconds(120)));
  EXPECT_TRUE(left.ended_well());
  EXPECT_TRUE(right.ended_well());
  EXPECT_LT(most - before, kGrowth);
}

TEST(TcpTransfer, TwoLoopsWithThreadsOfTheirOwnExchangeTheSameStreams) {
  runtime::AsioLoop here(Threading::own), there(Threading::own);
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Attempt> attempt;
  std::unique_ptr<Talker> left, right;
  std::atomic<std::uint16_t> port = 0;
  there.post([&] {
    auto made = tcp::listen(there.io(), {"127.0.0.1", 0},
                            {.on_link =
                                 [&](auto link) {
                                   right = std::make_unique<Talker>(std::move(link), 2, 1);
                                   right->start();
                                 },
                             .on_trouble = nullptr});
    listener = std::move(made).value();
    port = parse_address(listener->local()).value().port;
  });
  while (port == 0) std::this_thread::yield();
  here.post([&] {
    attempt = tcp::connect(here.io(), {"127.0.0.1", port}, Duration(10'000), [&](auto link) {
      left = std::make_unique<Talker>(std::move(link).value(), 1, 2);
      left->start();
    });
  });
  const auto done_on = [](runtime::AsioLoop& loop, const std::unique_ptr<Talker>& talker) {
    std::atomic<bool> done = false;
    std::latch asked(1);
    loop.post([&] {
      done = talker && talker->done();
      asked.count_down();
    });
    asked.wait();
    return done.load();
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!(done_on(here, left) && done_on(there, right)) &&
         std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  here.stop();
  there.stop();
  ASSERT_TRUE(left && right);
  EXPECT_TRUE(left->ended_well());
  EXPECT_TRUE(right->ended_well());
}

}  // namespace
}  // namespace relais::link
