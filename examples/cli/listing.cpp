#include "listing.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace cli {
namespace {

using relais::DocumentId;
using relais::Replica;
using relais::Result;

/// Whether a listing may stop there.
bool is_past(const DocumentId& document, const ListQuery& query) {
  return std::tie(document.scope, document.collection) > std::tie(query.scope, query.collection);
}

bool is_listed(const DocumentId& document, const ListQuery& query) {
  return document.scope == query.scope && document.collection == query.collection &&
         document.id.starts_with(query.prefix) && document.id > query.after;
}

}  // namespace

Result<Listing> list_documents(const Replica& replica, const ListQuery& query) {
  Listing listing;
  std::vector<std::string>& ids = listing.ids;
  const auto is_enough = [&] { return query.limit != 0 && ids.size() > query.limit; };
  const auto unreadable = replica.each_document([&](const DocumentId& document, std::string_view) {
    if (is_listed(document, query)) ids.push_back(document.id);
    return !is_enough() && !is_past(document, query);
  });
  if (!unreadable) return unreadable.error();
  for (const relais::Unreadable& one : *unreadable) {
    if (is_listed(one.document, query)) ids.push_back(one.document.id);
  }
  std::sort(ids.begin(), ids.end());
  listing.more = is_enough();
  if (listing.more) ids.resize(query.limit);
  return listing;
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
