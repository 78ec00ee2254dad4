/// The main job on a whole register: floor, import, cold open, first sync, and the syncs after it.
///
///     bench_register REGISTER.ndjson [FOLDER]
///
/// Prints a JSON line a phase. `ratio` is time over the floor's, measured in the same run; wire
/// bytes are both ways, framing included, the handshake apart. Devices are processes on loopback.

#include <filesystem>
#include <sstream>

#include "child.h"
#include "floor.h"
#include "roles.h"
#include "support/measure.h"

namespace bench {
namespace {

struct Synced {
  double seconds = 0;
  std::uint64_t round_trips = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t handshake = 0;
  std::uint64_t changes = 0;
  bool in_sync = false;
  double rss = 0;
};

Synced sync(Child& device) {
  device.tell("sync");
  std::istringstream words(device.hear());
  Synced s;
  words >> s.seconds >> s.round_trips >> s.sent >> s.received >> s.handshake >> s.changes >>
      s.in_sync >> s.rss;
  return s;
}

Line line(const char* phase, const Synced& s) {
  return Line(phase)
      .add("seconds", s.seconds)
      .add("round_trips", s.round_trips)
      .add("wire_bytes", s.sent + s.received)
      .add("handshake_bytes", s.handshake)
      .add("changes_received", s.changes)
      .add("in_sync", s.in_sync)
      .add("rss_mb", s.rss);
}

class Run {
 public:
  Run(std::string file, std::string folder)
      : file_(std::move(file)), folder_(std::move(folder)), text_(read_file(file_)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    each_row(text_, [&](const Row& row) {
      ++documents_;
      json_bytes_ += row.doc.size();
    });
  }

  void run() {
    measure_floor();
    measure_import();
    measure_open();
    measure_known_import();
    measure_syncs();
    std::filesystem::remove_all(folder_);
  }

 private:
  void measure_floor() {
    floor_ = floor_seconds(folder_ + "/floor", text_, 3);
    Line("floor")
        .add("documents", documents_)
        .add("file_bytes", std::uint64_t{text_.size()})
        .add("doc_bytes", json_bytes_)
        .add("seconds", floor_)
        .add("docs_per_s", static_cast<double>(documents_) / floor_)
        .print();
  }

  void measure_import() {
    std::istringstream words(bench::run({"import", hub(), file_}));
    double seconds = 0;
    double rss = 0;
    words >> seconds >> rss;
    timed(Line("import"), seconds).add("rss_mb", rss).print();
  }

  void measure_known_import() {
    std::istringstream words(bench::run({"again", hub(), file_}));
    double seconds = 0;
    words >> seconds;
    timed(Line("known_import"), seconds).print();
  }

  void measure_open() {
    std::istringstream words(bench::run({"open", hub()}));
    double seconds = 0;
    double rss = 0;
    std::uint64_t documents = 0;
    words >> seconds >> rss >> documents;
    Line("cold_open")
        .add("seconds", seconds)
        .add("rss_mb", rss)
        .add("documents", documents)
        .print();
  }

  void measure_syncs() {
    Child hub_device({"serve", hub()});
    const std::string address = hub_device.hear();
    const auto join = [&](const std::string& name) {
      hub_device.tell("invite");
      const std::string invitation = hub_device.hear();
      bench::run({"join", folder_ + "/" + name, invitation, address});
    };
    join("tablet");
    Child tablet({"sync", folder_ + "/tablet", address});
    const Synced first = sync(tablet);
    timed(line("first_sync", first), first.seconds)
        .add("wire_ratio",
             static_cast<double>(first.sent + first.received) / static_cast<double>(text_.size()))
        .add("wire_ratio_to_docs",
             static_cast<double>(first.sent + first.received) / static_cast<double>(json_bytes_))
        .print();
    line("in_sync", sync(tablet)).print();

    // Four authors that know each other: the hub, two others, and the measured one.
    join("other2");
    join("other3");
    Child other2({"sync", folder_ + "/other2", address});
    Child other3({"sync", folder_ + "/other3", address});
    for (Child* device : {&other2, &other3, &tablet}) sync(*device);
    edit(tablet, 1, 0);
    line("one_edit", sync(tablet)).print();
    edit(hub_device, 25, 1);
    edit(other2, 25, 2);
    edit(other3, 25, 3);
    for (Child* device : {&other2, &other3}) sync(*device);
    edit(tablet, 25, 4);
    line("hundred_edits", sync(tablet)).print();
    hub_device.tell("rss");
    Line("hub").add("rss_mb", std::stod(hub_device.hear())).print();
  }

  void edit(Child& device, std::size_t count, std::size_t seed) {
    device.tell("edit " + std::to_string(count) + " " + std::to_string(seed) + " " + file_);
    device.hear();
  }

  Line& timed(Line&& line, double seconds) {
    kept_ = std::move(line);
    return kept_.add("seconds_total", seconds)
        .add("docs_per_s", static_cast<double>(documents_) / seconds)
        .add("ratio", seconds / floor_);
  }

  std::string hub() const { return folder_ + "/hub"; }

  std::string file_;
  std::string folder_;
  std::string text_;
  std::uint64_t documents_ = 0;
  std::uint64_t json_bytes_ = 0;
  double floor_ = 0;
  Line kept_{""};
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) bench::fail("usage: bench_register REGISTER.ndjson [FOLDER]");
  static const char* const kRoles[] = {"import", "again", "open", "serve", "join", "sync"};
  for (const char* role : kRoles) {
    if (arguments[0] == role) return bench::play(arguments);
  }
  bench::Run(arguments[0], arguments.size() > 1 ? arguments[1] : "bench-register").run();
  return 0;
}
