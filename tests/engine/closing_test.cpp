// Closes, cancels, destroys and throws at any moment of a sync, an import, a scan and writes.
// RELAIS_ROUNDS says how often; each round has a seed that is printed when it fails.
#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

#include "engine/on_disk.h"

namespace relais::testing {
namespace {

using std::chrono::microseconds;

class Closing : public OnDiskReplicas {};

struct Thrown {};

bool may_end_so(const Status& status) {
  if (status) return true;
  switch (status.error().code()) {
    case ErrorCode::closed:
    case ErrorCode::cancelled:
    case ErrorCode::busy:
    case ErrorCode::session_closed:
    case ErrorCode::link_failed: return true;
    default: return false;
  }
}

/// Runs a call of the host whose own code may throw.
template <class Call>
void expect_proper_end(const char* what, const Call& call) {
  try {
    const Status status = call();
    EXPECT_TRUE(may_end_so(status)) << what << ": " << status.error().message();
  } catch (const Thrown&) {
  }
}

/// One round on a replica that has just been opened.
class Round {
 public:
  Round(std::uint64_t seed, std::unique_ptr<Replica> replica, std::string address,
        std::string import)
      : random_(seed),
        replica_(std::move(replica)),
        address_(std::move(address)),
        import_(std::move(import)) {}

  void run() {
    const int throws = static_cast<int>(random_() % 5);  // 0: nobody
    std::atomic<int> countdown = 1 + static_cast<int>(random_() % 200);
    const auto maybe_throw = [&, throws](int who) {
      if (throws == who && --countdown == 0) throw Thrown();
    };
    const auto watching = replica_->observe([&](const Event&) { maybe_throw(1); });
    auto operation = replica_->start_sync(address_);
    Replica& replica = *replica_;
    std::vector<std::thread> threads;
    threads.emplace_back(
        [&] { expect_proper_end("sync", [&]() -> Status { return replica.sync(address_); }); });
    threads.emplace_back([&] {
      expect_proper_end("import", [&]() -> Status {
        ImportOptions options;
        options.progress = [&](std::uint64_t) { maybe_throw(2); };
        return replica.import_ndjson(import_, options);
      });
    });
    threads.emplace_back([&] {
      expect_proper_end("scan", [&]() -> Status {
        return replica.each_document([&](const DocumentId&, std::string_view) {
          maybe_throw(3);
          return true;
        });
      });
    });
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        expect_proper_end("write", [&]() -> Status {
          return replica.write([&](Transaction& tx) {
            maybe_throw(4);
            return tx.set({"", "cases", "w"}, "n", i);
          });
        });
      }
    });
    std::this_thread::sleep_for(microseconds(random_() % 40'000));
    switch (random_() % 3) {
      case 0: operation.cancel(); break;
      case 1: EXPECT_TRUE(replica.close()); break;
      default: break;
    }
    if (random_() % 2 == 0) {
      EXPECT_TRUE(replica.close());
    }
    for (std::thread& thread : threads) thread.join();
    replica_.reset();
    expect_proper_end("operation", [&]() -> Status { return operation.wait(); });
  }

 private:
  std::mt19937_64 random_;
  std::unique_ptr<Replica> replica_;
  const std::string address_;
  const std::string import_;
};

TEST_F(Closing, AtAnyMomentLeavesNothingBehind) {
  const char* asked = std::getenv("RELAIS_ROUNDS");
  const int rounds = asked != nullptr ? std::atoi(asked) : 100;
  const char* from = std::getenv("RELAIS_SEED");
  const std::uint64_t seed = from != nullptr ? std::strtoull(from, nullptr, 10) : 1;
  Replica a = found("a");
  ASSERT_TRUE(a.import_ndjson(lines(0, 1500)));
  const auto server = a.listen("127.0.0.1:0");
  ASSERT_TRUE(server);
  { const Replica b = join("b", a, server->address); }
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("RELAIS_SEED=" + std::to_string(seed + static_cast<std::uint64_t>(round)));
    if (round % 25 == 24) {  // another one, that has to fetch everything
      std::filesystem::remove_all(at("b"));
      const Replica b = join("b", a, server->address);
    }
    auto b = Replica::open(at("b"));
    ASSERT_TRUE(b) << b.error().message();
    Round(seed + static_cast<std::uint64_t>(round), std::make_unique<Replica>(*std::move(b)),
          server->address, lines(10'000 + 20 * round, 400))
        .run();
    if (HasFailure()) return;
  }
  auto b = Replica::open(at("b"));
  ASSERT_TRUE(b) << b.error().message();
  EXPECT_TRUE(b->sync(server->address));
  const auto report = b->verify();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->problems.empty()) << report->problems.front();
}

}  // namespace
}  // namespace relais::testing
