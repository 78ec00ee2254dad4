#include "roles.h"

#include <relais/relais.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "support/need.h"

namespace bench {
namespace {

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

/// Line by line, because the file's text would count as memory of the device.
std::vector<std::string> ids_of_cases(const std::string& path) {
  std::vector<std::string> ids;
  std::ifstream file(path, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    const Row row = parse_row(line);
    if (row.collection == "cases") ids.emplace_back(row.id);
  }
  return ids;
}

/// Sets one field in `count` cases spread over the register, each in its own transaction.
void edit(relais::Replica& replica, std::size_t count, std::size_t seed, const std::string& file) {
  const std::vector<std::string> cases = ids_of_cases(file);
  for (std::size_t i = 0; i < count; ++i) {
    // A large prime spreads the cases; the seed keeps the cases of the editors apart.
    const std::string& one = cases[(i * 7919 * 104729 + seed * 15485863) % cases.size()];
    const relais::DocumentId id{"", "cases", one};
    need(replica.write([&](relais::Transaction& tx) {
      return tx.set(id, "priority", "emergency-" + std::to_string(seed));
    }));
  }
}

int import(const std::vector<std::string>& arguments) {
  relais::CreateOptions create{"Register", "hub", {}};
  auto created = need(relais::Replica::create(arguments.at(1), create));
  const std::string text = read_file(arguments.at(2));
  const Timer timer;
  need(created.replica.import_ndjson(text));
  std::ostringstream out;
  // Without the text itself, which is in memory but not the engine's.
  out << timer.seconds() << ' ' << peak_rss_mb() - static_cast<double>(text.size()) / (1 << 20);
  say(out.str());
  return 0;
}

/// Of a file whose documents are all there.
int import_again(const std::vector<std::string>& arguments) {
  auto replica = need(relais::Replica::open(arguments.at(1)));
  const std::string text = read_file(arguments.at(2));
  const Timer timer;
  need(replica.import_ndjson(text));
  say(std::to_string(timer.seconds()));
  return 0;
}

int open(const std::vector<std::string>& arguments) {
  const Timer timer;
  auto replica = need(relais::Replica::open(arguments.at(1)));
  std::ostringstream out;
  out << timer.seconds() << ' ' << peak_rss_mb() << ' ';
  out << need(replica.status()).documents;
  say(out.str());
  return 0;
}

bool edit_if_asked(relais::Replica& replica, std::istringstream& words, const std::string& verb) {
  if (verb != "edit") return false;
  std::size_t count = 0;
  std::size_t seed = 0;
  std::string file;
  words >> count >> seed >> file;
  edit(replica, count, seed, file);
  say("ok");
  return true;
}

int serve(const std::vector<std::string>& arguments) {
  auto replica = need(relais::Replica::open(arguments.at(1)));
  const auto server = need(replica.listen("127.0.0.1:0"));
  say(server.address);
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (edit_if_asked(replica, words, verb)) continue;
    if (verb == "invite") say(need(replica.invite()));
    if (verb == "rss") say(std::to_string(peak_rss_mb()));
  }
  return 0;
}

int join(const std::vector<std::string>& arguments) {
  need(relais::Replica::join(arguments.at(1), arguments.at(2), arguments.at(3), {"tablet"}));
  say("ok");
  return 0;
}

int sync(const std::vector<std::string>& arguments) {
  auto replica = need(relais::Replica::open(arguments.at(1)));
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (edit_if_asked(replica, words, verb)) continue;
    const Timer timer;
    const auto report = need(replica.sync(arguments.at(2)));
    std::ostringstream out;
    out << timer.seconds() << ' ' << report.round_trips << ' ' << report.bytes_sent << ' '
        << report.bytes_received << ' ' << report.handshake_bytes << ' ' << report.changes_received
        << ' ' << report.in_sync << ' ' << peak_rss_mb();
    say(out.str());
  }
  return 0;
}

}  // namespace

int play(const std::vector<std::string>& arguments) {
  const std::string& role = arguments.at(0);
  if (role == "import") return import(arguments);
  if (role == "again") return import_again(arguments);
  if (role == "open") return open(arguments);
  if (role == "serve") return serve(arguments);
  if (role == "join") return join(arguments);
  return sync(arguments);
}

}  // namespace bench
