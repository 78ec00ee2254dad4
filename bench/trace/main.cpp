/// A recorded history of one text, played through the document layer:
///
///     bench_trace FILE.json[.gz] [--concurrent] [--batch N]
///
/// An edit is a patch of the file; N transactions of it make a change (0, as if nothing is said:
/// as many as a change holds). Prints one line of JSON:
///
///   apply_ms       all edits, in memory: drafts and their changes; with --concurrent also what
///                  each device receives from the others, encoded and decoded again
///   replay_ms      all changes, decoded from their bytes, on an empty state
///   encode_ms      encoding and packing them
///   history_bytes  the blocks of all changes, as a log keeps them
///   current_bytes  the state as a store keeps it
///   load_ms        the state from that, and its text (median of 5)
///   memory_bytes   of the state in memory
///   correct        each text ends as the file says, and each way to the state gives the same
///
/// Ends with 1 if that is false.

#include <malloc.h>

#include <algorithm>

#include "crypto/crypto.h"
#include "log/packing.h"
#include "play.h"
#include "support/measure.h"

namespace bench {
namespace {

using relais::Bytes;
using relais::document::State;

struct Options {
  std::string file;
  bool concurrent = false;
  std::size_t batch = 0;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--concurrent") {
      options.concurrent = true;
    } else if (word == "--batch" && i + 1 < argc) {
      options.batch = std::strtoul(argv[++i], nullptr, 10);
    } else if (options.file.empty() && !word.starts_with('-')) {
      options.file = word;
    } else {
      fail("usage: bench_trace FILE.json[.gz] [--concurrent] [--batch N]");
    }
  }
  if (options.file.empty()) fail("usage: bench_trace FILE.json[.gz] [--concurrent] [--batch N]");
  return options;
}

struct History {
  std::vector<std::pair<relais::document::Position, Bytes>> changes;
  std::size_t bytes = 0;
};

History encode(const std::vector<Device>& devices) {
  History history;
  relais::log::Packer packer;
  for (const Device& device : devices) {
    for (const Written& written : device.changes()) {
      Bytes bytes = relais::document::encode(written.change, written.position);
      history.bytes += packer.pack(bytes, 1).size() + relais::crypto::kTagBytes;
      history.changes.emplace_back(written.position, std::move(bytes));
    }
  }
  return history;
}

/// Applies the changes of all devices on a new one, each once what it saw is there.
State replay(const History& history) {
  State state;
  std::vector<bool> done(history.changes.size());
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < history.changes.size(); ++i) {
      if (done[i]) continue;
      const auto& [position, bytes] = history.changes[i];
      const auto change = relais::document::decode_change(bytes, position);
      if (!change || !state.ready(*change)) {
        // Later ones of its author wait for it.
        while (i + 1 < history.changes.size() &&
               history.changes[i + 1].first.author == position.author) {
          ++i;
        }
        continue;
      }
      done[i] = state.apply(*change, position).has_value();
      moved = true;
    }
  }
  return state;
}

std::size_t memory_of(const State& state) {
  const std::size_t before = mallinfo2().uordblks;
  const State copy = state;  // NOLINT(performance-unnecessary-copy-initialization): measured
  return mallinfo2().uordblks - before;
}

/// Milliseconds, median of 5; negative if the text differs.
double load_ms(const Bytes& bytes, const std::string& end) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const Timer timer;
    const auto state = State::decode(bytes);
    const std::string text = state ? text_of(*state) : std::string();
    times.push_back(timer.seconds() * 1e3);
    if (text != end) return -1;
  }
  std::sort(times.begin(), times.end());
  return times[2];
}

int run(const Options& options) {
  const Trace trace = read_trace(options.file, options.concurrent);
  const Timer apply;
  std::vector<Device> devices = play(trace, options.batch);
  const double apply_s = apply.seconds();
  const double apply_cpu_s = apply.cpu_seconds();
  bool correct = true;
  const Bytes current = devices[0].state().canonical();
  for (Device& device : devices) {
    correct = correct && device.text() == trace.end && device.state().canonical() == current;
  }
  const Timer encoding;
  const History history = encode(devices);
  const double encode_s = encoding.seconds();
  const Timer replaying;
  const State replayed = replay(history);
  const double replay_s = replaying.seconds();
  correct = correct && replayed.canonical() == current;
  const double loaded_ms = load_ms(current, trace.end);
  correct = correct && loaded_ms >= 0;
  const std::size_t slash = options.file.rfind('/');
  const std::string_view file = options.file;
  Line::compared("trace")
      .add("file", file.substr(slash == std::string::npos ? 0 : slash + 1))
      .add("edits", trace.patches)
      .add("batch", options.batch)
      .add("changes", history.changes.size())
      .add("apply_ms", apply_s * 1e3)
      .add("apply_cpu_ms", apply_cpu_s * 1e3)
      .add("edits_per_s", static_cast<std::uint64_t>(static_cast<double>(trace.patches) / apply_s))
      .add("encode_ms", encode_s * 1e3)
      .add("replay_ms", replay_s * 1e3)
      .add("history_bytes", history.bytes)
      .add("current_bytes", current.size())
      .add("load_ms", loaded_ms)
      .add("memory_bytes", memory_of(devices[0].state()))
      .add("correct", correct)
      .print();
  return correct ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::run(bench::read_options(argc, argv)); }
