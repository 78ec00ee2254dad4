/// What two devices send to become equal, without documents and disks: the session and the exchange
/// over logs in memory.
///
///     bench_sync [--short | --growth]
///
/// For each number of changes held, of authors, and of changes that one side lacks; between devices
/// that remember each other and strangers. Prints one line of JSON each:
///
///   handshake_bytes, bytes   both ways, as they cross the link
///   block_bytes              of `bytes`: the blocks and run headers, which no protocol can avoid
///   round_trips              after the handshake
///   cpu_ms                   of both sides together, handshake included
///
/// With --growth: one edit, while one number grows and the others stay; `plot.py` draws it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "support/measure.h"
#include "tests/peer/peer_space.h"

namespace {

using namespace relais;              // NOLINT: this program is about it
using namespace relais::peer::test;  // NOLINT

constexpr std::size_t kChangeBytes = 130;  // a block of about 150: a visit
constexpr std::size_t kEditors = 4;        // who writes what the other side lacks

/// Two devices with the logs of some authors.
class Pair {
 public:
  Pair(std::size_t changes, std::size_t authors) {
    acquaint(space_, {&a_, &b_});
    for (std::size_t i = 0; i < authors; ++i) {
      writers_.push_back(std::make_unique<FakeDelegate>(space_.control.founding.space,
                                                        space_.control.stranger(), space_.random));
      write(*writers_.back(), changes / authors);
      a_->adopt(*writers_.back());
      b_->adopt(*writers_.back());
    }
  }

  /// The first device gets changes that the other lacks.
  void edit(std::size_t changes) {
    const std::size_t editors = std::min({kEditors, writers_.size(), std::max(changes, 1UL)});
    for (std::size_t i = 0; i < editors; ++i) {
      write(*writers_[i], changes / editors);
      a_->adopt(*writers_[i]);
    }
  }
  void meet() {
    PeerLink link(space_, a_, b_);
    link.run();
  }
  void forget() {
    a_->memories.clear();
    b_->memories.clear();
  }
  void sync(bench::Line line) {
    const std::uint64_t before = b_->bytes_stored;
    const bench::Timer timer;
    PeerLink link(space_, a_, b_);
    link.run();
    const double ms = timer.cpu_seconds() * 1000;
    const auto report = link.a().result();
    if (!report || !report->in_sync) bench::fail("a sync did not end in sync");
    line.add("handshake_bytes", report->handshake_bytes)
        .add("bytes", report->bytes_sent + report->bytes_received)
        .add("block_bytes", b_->bytes_stored - before)
        .add("round_trips", std::uint64_t{report->round_trips})
        .add("cpu_ms", ms)
        .print();
  }

 private:
  void write(FakeDelegate& writer, std::size_t changes) {
    for (std::size_t i = 0; i < changes; ++i) writer.write(space_.medical, 1, kChangeBytes);
  }

  PeerSpace space_;
  TestDevice a_ = space_.add_member();
  TestDevice b_ = space_.add_member();
  std::vector<std::unique_ptr<FakeDelegate>> writers_;
};

void measure(std::size_t changes, std::size_t authors) {
  Pair pair(changes, authors);
  pair.sync(bench::Line("sync_first_meeting")
                .add("changes", std::uint64_t{changes})
                .add("authors", std::uint64_t{authors}));
  for (const std::size_t lacking : {0, 1, 100, 10'000}) {
    for (const bool known : {true, false}) {
      if (!known) pair.forget();
      pair.edit(lacking);
      pair.sync(bench::Line("sync")
                    .add("changes", std::uint64_t{changes})
                    .add("authors", std::uint64_t{authors})
                    .add("lacking", std::uint64_t{lacking})
                    .add("known", known));
    }
  }
}

void measure_growth(const char* of, std::size_t n, std::size_t changes, std::size_t authors) {
  Pair pair(changes, authors);
  pair.meet();
  for (const bool known : {true, false}) {
    if (!known) pair.forget();
    pair.edit(1);
    pair.sync(bench::Line("growth")
                  .add("of", std::string_view(of))
                  .add("n", std::uint64_t{n})
                  .add("known", known));
  }
}

void measure_growth() {
  for (const std::size_t n : {1, 3, 10, 30, 100, 300, 1'000, 3'000, 10'000}) {
    measure_growth("authors", n, n, n);
  }
  for (const std::size_t n : {10, 100, 1'000, 10'000, 100'000, 1'000'000}) {
    measure_growth("changes", n, n, 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "--short") {
    measure(200, 20);
    return 0;
  }
  if (mode == "--growth") {
    measure_growth();
    return 0;
  }
  for (const std::size_t changes : {1'000, 60'000, 1'000'000}) {
    for (const std::size_t authors : {1, 50, 900}) measure(changes, authors);
  }
  measure(60'000, 10'000);
  return 0;
}
