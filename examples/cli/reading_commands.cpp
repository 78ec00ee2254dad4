#include "data_commands.h"
#include "document_name.h"
#include "document_report.h"
#include "moment.h"
#include "with_document.h"

/// `get` and `conflicts`.
namespace cli {
namespace {

using relais::ConflictView;
using relais::DocumentId;
using relais::ErrorCode;
using relais::Moment;
using relais::Replica;
using relais::Result;
using History = std::vector<relais::HistoryEntry>;

/// What `get` shows of a document as it is now.
struct Shown {
  std::string text;  ///< empty: it is deleted
  std::vector<ConflictView> conflicts;
  std::vector<relais::VoidView> voids;
  History history;
};

/// Puts a result's value where it belongs.
template <class T>
Outcome take(Result<T> result, T& into) {
  if (!result) return Fault{std::move(result).error()};
  into = std::move(*result);
  return {};
}

Outcome read_text(const Replica& replica, const DocumentId& name, Shown& shown) {
  Outcome fault = take(replica.json(name), shown.text);
  if (!fault || fault->error.code() != ErrorCode::not_found) return fault;
  if (!shown.history.empty()) return {};  // what is deleted has a past
  if (replica.history(name)) {
    fault->advice = "It was deleted: `relais get DIR DOCUMENT --history` shows by whom and when.";
  }
  return fault;
}

Outcome read(const Replica& replica, const DocumentId& name, bool history, Shown& shown) {
  Outcome fault;
  if (history) fault = take(replica.history(name), shown.history);
  if (!fault) fault = read_text(replica, name, shown);
  if (!fault) fault = take(replica.conflicts_of(name), shown.conflicts);
  if (!fault) fault = take(replica.voids(name), shown.voids);
  return fault;
}

template <class List, class ToJson, class... Names>
Json json_list(const List& list, const ToJson& to_json, Names&... names) {
  Json array = Json::array();
  for (const auto& entry : list) array.push_back(to_json(entry, names...));
  return array;
}

template <class List, class Say>
void say_section(std::string_view title, const List& list, const Say& say_one, DeviceNames& names) {
  if (list.empty()) return;
  say("");
  say(title, Tone::heading);
  for (const auto& entry : list) say_one(entry, names);
}

Json with_doc(Json object, const std::string& text) {
  if (!text.empty()) object["doc"] = Json::parse(text, nullptr, false);
  return object;
}

Outcome show_now(const GetCommand& command, const Replica& replica, const DocumentId& name) {
  Shown shown;
  if (Outcome fault = read(replica, name, command.history, shown)) return fault;
  DeviceNames names(replica);
  if (command.json) {
    Json object = with_doc(document_json(name), shown.text);
    object["conflicts"] = json_list(shown.conflicts, conflict_json, names);
    object["voids"] = json_list(shown.voids, void_json, names);
    if (command.history) object["history"] = json_list(shown.history, entry_json, names);
    say_json(object);
    return {};
  }
  shown.text.empty() ? say("Deleted.") : say_document(shown.text);
  say_section("Conflicts", shown.conflicts, say_conflict, names);
  say_section("Void", shown.voids, say_void, names);
  say_section("History", shown.history, say_entry, names);
  return {};
}

/// A fault of the past says where its moments are listed.
Fault past_fault(const relais::Error& error) {
  Fault fault = fault_of(error);
  const bool names_no_moment =
      error.code() == ErrorCode::not_found || error.code() == ErrorCode::invalid_argument;
  if (names_no_moment) {
    fault.advice =
        "`relais get DIR DOCUMENT --history` lists the changes, with names and times; "
        "with --json, with the whole of their names.";
  }
  return fault;
}

Result<Moment> moment_of(const std::string& text, const History& history) {
  if (text.empty()) return Moment::now();
  return find_moment(text, history);
}

Outcome show_then(const GetCommand& command, const Replica& replica, const DocumentId& name,
                  const Moment& at) {
  const auto text = replica.json(name, at);
  if (!text) return past_fault(text.error());
  command.json ? say_json(with_doc(document_json(name), *text)) : say_document(*text);
  return {};
}

Outcome show_differences(const GetCommand& command, const Replica& replica, const DocumentId& name,
                         const Moment& from, const Moment& to) {
  const auto differences = replica.differences(name, from, to);
  if (!differences) return Fault{differences.error()};
  if (command.json) {
    Json object = document_json(name);
    object["differences"] = json_list(*differences, difference_json);
    say_json(object);
    return {};
  }
  for (const auto& difference : *differences) say_difference(difference);
  if (differences->empty()) say("Nothing is different.");
  return {};
}

Outcome show_past(const GetCommand& command, const Replica& replica, const DocumentId& name) {
  const auto history = replica.history(name);
  if (!history) return Fault{history.error()};
  const auto at = moment_of(command.at, *history);
  if (!at) return past_fault(at.error());
  if (command.since.empty()) return show_then(command, replica, name, *at);
  const auto since = moment_of(command.since, *history);
  if (!since) return past_fault(since.error());
  return show_differences(command, replica, name, *since, *at);
}

}  // namespace

Outcome GetCommand::run() const {
  return with_document(folder, document, [this](const Replica& replica, const DocumentId& name) {
    const bool now = at.empty() && since.empty();
    return now ? show_now(*this, replica, name) : show_past(*this, replica, name);
  });
}

namespace {

/// How many documents they are in; those of one document stand together.
std::size_t documents_of(const std::vector<ConflictView>& conflicts) {
  std::size_t documents = 0;
  const DocumentId* last = nullptr;
  for (const ConflictView& conflict : conflicts) {
    documents += last == nullptr || *last != conflict.document;
    last = &conflict.document;
  }
  return documents;
}

Json conflicts_json(const std::vector<ConflictView>& conflicts, DeviceNames& names) {
  Json list = Json::array();
  for (const ConflictView& conflict : conflicts) {
    Json object = document_json(conflict.document);
    object.update(conflict_json(conflict, names));
    list.push_back(std::move(object));
  }
  return Json{{"conflicts", std::move(list)}, {"documents", documents_of(conflicts)}};
}

void say_conflicts(const std::vector<ConflictView>& conflicts, const std::string& folder,
                   DeviceNames& names) {
  if (conflicts.empty()) return say("There are no conflicts.");
  const DocumentId* last = nullptr;
  for (const ConflictView& conflict : conflicts) {
    if (last == nullptr || *last != conflict.document) {
      say(to_text(conflict.document), Tone::heading);
    }
    last = &conflict.document;
    say_conflict(conflict, names);
  }
  say("");
  say(counted(conflicts.size(), "conflict") + " in " +
      counted(documents_of(conflicts), "document") + '.');
  say("To settle one by a value that is listed:  relais resolve " + folder +
      " COLLECTION/ID PATH VALUE");
  say("To settle one by any other value:         relais put " + folder +
      " COLLECTION/ID PATH=JSON");
}

}  // namespace

Outcome ConflictsCommand::run() const {
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  std::vector<ConflictView> conflicts;
  const auto read =
      replica->conflicts([&](const ConflictView& conflict) { conflicts.push_back(conflict); });
  if (!read) return Fault{read.error()};
  DeviceNames names(*replica);
  json ? say_json(conflicts_json(conflicts, names)) : say_conflicts(conflicts, folder, names);
  return fault_of(*read);
}

}  // namespace cli
