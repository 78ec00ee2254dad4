// The command-line host of Relais. Everything it does goes through the public API,
// include/relais/replica.h.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "command_line.h"
#include "files.h"
#include "report.h"
#include "secrets.h"
#include "usage.h"

namespace cli {
namespace {

/// What may stand anywhere, and is asked for before the rest could be read.
struct Early {
  bool json = false;
  Colours colours = Colours::automatic;
};

Colours colours_of(std::string_view word) {
  if (word == "always") return Colours::always;
  return word == "never" ? Colours::never : Colours::automatic;
}

Early look_ahead(int count, char** arguments) {
  constexpr std::string_view kColour = "--color";
  Early early;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--") break;
    if (argument == "--json") early.json = true;
    if (argument == kColour && i + 1 < count) early.colours = colours_of(arguments[i + 1]);
    if (argument.starts_with("--color=")) {
      early.colours = colours_of(argument.substr(kColour.size() + 1));
    }
  }
  return early;
}

/// Help and version end well; everything else is a usage fault.
int end_of_parsing(const CLI::App& app, const CLI::ParseError& parsing, bool json) {
  if (parsing.get_exit_code() == 0) {
    app.exit(parsing);
    const Outcome unseen = close_output(false);
    return unseen ? report_fault(*unseen, json) : 0;
  }
  return report_fault(usage_fault_of(app, parsing), json);
}

/// `relais help COMMAND` is `relais COMMAND --help`.
std::vector<std::string> words_of(int count, char** arguments) {
  std::vector<std::string> words(arguments + std::min(1, count), arguments + count);
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  words.resize(std::min<std::size_t>(1, words.size()));
  words.emplace_back("--help");
  return words;
}

int run(int count, char** arguments) {
  CLI::App app("Relais: documents on each device, the same on all that meet, encrypted on the way.",
               "relais");
  app.set_version_flag("--version", "relais " RELAIS_VERSION);
  app.require_subcommand(1);
  app.footer(
      "A first try:\n"
      "  relais init clinic --space \"Mobile clinic\" --device \"Tablet 1\"\n"
      "  relais sample --patients 100 | relais import clinic -\n"
      "  relais status clinic\n"
      "Each command has examples of its own: relais COMMAND --help\n"
      "Exit codes: 0 done, 1 failed, 2 the command line is wrong, 128 and more: a signal ended "
      "it.");
  Selected selected;
  add_commands(app, selected);
  const Early early = look_ahead(count, arguments);
  choose_colours(early.colours);
  std::vector<std::string> words = words_of(count, arguments);
  hide_invitations(count, arguments);
  if (!words.empty()) {
    if (const Outcome wrong = wrong_command_of(app, words.front())) {
      return report_fault(*wrong, early.json);
    }
  }
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  try {
    app.parse(std::move(words));
  } catch (const CLI::ParseError& parsing) {
    return end_of_parsing(app, parsing, early.json);
  }
  Outcome outcome = selected.run();
  if (!outcome) outcome = close_output(selected.writes);
  return outcome ? report_fault(*outcome, selected.json) : 0;
}

int too_little(int count, char** arguments) {
  return report_fault(
      Fault{relais::Error(relais::ErrorCode::limit_exceeded,
                          "This machine gives the program too little memory, or too few threads. "
                          "What was written before is kept.")},
      look_ahead(count, arguments).json);
}

}  // namespace
}  // namespace cli

int main(int argc, char** argv) {
  cli::occupy_closed_streams();
  cli::keep_memory_private();
  try {
    return cli::run(argc, argv);
  } catch (const std::bad_alloc&) {
    return cli::too_little(argc, argv);
  } catch (const std::system_error& failed) {  // of a thread that can't be started
    if (failed.code() != std::errc::resource_unavailable_try_again) throw;
    return cli::too_little(argc, argv);
  }
}
