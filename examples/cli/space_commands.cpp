#include "space_commands.h"

#include "interruption.h"
#include "path_step.h"
#include "report.h"
#include "table.h"

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;
using relais::Replica;

/// A field at the top of a document, written as in a path. Fails: invalid_argument.
relais::Result<std::string> parse_section_name(std::string_view step) {
  std::string name;
  for (std::size_t at = 0; at < step.size(); ++at) {
    if (step[at] == '/') {
      return Error(ErrorCode::invalid_argument,
                   "A section is a field at the top of a document: its name has no '/'. Write ~1 "
                   "for a '/' in the name of the field.");
    }
    if (step[at] != '~') {
      name += step[at];
      continue;
    }
    const char code = ++at < step.size() ? step[at] : '\0';
    if (code != '0' && code != '1') {
      return Error(ErrorCode::invalid_argument, "In the name of a section, ~ is written ~0.");
    }
    name += code == '0' ? '~' : '/';
  }
  return name;
}

/// COLLECTION/SECTION=LABEL; without SECTION the collection's default, without both the space's.
relais::Result<relais::SectionRule> parse_section(std::string_view text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals + 1 == text.size()) {
    return Error(ErrorCode::invalid_argument, "A section is written COLLECTION/SECTION=LABEL.");
  }
  const std::string_view place = text.substr(0, equals);
  const std::size_t slash = std::min(place.find('/'), place.size());
  relais::SectionRule rule;
  rule.collection = place.substr(0, slash);
  auto section = parse_section_name(place.substr(std::min(slash + 1, place.size())));
  if (!section) return section.error();
  rule.section = std::move(*section);
  rule.label = text.substr(equals + 1);
  return rule;
}

/// Closes the collection's own rule. Where it has none, it gets one, with the space's label.
void close_collection(const std::string& collection, std::vector<relais::SectionRule>& rules) {
  relais::SectionRule made{collection, "", "records", true};
  for (relais::SectionRule& rule : rules) {
    if (!rule.section.empty()) continue;
    if (rule.collection.empty()) made.label = rule.label;
    if (rule.collection != collection) continue;
    rule.closed = true;
    return;
  }
  rules.push_back(std::move(made));
}

void say_created(const InitCommand& command, const relais::StatusReport& status,
                 const std::string& phrase) {
  if (command.json) {
    return say_json(Json{{"space", to_hex(status.space.view())},
                         {"space_name", command.space},
                         {"device", to_hex(status.device.view())},
                         {"device_name", command.device},
                         {"recovery_phrase", phrase}});
  }
  say("The space \"" + command.space + "\" is made in " + command.folder + '.');
  say("This device is its first owner: " + device_label(status.device, command.device) + '.');
  say("");
  say("This is the recovery phrase. It is shown only now, and is kept nowhere:");
  say("");
  say("  " + phrase);
  say("");
  say("Write it on paper and lock the paper away. It is the root key of the space: it will be");
  say("needed to name new owners if the devices of all owners are lost. No command takes it yet:");
  say("keep it. Whoever finds it controls the space.");
  say("");
  say("Next: relais import " + command.folder + " FILE.ndjson    to bring data in");
  say("      relais invite " + command.folder + "                to let another device join");
}

/// The space is of no use to those who did not see its phrase.
Outcome check_shown(const std::string& folder) {
  const Outcome shown = close_output(true);
  if (!shown) return {};
  return Fault{Error(shown->error.code(), "The space exists in " + folder +
                                              ", but its recovery phrase was not shown, and can't "
                                              "be shown again: the output could not be written."),
               kExitFailed,
               "Delete the folder, and make the space again before any other device joins."};
}

void say_members(const relais::StatusReport& status) {
  say("Members", Tone::heading);
  Table members;
  for (const auto& member : status.members) {
    members.add({device_label(member.device, member.name), std::string(to_string(member.level)),
                 member.self ? "this device" : ""});
  }
  members.print("  ");
  say("Parts of the space", Tone::heading);
  for (const auto& part : status.compartments) {
    const std::string scope = part.scope.empty() ? "" : part.scope + '/';
    say("  " + scope + part.label + (part.readable ? "" : ", not readable here"));
  }
}

void say_rules(const std::vector<relais::SectionRule>& rules) {
  say("Sections", Tone::heading);
  for (const relais::SectionRule& rule : rules) {
    const std::string collection = rule.collection.empty() ? "all others" : rule.collection;
    const std::string section = rule.section.empty() ? "" : '/' + step_of(rule.section);
    say("  " + collection + section + " in " + rule.label + (rule.closed ? ", closed" : ""));
  }
}

void say_status(const relais::StatusReport& status) {
  say("Space      " + (status.space_name.empty() ? "name not known yet" : status.space_name) +
      " (" + to_hex(status.space.view()).substr(0, 8) + ')');
  say("Device     " + device_label(status.device, status.device_name) + ", " +
      std::string(to_string(status.level)));
  // Those are what the store keeps a place for: `list` and `export` leave out what was deleted.
  say("Documents  " + std::to_string(status.documents) + ", deleted ones included");
  if (status.conflicts != 0) {
    say("Conflicts  in " + counted(status.conflicts, "document"), Tone::conflict);
  }
  say("Changes    " + std::to_string(status.changes) + " in " + counted(status.logs, "log"));
  if (status.waiting != 0) {
    say("Waiting    " + counted(status.waiting, "change") + " for earlier ones, from a later sync");
  }
  if (status.set_aside != 0) {
    say("Set aside  " + counted(status.set_aside, "change") +
        ", misfiled, not readable or not the writer's to make");
  }
  if (status.held_pieces != 0) {
    say("Held back  " + counted(status.held_pieces, "part") +
        " of logs whose author may not write");
  }
  for (const std::string& warning : status.warnings) say("Warning    " + warning);
  say_members(status);
}

