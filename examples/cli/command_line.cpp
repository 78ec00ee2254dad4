#include "command_line.h"

#include "commands.h"
#include "data_commands.h"
#include "space_commands.h"
#include "sync_commands.h"

namespace cli {
namespace {

void add_space_commands(Commands& commands) {
  commands.add<InitCommand>(
      "init",
      {"Make a new space, with this device as its first owner",
       "  relais init clinic --space \"Mobile clinic\" --device \"Tablet 1\"\n"
       "  relais init clinic --space \"Mobile clinic\" --device \"Tablet 1\" \\\n"
       "    --section cases/legal=legal --section cases=medical\n"
       "      the cases' legal section is encrypted apart, for those who may read it"},
      [](CLI::App& app, InitCommand& command) {
        add_name(app, "--space", command.space, "The space's name, for people");
        add_name(app, "--device", command.device, "This device's name, for people");
        add_repeated(app, "--section", command.sections,
                     "COLLECTION/SECTION=LABEL: keep a section under keys of its own; "
                     "COLLECTION=LABEL: a collection's other sections. May be repeated");
        add_repeated(app, "--closed", command.closed,
                     "COLLECTION: refuse sections there that no --section names. May be repeated");
      });
  commands.add<InviteCommand>(
      "invite",
      {"Let one device join; the invitation is the last line printed",
       "  relais invite clinic\n"
       "  relais invite clinic --minutes 60 --label medical\n"
       "      the new device may read and write what is labelled medical only"},
      [](CLI::App& app, InviteCommand& command) {
        add_minutes(app, command.minutes);
        add_repeated(app, "--label", command.labels,
                     "What the new device may read and write; without it, everything. "
                     "May be repeated");
      });
  commands.add<JoinCommand>(
      "join",
      {"Join a space by an invitation",
       "  relais join clinic --device \"Tablet 2\" --at 10.0.0.5:7400\n"
       "      asks for the invitation, while `relais serve` runs at that address\n"
       "  relais join clinic --invitation-file invitation.txt --device \"Tablet 2\" --at "
       "10.0.0.5:7400\n"
       "  relais join clinic - --device \"Tablet 2\" --at 10.0.0.5:7400 < invitation.txt\n"
       "      a mail that holds the invitation is a file like any other: it may be wrapped and "
       "quoted\n"
       "  relais join clinic --device \"Tablet 2\" --at 10.0.0.5:7400 --set-aside\n"
       "      clinic holds a store that can't be opened: it is kept as clinic.damaged-1, and a\n"
       "      new one takes its place with all that the other device holds"},
      [](CLI::App& app, JoinCommand& command) {
        CLI::Option* invitation = app.add_option(
            "INVITATION", command.invitation,
            "What `relais invite` printed; '-' for standard input, @FILE for a file. Written out "
            "here, the shell's history keeps it");
        app.add_option("--invitation-file", command.invitation_file,
                       "A file that holds the invitation, and may hold other text")
            ->check(check_file)
            ->excludes(invitation);
        add_name(app, "--device", command.device, "This device's name, for people");
        add_address(app, "--at", command.address, "HOST:PORT of a device that serves");
        app.add_flag("--set-aside", command.set_aside,
                     "Keep a damaged store that is in DIR under another name, and sync at once");
      });
}

void add_data_commands(Commands& commands) {
  commands.add<ImportCommand>(
      "import",
      {"Bring documents in: {\"collection\", \"id\", \"doc\"} a line",
       "  relais import clinic register.ndjson\n"
       "  relais import clinic - < register.ndjson\n"
       "  relais import clinic register.ndjson --text 'cases:medical/visits/*/note'\n"
       "      several people can write in those notes at once\n"
       "  relais import clinic register.ndjson --skip-bad\n"
       "      lines that can't be imported are named, and the others are imported"},
      [](CLI::App& app, ImportCommand& command) {
        add_required(app, "FILE", command.file, "Newline-delimited JSON; '-' for standard input")
            ->check(check_file);
        add_repeated(app, "--text", command.text_fields,
                     "COLLECTION:PATH of strings that become text for several to edit; '*' "
                     "stands for any element of a list. May be repeated");
        app.add_flag("--skip-bad", command.skip_bad,
                     "Pass over lines that can't be imported, and name each");
      });
  commands.add<ExportCommand>("export",
                              {"Write all documents, sorted: the same bytes from devices in sync",
                               "  relais export clinic --out register.ndjson\n"
                               "      deleted documents are left out\n"
                               "  relais export clinic | grep '\"urgent\"'"});
  commands.add<PutCommand>(
      "put",
      {"Edit a document; several edits are written together, or none",
       "  relais put clinic cases/17 medical/weight_kg=61\n"
       "  relais put clinic cases/17 'status=\"closed\"'          text needs quotes of its own\n"
       "  relais put clinic cases/17 'diagnoses+=\"I10\"'         append to a list, add to a set\n"
       "  relais put clinic cases/17 visits:counter+=1          count: both of two at once count\n"
       "  relais put clinic cases/17 'allergies:set+=\"nuts\"'    make a set, or add to it\n"
       "  relais put clinic cases/17 'allergies-=\"nuts\"'        remove from a set\n"
       "  relais put clinic cases/17 'ward:last-writer=\"3\"'     the latest is shown\n"
       "  relais put clinic cases/17 'triage:rank4=\"red\"'       the highest rank is shown\n"
       "  relais put clinic cases/17 note~='Came with her sister.'\n"
       "                                                        edit a text by what differs\n"
       "  relais put clinic cases/17 medical/weight_kg-         delete a field"},
      [](CLI::App& app, PutCommand& command) {
        add_required(app, "EDIT", command.edits,
                     "PATH[:KIND]=JSON, PATH[:KIND]+=JSON, PATH[:KIND]-=JSON, PATH~=TEXT or PATH-; "
                     "KIND is counter, set, last-writer or rankN");
      });
  commands.add<SampleCommand>("sample",
                              {"Write a made-up clinic register, to try things with",
                               "  relais sample --patients 1000 --out register.ndjson\n"
                               "  relais sample --patients 1000 --seed 7 | relais import clinic -"},
                              [](CLI::App& app, SampleCommand& command) {
                                constexpr std::uint64_t kMost = 100'000'000;
                                add_required(app, "--patients", command.patients,
                                             "How many, each with a case")
                                    ->check(check_number(0, kMost));
                                app.add_option("--seed", command.seed, "Another seed, other people")
                                    ->check(check_number(0, UINT64_MAX))
                                    ->capture_default_str();
                              });
}

void add_reading_commands(Commands& commands) {
  commands.add<GetCommand>(
      "get",
      {"Show a document as it is or was, or what changed in it",
       "  relais get clinic cases/17                                with its conflicts\n"
       "  relais get clinic cases/17 --history\n"
       "  relais get clinic cases/17 --at 1f0c.3f9a1c20.7           just after that change\n"
       "  relais get clinic cases/17 --at 2026-03-01T09:30:00Z\n"
       "  relais get clinic cases/17 --since 2026-03-01T09:30:00Z   what changed since\n"
       "      changes and times as --history prints them"},
      [](CLI::App& app, GetCommand& command) {
        CLI::Option* history =
            app.add_flag("--history", command.history, "Who changed what, and when");
        add_moment(app, "--at", command.at, "As of a change or a time")->excludes(history);
        add_moment(app, "--since", command.since,
                   "What is different from a change or a time, to now or to --at")
            ->excludes(history);
      });
  commands.add<ListCommand>(
      "list",
      {"List the collections with counts, or the documents of one",
       "  relais list clinic\n"
       "      deleted documents are neither listed nor counted\n"
       "  relais list clinic cases --prefix 2026- --limit 50\n"
       "  relais list clinic cases --after 2026-0050 --limit 50     the next ones\n"
       "  relais list clinic north/cases                            of a scope"},
      [](CLI::App& app, ListCommand& command) {
        app.add_option("COLLECTION", command.collection, "COLLECTION or SCOPE/COLLECTION")
            ->check(check_not_empty);
        app.add_option("--prefix", command.prefix, "Only ids that begin so");
        app.add_option("--after", command.after,
                       "Only ids that come after this one, as bytes sort");
        app.add_option("--limit", command.limit, "At most so many ids")
            ->check(check_number(1, UINT64_MAX));
      });
  commands.add<ConflictsCommand>(
      "conflicts",
      {"List fields that were written at once, with every value", "  relais conflicts clinic"});
  commands.add<StatusCommand>(
      "status", {"Show the space, its devices and what is here",
                 "  relais status clinic\n"
                 "      deleted documents are counted too, unlike by `list` and `export`"});
  commands.add<VerifyCommand>(
      "verify", {"Check every signature, block and document",
                 "  relais verify clinic\n"
                 "      counts all that it checks, also of deleted documents, members and names"});
}

void add_revising_commands(Commands& commands) {
  constexpr const char* kPath = "The field, or '' for all of the document";
  commands.add<UndoCommand>("undo", {"Take back this device's last change of a document",
                                     "  relais undo clinic cases/17"});
  commands.add<VoidCommand>(
      "void",
      {"Delete a field, or a document, for a reason that can be read",
       "  relais void clinic cases/17 medical/weight_kg --reason 'another patient'\n"
       "  relais void clinic cases/17 '' --reason 'entered twice'"},
      [](CLI::App& app, VoidCommand& command) {
        add_required(app, "PATH", command.path, kPath);
        add_required(app, "--reason", command.reason, "Why, for those who look for it later");
      });
  commands.add<RestoreCommand>("restore",
                               {"Take back the deletion of a field, or of a document",
                                "  relais restore clinic cases/17 medical\n"
                                "  relais restore clinic cases/17 ''"},
                               [](CLI::App& app, RestoreCommand& command) {
                                 add_required(app, "PATH", command.path, kPath);
                               });
  commands.add<ResolveCommand>(
      "resolve",
      {"Settle a conflict by one of its values, or as shown",
       "  relais resolve clinic cases/17 priority '\"urgent\"'     text needs quotes of its own\n"
       "  relais resolve clinic cases/17 medical --keep           as shown, there and below"},
      [](CLI::App& app, ResolveCommand& command) {
        add_required(app, "PATH", command.path, kPath);
        CLI::Option* value =
            app.add_option("VALUE", command.value, "The value that is right, as JSON");
        app.add_flag("--keep", command.keep, "What is shown is right, at PATH and below")
            ->excludes(value);
      });
}

void add_sync_commands(Commands& commands) {
  commands.add<ServeCommand>(
      "serve",
      {"Answer devices that come to join or to sync, until stopped",
       "  relais serve clinic --listen 0.0.0.0:7400\n"
       "  relais serve clinic --listen 127.0.0.1:0 --invite --minutes 30"},
      [](CLI::App& app, ServeCommand& command) {
        add_address(app, "--listen", command.address,
                    "HOST:PORT; port 0 for any that is free, host 0.0.0.0 for every network");
        app.add_flag("--once", command.once, "End after the first sync");
        CLI::Option* invite =
            app.add_flag("--invite", command.invite, "Print an invitation for one device too");
        add_minutes(app, command.minutes)->needs(invite);
      });
  commands.add<SyncCommand>(
      "sync",
      {"Meet another device until both hold the same", "  relais sync clinic --with 10.0.0.5:7400"},
      [](CLI::App& app, SyncCommand& command) {
        add_address(app, "--with", command.address, "HOST:PORT of a device that serves");
      });
}

}  // namespace

void add_commands(CLI::App& app, Selected& selected) {
  Commands commands(app, selected);
  commands.begin_group("Make and join a space");
  add_space_commands(commands);
  commands.begin_group("Write documents");
  add_data_commands(commands);
  commands.begin_group("Read documents");
  add_reading_commands(commands);
  commands.begin_group("Take back and settle");
  add_revising_commands(commands);
  commands.begin_group("Sync");
  add_sync_commands(commands);
}

}  // namespace cli
