#include "document_report.h"

#include "moment.h"

namespace cli {
namespace {

using relais::ConflictView;
using relais::FieldEdit;
using Action = FieldEdit::Action;

Json provenance_json(const relais::Provenance& written, DeviceNames& names) {
  Json object{{"time", iso_time_ms(written.time_ms)},
              {"device", to_hex(written.device.view())},
              {"device_name", names.name(written.device)},
              {"author", to_hex(written.author.view())},
              {"seq", written.seq}};
  if (!written.user.empty()) object["user"] = written.user;
  return object;
}

std::string writer_text(const relais::Provenance& written, DeviceNames& names) {
  const std::string device = names.label(written.device);
  return written.user.empty() ? device : written.user + " on " + device;
}

Json versions_json(const std::vector<relais::Version>& versions, DeviceNames& names) {
  Json list = Json::array();
  for (const relais::Version& version : versions) {
    Json entry{{"value", value_json(version.value)}};
    entry.update(provenance_json(version.written, names));
    list.push_back(std::move(entry));
  }
  return list;
}

std::string_view action_name(Action action) {
  switch (action) {
    case Action::set: return "set";
    case Action::make: return "make";
    case Action::erase: return "delete";
    case Action::make_void: return "void";
    case Action::insert: return "insert";
    case Action::move: return "move";
    case Action::insert_text: return "insert_text";
    case Action::erase_text: return "delete_text";
    case Action::count: return "count";
    case Action::add: return "add";
    case Action::remove: return "remove";
    case Action::take_back: return "take_back";
    case Action::restore: return "restore";
    case Action::keep: return "keep";
  }
  return "set";
}

Json edit_json(const FieldEdit& edit) {
  Json object{{"path", edit.path}, {"action", action_name(edit.action)}};
  if (edit.action == Action::count || edit.action == Action::erase_text) {
    object["count"] = edit.count;
  } else if (!edit.value.is_null() || edit.action == Action::set) {
    object["value"] = value_json(edit.value);
  }
  return object;
}

std::string value_text(const relais::Value& value) {
  return value_json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What an edit did, in a few words.
std::string edit_text(const FieldEdit& edit) {
  const std::string value = value_text(edit.value);
  switch (edit.action) {
    case Action::set: return " = " + value;
    case Action::make: return " made";
    case Action::erase: return " deleted";
    case Action::make_void: return " made void: " + value;
    case Action::insert: return edit.value.is_null() ? " inserted" : " inserted: " + value;
    case Action::move: return " moved";
    case Action::insert_text: return " + " + value;
    case Action::erase_text:
      return " - " + counted(static_cast<std::uint64_t>(edit.count), "character");
    case Action::count: return " counted, " + std::to_string(edit.count) + " in all";
    case Action::add: return " with " + value;
    case Action::remove: return " without " + value;
    case Action::take_back: return " taken back";
    case Action::restore: return " restored";
    case Action::keep: return " kept";
  }
  return {};
}

std::string by_whom(const relais::Provenance& written, DeviceNames& names) {
  return "  by " + writer_text(written, names) + ", " + local_time(written.time_ms);
}

void say_version(const relais::Version& version, bool shown, DeviceNames& names) {
  say("    " + value_text(version.value) + by_whom(version.written, names) +
      (shown ? ", shown first" : ""));
}

void say_deletion(const relais::VoidView& gone, DeviceNames& names) {
  say("    " + (gone.reason.empty() ? "deleted" : value_text(gone.reason)) +
      by_whom(gone.written, names));
}

}  // namespace

Json document_json(const relais::DocumentId& document) {
  Json object;
  if (!document.scope.empty()) object["scope"] = document.scope;
  object["collection"] = document.collection;
  object["id"] = document.id;
  return object;
}

Json void_json(const relais::VoidView& gone, DeviceNames& names) {
  Json object{{"path", gone.path}};
  if (!gone.reason.empty()) object["reason"] = gone.reason;
  if (gone.partly) object["partly"] = true;
  object.update(provenance_json(gone.written, names));
  return object;
}

Json conflict_json(const ConflictView& conflict, DeviceNames& names) {
  Json object{{"path", conflict.path},
              {"kind", kind_name(conflict.kind)},
              {"kinds_clash", conflict.kinds_clash},
              {"revived", conflict.revived},
              {"moved", conflict.moved},
              {"versions", versions_json(conflict.versions, names)}};
  if (!conflict.deletions.empty()) {
    object["deletions"] = Json::array();
    for (const auto& each : conflict.deletions)
      object["deletions"].push_back(void_json(each, names));
  }
  return object;
}

Json entry_json(const relais::HistoryEntry& entry, DeviceNames& names) {
  Json object{{"change", change_name(entry.id)}};
  object.update(provenance_json(entry.written, names));
  object["edits"] = Json::array();
  for (const FieldEdit& edit : entry.edits) object["edits"].push_back(edit_json(edit));
  return object;
}

Json difference_json(const relais::FieldDifference& difference) {
  Json object{{"path", difference.path}};
  if (!difference.before.empty()) object["before"] = Json::parse(difference.before, nullptr, false);
  if (!difference.after.empty()) object["after"] = Json::parse(difference.after, nullptr, false);
  return object;
}

void say_document(const std::string& text) {
  const Json parsed = Json::parse(text, nullptr, false);
  parsed.is_discarded() ? say(text) : say_pretty(parsed);
}

void say_conflict(const ConflictView& conflict, DeviceNames& names) {
  say("  " + (conflict.path.empty() ? "the whole document" : conflict.path), Tone::conflict);
  for (const relais::Version& version : conflict.versions) {
    say_version(version, &version == &conflict.versions.front(), names);
  }
  if (conflict.kinds_clash) {
    say("    Two kinds of field were written there at once. This one is a " +
        std::string(kind_name(conflict.kind)) + '.');
  }
  if (conflict.revived) {
    say("    One device deleted it while another wrote to it. All of it is shown until someone");
    say("    restores or deletes it.");
    for (const auto& each : conflict.deletions) say_deletion(each, names);
  }
  if (conflict.moved) say("    Two devices moved it at once. The later place is shown.");
}

void say_void(const relais::VoidView& gone, DeviceNames& names) {
  const char* const all = gone.partly ? "a part of the document" : "the whole document";
  say("  " + (gone.path.empty() ? all : gone.path));
  say_deletion(gone, names);
}

void say_difference(const relais::FieldDifference& difference) {
  const auto shown = [](const std::string& json) { return json.empty() ? "not there" : json; };
  say(difference.path);
  say("  before  " + shown(difference.before));
  say("  after   " + shown(difference.after));
}

void say_entry(const relais::HistoryEntry& entry, DeviceNames& names) {
  say("  " + short_change_name(entry.id) + "  " + local_time(entry.written.time_ms) + "  by " +
      writer_text(entry.written, names));
  for (const FieldEdit& edit : entry.edits) {
    say("      " + edit.path + edit_text(edit));
  }
}

}  // namespace cli
