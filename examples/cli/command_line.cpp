#include "command_line.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "data_commands.h"
#include "space_commands.h"
#include "sync_commands.h"

namespace cli {
namespace {

/// Adds a command: `options(app, command)` names its options, `examples` end its help.
template <class Command, class AddOptions>
void add(CLI::App& app, Selected& selected, const char* name, const char* about,
         const char* examples, AddOptions&& options) {
  CLI::App* sub = app.add_subcommand(name, about);
  auto command = std::make_shared<Command>();
  options(*sub, *command);
  if constexpr (requires { command->json; }) {
    sub->add_flag("--json", command->json, "Report as JSON, for programs; errors too");
  }
  sub->footer(std::string("Examples:\n") + examples);
  sub->callback([command, &selected] {
    selected.run = [command] { return command->run(); };
    if constexpr (requires { command->json; }) selected.json = command->json;
  });
}

std::string check_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 &&
                      port.find_first_not_of("0123456789") == std::string::npos;
  if (digits && std::stoul(port) <= 65535) return {};
  return "an address is HOST:PORT, like 10.0.0.5:7400, with a port from 0 to 65535";
}

std::string check_not_empty(const std::string& text) {
  return text.empty() ? "a name is missing" : "";
}

CLI::Option* folder(CLI::App& app, std::string& into) {
  return app.add_option("DIR", into, "The folder of this device's copy")->required();
}

void add_minutes(CLI::App& app, std::int64_t& minutes) {
  constexpr std::int64_t kYear = std::int64_t{366} * 24 * 60;
  app.add_option("--minutes", minutes, "How long the invitation is valid")
      ->check(CLI::Range(std::int64_t{1}, kYear))
      ->capture_default_str();
}

void add_space_commands(CLI::App& app, Selected& selected) {
  add<InitCommand>(app, selected, "init", "Make a new space, with this device as its first owner",
                   "  relais init clinic --space \"Mobile clinic\" --device \"Tablet 1\"\n"
                   "  relais init clinic --space \"Mobile clinic\" --device \"Tablet 1\" \\\n"
                   "    --section cases/legal=legal --section cases=medical\n"
                   "      the cases' legal section is encrypted apart, for those who may read it",
                   [](CLI::App& sub, InitCommand& command) {
                     folder(sub, command.folder);
                     sub.add_option("--space", command.space, "The space's name, for people")
                         ->required()
                         ->check(check_not_empty);
                     sub.add_option("--device", command.device, "This device's name, for people")
                         ->required()
                         ->check(check_not_empty);
                     sub.add_option(
                            "--section", command.sections,
                            "COLLECTION/SECTION=LABEL: keep a section under keys of its own; "
                            "COLLECTION=LABEL: a collection's other sections. May be repeated")
                         ->allow_extra_args(false);
                   });
  add<InviteCommand>(app, selected, "invite",
                     "Let one device join; the invitation is the last line printed",
                     "  relais invite clinic\n"
                     "  relais invite clinic --minutes 60 --label medical\n"
                     "      the new device may read and write what is labelled medical only",
                     [](CLI::App& sub, InviteCommand& command) {
                       folder(sub, command.folder);
                       add_minutes(sub, command.minutes);
                       sub.add_option("--label", command.labels,
                                      "What the new device may read and write; without it, "
                                      "everything. May be repeated")
                           ->allow_extra_args(false);
                     });
  add<JoinCommand>(
      app, selected, "join", "Join a space by an invitation",
      "  relais join clinic RELAIS1-ABCDE-... --device \"Tablet 2\" --at 10.0.0.5:7400\n"
      "      while `relais serve` runs at that address",
      [](CLI::App& sub, JoinCommand& command) {
        folder(sub, command.folder);
        sub.add_option("INVITATION", command.invitation, "What `relais invite` printed")
            ->required();
        sub.add_option("--device", command.device, "This device's name, for people")
            ->required()
            ->check(check_not_empty);
        sub.add_option("--at", command.address, "HOST:PORT of a device that serves")
            ->required()
            ->check(check_address);
      });
}

void add_data_commands(CLI::App& app, Selected& selected) {
  add<ImportCommand>(
      app, selected, "import", "Bring documents in: {\"collection\", \"id\", \"doc\"} a line",
      "  relais import clinic register.ndjson\n"
      "  relais import clinic - < register.ndjson\n"
      "  relais import clinic register.ndjson --text 'cases:medical/visits/*/note'\n"
      "      several people can write in those notes at once",
      [](CLI::App& sub, ImportCommand& command) {
        folder(sub, command.folder);
        sub.add_option("FILE", command.file, "Newline-delimited JSON; '-' for standard input")
            ->required();
        sub.add_option("--text", command.text_fields,
                       "COLLECTION:PATH of strings that become text for several to edit; '*' "
                       "stands for any element of a list. May be repeated")
            ->allow_extra_args(false);
      });
  add<ExportCommand>(app, selected, "export",
                     "Write all documents, sorted: the same bytes from devices in sync",
                     "  relais export clinic --out register.ndjson\n"
                     "  relais export clinic | grep '\"urgent\"'",
                     [](CLI::App& sub, ExportCommand& command) {
                       folder(sub, command.folder);
                       sub.add_option("--out", command.out, "A file; without it, standard output");
                     });
  add<PutCommand>(
      app, selected, "put", "Edit a document; several edits are written together, or none",
      "  relais put clinic cases/17 medical/weight_kg=61\n"
      "  relais put clinic cases/17 'status=\"closed\"'          text needs quotes of its own\n"
      "  relais put clinic cases/17 'diagnoses+=\"I10\"'         append to a list, add to a set\n"
      "  relais put clinic cases/17 visits+=1                  add to a counter\n"
      "  relais put clinic cases/17 note~='Came with her sister.'\n"
      "                                                        edit a text by what differs\n"
      "  relais put clinic cases/17 medical/weight_kg-         delete a field",
      [](CLI::App& sub, PutCommand& command) {
        folder(sub, command.folder);
        sub.add_option("DOCUMENT", command.document, "COLLECTION/ID or SCOPE/COLLECTION/ID")
            ->required();
        sub.add_option("EDITS", command.edits, "PATH=JSON, PATH+=JSON, PATH~=TEXT or PATH-")
            ->required();
      });
}

void add_reading_commands(CLI::App& app, Selected& selected) {
  add<GetCommand>(app, selected, "get", "Show a document, with its conflicts",
                  "  relais get clinic cases/17\n"
                  "  relais get clinic cases/17 --history",
                  [](CLI::App& sub, GetCommand& command) {
                    folder(sub, command.folder);
                    sub.add_option("DOCUMENT", command.document,
                                   "COLLECTION/ID or SCOPE/COLLECTION/ID")
                        ->required();
                    sub.add_flag("--history", command.history, "Who changed what, and when");
                  });
  add<ConflictsCommand>(
      app, selected, "conflicts", "List fields that were written at once, with every value",
      "  relais conflicts clinic",
      [](CLI::App& sub, ConflictsCommand& command) { folder(sub, command.folder); });
  add<StatusCommand>(app, selected, "status", "Show the space, its devices and what is here",
                     "  relais status clinic",
                     [](CLI::App& sub, StatusCommand& command) { folder(sub, command.folder); });
  add<VerifyCommand>(app, selected, "verify", "Check every signature, block and document",
                     "  relais verify clinic",
                     [](CLI::App& sub, VerifyCommand& command) { folder(sub, command.folder); });
  add<SampleCommand>(
      app, selected, "sample", "Write a made-up clinic register, to try things with",
      "  relais sample --patients 1000 --out register.ndjson\n"
      "  relais sample --patients 1000 --seed 7 | relais import clinic -",
      [](CLI::App& sub, SampleCommand& command) {
        constexpr std::uint64_t kMost = 100'000'000;
        sub.add_option("--patients", command.patients, "How many, each with a case")
            ->required()
            ->check(CLI::Range(std::uint64_t{0}, kMost));
        sub.add_option("--seed", command.seed, "Another seed, other people")->capture_default_str();
        sub.add_option("--out", command.out, "A file; without it, standard output");
      });
}

void add_sync_commands(CLI::App& app, Selected& selected) {
  add<ServeCommand>(
      app, selected, "serve", "Answer devices that come to join or to sync, until stopped",
      "  relais serve clinic --listen 0.0.0.0:7400\n"
      "  relais serve clinic --listen 127.0.0.1:0 --invite --minutes 30",
      [](CLI::App& sub, ServeCommand& command) {
        folder(sub, command.folder);
        sub.add_option("--listen", command.address,
                       "HOST:PORT; port 0 for any that is free, host 0.0.0.0 for every network")
            ->required()
            ->check(check_address);
        sub.add_flag("--once", command.once, "End after the first sync");
        CLI::Option* invite =
            sub.add_flag("--invite", command.invite, "Print an invitation for one device too");
        add_minutes(sub, command.minutes);
        sub.get_option("--minutes")->needs(invite);
      });
  add<SyncCommand>(app, selected, "sync", "Meet another device until both hold the same",
                   "  relais sync clinic --with 10.0.0.5:7400",
                   [](CLI::App& sub, SyncCommand& command) {
                     folder(sub, command.folder);
                     sub.add_option("--with", command.address, "HOST:PORT of a device that serves")
                         ->required()
                         ->check(check_address);
                   });
}

}  // namespace

void add_commands(CLI::App& app, Selected& selected) {
  add_space_commands(app, selected);
  add_data_commands(app, selected);
  add_reading_commands(app, selected);
  add_sync_commands(app, selected);
}

}  // namespace cli
