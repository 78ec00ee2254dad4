#include "data_commands.h"
#include "document_name.h"
#include "document_report.h"
#include "listing.h"
#include "report.h"
#include "table.h"

/// `list`.
namespace cli {
namespace {

using relais::DocumentId;
using relais::Replica;

Outcome show_collections(const Replica& replica, bool json) {
  const auto collections = list_collections(replica);
  if (!collections) return Fault{collections.error()};
  std::uint64_t documents = 0;
  for (const Collection& each : *collections) documents += each.documents;
  if (json) {
    Json list = Json::array();
    for (const Collection& each : *collections) {
      Json entry;
      if (!each.scope.empty()) entry["scope"] = each.scope;
      entry["collection"] = each.name;
      entry["documents"] = each.documents;
      list.push_back(std::move(entry));
    }
    say_json(Json{{"collections", std::move(list)}, {"documents", documents}});
    return {};
  }
  if (collections->empty()) {
    report_note("There are no documents.", false);
    return {};
  }
  Table table({1});
  table.add({"Collection", "Documents"});
  for (const Collection& each : *collections) {
    table.add({each.scope.empty() ? each.name : each.scope + '/' + each.name,
               std::to_string(each.documents)});
  }
  table.add({"In all", std::to_string(documents)});
  table.print("", Tone::heading);
  return {};
}

void say_ids(const DocumentId& collection, const Listing& listing) {
  for (const std::string& id : listing.ids) {
    say(to_text({collection.scope, collection.collection, id}));
  }
  // Beside what is listed: a pipe gets names alone.
  if (listing.ids.empty()) report_note("There are no such documents.", false);
  if (listing.more) {
    report_note("There are more: --after " + listing.ids.back() + " lists the next ones.", false);
  }
}

}  // namespace

Outcome ListCommand::run() const {
  const bool of_ids = !prefix.empty() || !after.empty() || limit != 0;
  if (collection.empty() && of_ids) {
    return usage_fault(
        relais::Error(relais::ErrorCode::invalid_argument,
                      "--prefix, --after and --limit are of a collection: name COLLECTION too."));
  }
  DocumentId place;
  if (!collection.empty()) {
    const auto name = parse_collection_name(collection);
    if (!name) return usage_fault(name.error());
    place = *name;
  }
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  if (collection.empty()) return show_collections(*replica, json);
  const auto listing =
      list_documents(*replica, {place.scope, place.collection, prefix, after, limit});
  if (!listing) return Fault{listing.error()};
  if (!json) {
    say_ids(place, *listing);
    return {};
  }
  Json object;
  if (!place.scope.empty()) object["scope"] = place.scope;
  object["collection"] = place.collection;
  object["ids"] = listing->ids;
  object["more"] = listing->more;
  say_json(object);
  return {};
}

}  // namespace cli
