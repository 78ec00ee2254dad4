#include "listing.h"

#include <map>
#include <string_view>
#include <utility>

namespace cli {
namespace {

using relais::DocumentId;
using relais::Replica;
using relais::Result;

/// A deleted document still has a place in the store; one that can't be read is there.
bool is_there(const Replica& replica, const DocumentId& document) {
  const auto json = replica.json(document);
  return json || json.error().code() != relais::ErrorCode::not_found;
}

}  // namespace

Result<Listing> list_documents(const Replica& replica, const ListQuery& query) {
  Listing listing;
  relais::ListOptions page;
  page.scope = query.scope;
  page.collection = query.collection;
  page.prefix = query.prefix;
  page.after = query.after;
  while (true) {
    const auto documents = replica.list(page);
    if (!documents) return documents.error();
    for (const DocumentId& document : *documents) {
      if (!is_there(replica, document)) continue;
      listing.more = query.limit != 0 && listing.ids.size() == query.limit;
      if (listing.more) return listing;
      listing.ids.push_back(document.id);
    }
    if (documents->size() < page.limit) return listing;
    page.after = documents->back().id;
  }
}

Result<std::vector<Collection>> list_collections(const Replica& replica) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
  const auto unreadable = replica.each_document([&](const DocumentId& document, std::string_view) {
    ++counts[{document.scope, document.collection}];
    return true;
  });
  if (!unreadable) return unreadable.error();
  for (const relais::Unreadable& one : *unreadable) {
    ++counts[{one.document.scope, one.document.collection}];
  }
  std::vector<Collection> collections;
  for (const auto& [name, documents] : counts) {
    collections.push_back({name.first, name.second, documents});
  }
  return collections;
}

}  // namespace cli
