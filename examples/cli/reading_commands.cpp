#include "data_commands.h"
#include "document_name.h"
#include "document_report.h"

/// `get` and `conflicts`.
namespace cli {
namespace {

using relais::ConflictView;
using relais::DocumentId;
using relais::Replica;

}  // namespace

Outcome GetCommand::run() const {
  const auto name = parse_document_name(document);
  if (!name) return usage_fault(name.error());
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  const auto text = replica->json(*name);
  if (!text) return Fault{text.error()};
  const auto conflicts = replica->conflicts_of(*name);
  if (!conflicts) return Fault{conflicts.error()};
  relais::Result<std::vector<relais::HistoryEntry>> entries{std::vector<relais::HistoryEntry>{}};
  if (history) entries = replica->history(*name);
  if (!entries) return Fault{entries.error()};

  DeviceNames names(*replica);
  if (json) {
    Json object = document_json(*name);
    object["doc"] = Json::parse(*text, nullptr, false);
    object["conflicts"] = Json::array();
    for (const auto& conflict : *conflicts) {
      object["conflicts"].push_back(conflict_json(conflict, names));
    }
    if (history) object["history"] = history_json(*entries, names);
    say_json(object);
    return {};
  }
  say_document(*text);
  if (!conflicts->empty()) {
    say("");
    say("Conflicts");
    for (const ConflictView& conflict : *conflicts) say_conflict(conflict, names);
  }
  if (history) say_history(*entries, names);
  return {};
}

Outcome ConflictsCommand::run() const {
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  std::vector<ConflictView> conflicts;
  const relais::Status read =
      replica->conflicts([&](const ConflictView& conflict) { conflicts.push_back(conflict); });
  if (!read) return Fault{read.error()};

  DeviceNames names(*replica);
  if (json) {
    Json list = Json::array();
    for (const ConflictView& conflict : conflicts) {
      Json object = document_json(conflict.document);
      object.update(conflict_json(conflict, names));
      list.push_back(std::move(object));
    }
    say_json(Json{{"conflicts", std::move(list)}});
    return {};
  }
  const DocumentId* last = nullptr;
  for (const ConflictView& conflict : conflicts) {
    if (last == nullptr || *last != conflict.document) say(printable(to_text(conflict.document)));
    last = &conflict.document;
    say_conflict(conflict, names);
  }
  if (conflicts.empty()) {
    say("No conflicts.");
  } else {
    say("");
    say("To settle one, write the value that is right: relais put " + folder +
        " COLLECTION/ID PATH=JSON");
  }
  return {};
}

}  // namespace cli
