// The command-line host of Relais. Everything it does goes through the public API,
// include/relais/replica.h.
#include <CLI/CLI.hpp>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "command_line.h"
#include "report.h"
#include "secrets.h"

namespace cli {
namespace {

/// --json may stand anywhere: asked for before the rest could be read.
bool wants_json(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--") return false;
    if (argument == "--json") return true;
  }
  return false;
}

/// Help and version end well; everything else is a usage fault.
int end_of_parsing(const CLI::App& app, const CLI::ParseError& parsing, bool json) {
  if (parsing.get_exit_code() == 0) return app.exit(parsing);
  const auto subs = app.get_subcommands();
  const std::string help = subs.empty() ? "" : ' ' + subs.front()->get_name();
  return report_fault(
      usage_fault(relais::Error(relais::ErrorCode::invalid_argument, parsing.what()),
                  "`relais" + help + " --help` shows how it is written."),
      json);
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
      "Exit codes: 0 done, 1 failed, 2 the command line is wrong.");
  Selected selected;
  add_commands(app, selected);
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& parsing) {
    return end_of_parsing(app, parsing, wants_json(count, arguments));
  }
  Outcome outcome = selected.run();
  if (!outcome) outcome = close_output();
  return outcome ? report_fault(*outcome, selected.json) : 0;
}

int too_little(int count, char** arguments) {
  return report_fault(
      Fault{relais::Error(relais::ErrorCode::limit_exceeded,
                          "This machine gives the program too little memory, or too few threads. "
                          "What was written before is kept.")},
      wants_json(count, arguments));
}

}  // namespace
}  // namespace cli

int main(int argc, char** argv) {
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
