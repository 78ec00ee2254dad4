// How long reads and small durable writes take beside other work on the same replica.
//
//     bench_concurrency [DOCUMENTS [SECONDS]]
//
// One line for each kind of call, number of threads and kind of other work; `idle` is the floor.
// Work that ends early begins anew.
#include <relais/relais.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "support/measure.h"
#include "support/need.h"

namespace bench {
namespace {

namespace files = std::filesystem;
using relais::DocumentId;
using relais::Replica;

constexpr int kOwnDocuments = 1000;

std::string lines(int first, int count) {
  std::string all;
  for (int i = first; i < first + count; ++i) {
    all +=
        R"({"collection":"cases","id":")" + std::to_string(i) + R"(","doc":{"status":"open",)" +
        R"("weight_kg":61.5,"visits":[{"date":"2026-01-02","bp":"120/80","note":"Seen at home, )" +
        R"(no fever, comes again in two weeks."}]}})" + "\n";
  }
  return all;
}

DocumentId own(std::uint64_t number) {
  return {"", "cases", std::to_string(number % kOwnDocuments)};
}

/// Times calls in several threads for some seconds.
class Calls {
 public:
  Calls(
      int threads, double seconds, const std::function<void(std::uint64_t)>& call,
      std::function<bool()> ended = [] { return false; })
      : ended_(std::move(ended)) {
    std::vector<std::thread> running;
    for (int thread = 0; thread < threads; ++thread) {
      running.emplace_back([this, thread, seconds, &call] { run(thread, seconds, call); });
    }
    for (std::thread& each : running) each.join();
    std::sort(times_.begin(), times_.end());
  }

  double at(double part) const {
    return times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))] * 1e3;
  }
  std::uint64_t count() const { return times_.size(); }

 private:
  void run(int thread, double seconds, const std::function<void(std::uint64_t)>& call) {
    std::mt19937_64 random(static_cast<std::uint64_t>(thread) + 1);
    std::vector<double> times;
    for (const Timer all; all.seconds() < seconds && !ended_();) {
      const std::uint64_t number = random();
      const Timer one;
      call(number);
      times.push_back(one.seconds());
      // People and programs pause; a loop without pauses measures only how threads share two cores.
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    const std::lock_guard lock(mutex_);
    times_.insert(times_.end(), times.begin(), times.end());
  }

  const std::function<bool()> ended_;
  std::mutex mutex_;
  std::vector<double> times_;  // seconds
};

/// Other work on the replica, over and over until this goes.
class Beside {
 public:
  explicit Beside(std::function<void()> work)
      : thread_([this, work = std::move(work)] {
          while (!stop_) work();
        }) {}
  ~Beside() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

void measure(Replica& replica, const std::string& beside, double seconds) {
  const auto read = [&](std::uint64_t number) { need(replica.json(own(number))); };
  const auto write = [&](std::uint64_t number) {
    need(replica.write([&](relais::Transaction& tx) {
      return tx.set(own(number), "priority", static_cast<std::int64_t>(number % 100));
    }));
  };
  for (const int threads : {1, 4}) {
    for (const bool writes : {false, true}) {
      const Calls calls(threads, seconds,
                        writes ? std::function<void(std::uint64_t)>(write) : read);
      Line("concurrency")
          .add("call", std::string_view(writes ? "write" : "read"))
          .add("beside", beside)
          .add("threads", static_cast<std::uint64_t>(threads))
          .add("calls", calls.count())
          .add("p50_ms", calls.at(0.5))
          .add("p99_ms", calls.at(0.99))
          .add("most_ms", calls.at(1))
          .print();
    }
  }
}

/// A first sync over and over: of a tablet that joins anew each time, and reads meanwhile.
void measure_beside_sync(const files::path& folder, Replica& hub, double seconds) {
  const auto server = need(hub.listen("127.0.0.1:0"));
  for (const int threads : {1, 4}) {
    for (const bool writes : {false, true}) {
      const std::string at = (folder / "tablet").string();
      files::remove_all(at);
      Replica tablet = need(Replica::join(at, need(hub.invite()), server.address, {"tablet"}));
      need(tablet.import_ndjson(lines(10'000'000, kOwnDocuments)));
      const auto id = [](std::uint64_t number) {
        return DocumentId{"", "cases", std::to_string(10'000'000 + number % kOwnDocuments)};
      };
      auto sync = tablet.start_sync(server.address);
      const Calls calls(
          threads, seconds,
          [&](std::uint64_t number) {
            if (!writes) return (void)need(tablet.json(id(number)));
            need(tablet.write([&](relais::Transaction& tx) {
              return tx.set(id(number), "priority", static_cast<std::int64_t>(number % 100));
            }));
          },
          [&] { return sync.done(); });
      need(sync.wait());
      Line("concurrency")
          .add("call", std::string_view(writes ? "write" : "read"))
          .add("beside", std::string_view("first sync"))
          .add("threads", static_cast<std::uint64_t>(threads))
          .add("calls", calls.count())
          .add("p50_ms", calls.at(0.5))
          .add("p99_ms", calls.at(0.99))
          .add("most_ms", calls.at(1))
          .print();
    }
  }
}

}  // namespace

int run(int documents, double seconds) {
  std::string name = (files::temp_directory_path() / "relais-concurrency-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail("No temporary folder could be made.");
  const files::path folder = name;
  {
    relais::CreateOptions create{"Register", "hub", {}};
    Replica replica = std::move(need(Replica::create((folder / "hub").string(), create)).replica);
    need(replica.import_ndjson(lines(0, documents)));
    measure(replica, "nothing", seconds);
    {
      const Beside exporting([&] {
        need(replica.each_document([](const DocumentId&, std::string_view) { return true; }));
      });
      measure(replica, "export", seconds);
    }
    measure_beside_sync(folder, replica, seconds);
    int next = 1'000'000;
    {
      const Beside importing([&] {
        need(replica.import_ndjson(lines(next, 20'000)));
        next += 20'000;
      });
      measure(replica, "import", seconds);
    }
  }
  files::remove_all(folder);
  return 0;
}

}  // namespace bench

int main(int argc, char** argv) {
  const int documents = argc > 1 ? std::stoi(argv[1]) : 50'000;
  const double seconds = argc > 2 ? std::stod(argv[2]) : 3;
  return bench::run(documents, seconds);
}
