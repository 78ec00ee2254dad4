// Many devices in one process, told what to do by lines on standard input; each is answered by one
// line of JSON. A line that fails is answered with {"error": …} and ends the program with 1.
//
//   relais_soak_clients FOLDER FIRST COUNT     devices FIRST to FIRST + COUNT - 1, each at FOLDER/N
//
//   join NUMBER INVITATION HOST:PORT   a new device
//   open                               the devices whose folders are there
//   edit ROUND                         every device writes
//   sync HOST:PORT                     every device syncs with the hub; answers {"held": …} once
//   all are in
//                                      the middle of a session, goes on after the line `go`, and
//                                      answers again when all have ended
//   export FILE                        writes what the first holds; how many of the others differ
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "soak/device.h"

namespace relais::soak {
namespace {

using Json = nlohmann::ordered_json;

/// The hub drops a peer that is silent for 30 s: docs/spec/session.md.
constexpr std::chrono::seconds kLongestHold{24};

void say(const Json& answer) {
  std::printf("%s\n", answer.dump().c_str());
  std::fflush(stdout);
}

/// The next line of standard input; nothing at its end.
std::optional<std::string> read_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c == '\n') return line;
    line.push_back(static_cast<char>(c));
  }
  return std::nullopt;
}

class Clients {
 public:
  Clients(std::string folder, int first, int count) : folder_(std::move(folder)), first_(first) {
    for (int i = 0; i < count; ++i) {
      const int number = first + i;
      devices_.push_back(std::make_unique<Device>(number, folder_ + '/' + std::to_string(number)));
    }
  }

  Json obey(const std::string& line) {
    std::istringstream words(line);
    std::string command, argument, address;
    words >> command >> argument;
    if (command == "join") {
      std::string invitation;
      words >> invitation >> address;
      Device& device = *devices_.at(static_cast<std::size_t>(std::stoi(argument) - first_));
      return on_each({&device}, [&](Device& one) { return one.join(invitation, address); });
    }
    if (command == "open") return on_each(here(), [](Device& one) { return one.open(); });
    if (command == "round") {
      words >> address;
      return round(std::stoull(argument), address);
    }
    if (command == "sync") return sync(argument);
    if (command == "export") return exported(argument);
    return Json{{"error", "There is no command " + command}};
  }

 private:
  std::vector<Device*> all() const {
    std::vector<Device*> found;
    for (const auto& device : devices_) found.push_back(device.get());
    return found;
  }

  std::vector<Device*> here() const {
    std::vector<Device*> found;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const std::string folder = folder_ + '/' + std::to_string(first_ + static_cast<int>(i));
      if (std::filesystem::exists(folder)) found.push_back(devices_[i].get());
    }
    return found;
  }

  /// Each in its own thread, all at once.
  template <class Do>
  static Json on_each(const std::vector<Device*>& devices, Do&& act) {
    std::vector<std::string> faults(devices.size());
    for (std::size_t i = 0; i < devices.size(); ++i) {
      devices[i]->start([&, i] {
        if (const Status done = act(*devices[i]); !done) faults[i] = done.error().message();
      });
    }
    for (Device* device : devices) device->wait();
    for (const std::string& fault : faults) {
      if (!fault.empty()) return Json{{"error", fault}};
    }
    return Json{{"devices", devices.size()}};
  }

  Json round(std::uint64_t number, const std::string& address) {
    Hold hold(static_cast<int>(devices_.size()));
    std::vector<Tally> tallies(devices_.size());
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      devices_[i]->start(
          [&, i] { tallies[i] = devices_[i]->sync_and_wait(address, number, hold); });
    }
    say(Json{{"held", hold.wait_for_all(kLongestHold)}});
    read_line();  // go
    hold.let_go();
    return total(tallies);
  }

  Json sync(const std::string& address) {
    std::vector<Tally> tallies(devices_.size());
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      devices_[i]->start([&, i] { tallies[i] = devices_[i]->sync(address); });
    }
    return total(tallies);
  }

  /// When all have ended.
  Json total(const std::vector<Tally>& tallies) {
    for (const auto& device : devices_) device->wait();
    Tally total;
    for (const Tally& tally : tallies) total.add(tally);
    return Json{{"synced", total.synced},
                {"in_sync", total.in_sync},
                {"unseen", total.unseen},
                {"changes_sent", total.changes_sent},
                {"changes_received", total.changes_received},
                {"bytes", total.bytes},
                {"tried_again", total.tried_again},
                {"failed", total.failed}};
  }

  Json exported(const std::string& file) {
    std::vector<std::string> exports(devices_.size());
    Json done = on_each(all(), [&](Device& one) -> Status {
      auto lines = one.exported();
      if (!lines) return lines.error();
      const auto at = std::find_if(devices_.begin(), devices_.end(),
                                   [&](const auto& other) { return other.get() == &one; });
      exports[static_cast<std::size_t>(at - devices_.begin())] = std::move(*lines);
      return {};
    });
    if (done.contains("error")) return done;
    std::ofstream(file, std::ios::binary) << exports.front();
    const auto differ = std::count_if(exports.begin(), exports.end(), [&](const std::string& one) {
      return one != exports.front();
    });
    return Json{{"differ", differ}, {"bytes", exports.front().size()}};
  }

  std::string folder_;
  int first_;
  std::vector<std::unique_ptr<Device>> devices_;
};

int run(int count, char** arguments) {
  if (count != 4) {
    std::fputs("relais_soak_clients FOLDER FIRST COUNT\n", stderr);
    return 2;
  }
  Clients clients(arguments[1], std::stoi(arguments[2]), std::stoi(arguments[3]));
  while (const auto line = read_line()) {
    const Json answer = clients.obey(*line);
    say(answer);
    if (answer.contains("error")) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace relais::soak

int main(int argc, char** argv) { return relais::soak::run(argc, argv); }