Json rules_json(const std::vector<relais::SectionRule>& rules) {
  Json all = Json::array();
  for (const relais::SectionRule& rule : rules) {
    all.push_back({{"collection", rule.collection},
                   {"section", rule.section},
                   {"label", rule.label},
                   {"closed", rule.closed}});
  }
  return all;
}

Json awaited_json(const std::vector<relais::StatusReport::Awaited>& awaited) {
  using Why = relais::StatusReport::Awaited::Why;
  Json all = Json::array();
  for (const auto& each : awaited) {
    Json item{{"changes", each.changes}};
    if (each.device) item["device"] = to_hex(each.device->view());
    item["why"] = each.why == Why::missing ? "missing" : "other_history";
    all.push_back(std::move(item));
  }
  return all;
}

Json status_json(const relais::StatusReport& status) {
  Json members = Json::array();
  for (const auto& member : status.members) {
    members.push_back({{"device", to_hex(member.device.view())},
                       {"name", member.name},
                       {"level", to_string(member.level)},
                       {"self", member.self}});
  }
  Json parts = Json::array();
  for (const auto& part : status.compartments) {
    parts.push_back({{"scope", part.scope}, {"label", part.label}, {"readable", part.readable}});
  }
  return Json{{"space", to_hex(status.space.view())},
              {"space_name", status.space_name},
              {"device", to_hex(status.device.view())},
              {"device_name", status.device_name},
              {"author", to_hex(status.author.view())},
              {"level", to_string(status.level)},
              {"documents", status.documents},
              {"conflicts", status.conflicts},
              {"changes", status.changes},
              {"logs", status.logs},
              {"waiting", status.waiting},
              {"awaited", awaited_json(status.awaited)},
              {"set_aside", status.set_aside},
              {"held_pieces", status.held_pieces},
              {"warnings", status.warnings},
              {"members", std::move(members)},
              {"compartments", std::move(parts)}};
}

}  // namespace

Outcome InitCommand::run() const {
  relais::CreateOptions options;
  options.space_name = space;
  options.device_name = device;
  for (const std::string& text : sections) {
    auto rule = parse_section(text);
    if (!rule) return usage_fault(rule.error());
    options.sections.push_back(std::move(*rule));
  }
  for (const std::string& collection : closed) close_collection(collection, options.sections);
  HeldSignals held;  // nobody else knows the phrase: it is shown before they act
  auto created = Replica::create(folder, options);
  if (!created) {
    held.release();
    return fault_of(created.error());
  }
  const auto status = created->replica.status();
  // The phrase is shown whatever else fails: it can't be had again.
  say_created(*this, status ? *status : relais::StatusReport{}, created->recovery_phrase);
  if (Outcome unseen = check_shown(folder)) return unseen;
  held.release();
  if (!status) return Fault{status.error()};
  return {};
}

Outcome InviteCommand::run() const {
  auto replica = Replica::open(folder);
  if (!replica) {
    const bool locked = replica.error().code() == ErrorCode::store_locked;
    return Fault{
        replica.error(), kExitFailed,
        locked ? "If `relais serve` is running there, stop it and start it with --invite." : ""};
  }
  const std::int64_t expires = now_ms() + minutes * 60'000;
  const auto invitation = replica->invite({std::chrono::minutes(minutes), labels});
  if (!invitation) return Fault{invitation.error()};
  if (json) {
    say_json(
        Json{{"invitation", *invitation}, {"expires", iso_time_ms(expires)}, {"labels", labels}});
    return {};
  }
  say("One device may join with this invitation, until " + local_time(expires) + ", for " +
      counted(static_cast<std::uint64_t>(minutes), "minute") + '.');
  say("It is a secret: the first device that uses it joins. Pass it on by hand or by voice.");
  say("");
  say("Here:                 relais serve " + folder + " --listen 0.0.0.0:7400");
  say("On the other device:  relais join DIR --device NAME --at THIS-DEVICE:7400   asks for it");
  say("");
  say(*invitation);
  return {};
}

Outcome StatusCommand::run() const {
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  const auto status = replica->status();
  if (!status) return Fault{status.error()};
  const auto rules = replica->section_rules();
  if (!rules) return Fault{rules.error()};
  if (json) {
    Json all = status_json(*status);
    all["sections"] = rules_json(*rules);
    say_json(all);
  } else {
    say_status(*status);
    say_rules(*rules);
  }
  return {};
}

Outcome VerifyCommand::run() const {
  const Interruption interruption(json, "Interrupted: nothing was changed.");
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  const auto report = replica->verify();
  if (!report) return Fault{report.error()};
  if (json) {
    say_json(Json{{"logs", report->logs},
                  {"changes", report->changes},
                  {"seals", report->seals},
                  {"documents", report->documents},
                  {"problems", report->problems}});
  } else {
    say("Checked " + counted(report->changes, "change") + " in " + counted(report->logs, "log") +
        " with " + counted(report->seals, "signature") + ", and " +
        counted(report->documents, "part") +
        " of documents. Those of the members and of names are counted too.");
    for (const std::string& problem : report->problems) say("Problem: " + problem, Tone::fault);
    if (report->problems.empty()) say("All is well.");
  }
  if (report->problems.empty()) return {};
  return Fault{Error(ErrorCode::corrupt, counted(report->problems.size(), "problem") + " found.")};
}

}  // namespace cli
