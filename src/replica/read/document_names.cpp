#include <algorithm>
#include <set>

#include "base/try.h"
#include "replica/read/read_view.h"

namespace relais::replica {
namespace {

using store::Family;
using Visit = std::function<Result<bool>(const DocumentId&)>;
using Compartments = std::vector<store::CompartmentNo>;

/// The keys of a family that are `prefix` and a document key.
struct Keys {
  const store::Reads& reads;
  Family family;
  Bytes prefix;

  Bytes of(store::CompartmentNo compartment) const {
    return Bytes(prefix).append(store::document_prefix(compartment));
  }
  /// Up to where the ids of a collection begin.
  Bytes of(store::CompartmentNo compartment, const std::string& collection) const {
    return of(compartment).append(collection).append(1, '\0');
  }
};

/// The collections of a compartment, by skipping from each to the next.
Status add_collections(const Keys& keys, store::CompartmentNo compartment,
                       std::set<std::string>& collections) {
  Bytes from = keys.of(compartment);
  const Bytes end = store::after_prefix(from);
  while (true) {
    const auto cursor = keys.reads.scan(keys.family, from, end);
    if (!cursor->valid()) return cursor->status();
    const auto name = store::parse_document_key(cursor->key().substr(keys.prefix.size()));
    if (!name) return Error(ErrorCode::corrupt, "A document's key in the store is damaged.");
    collections.insert(name->address.collection);
    from = store::after_prefix(keys.of(compartment, name->address.collection));
  }
}

/// Walks several ranges at once in the order of the documents' ids, each id once.
class Merge {
 public:
  explicit Merge(const Keys& keys) : keys_(keys) {}

  void add(BytesView begin, BytesView end) {
    sources_.push_back({keys_.reads.scan(keys_.family, begin, end), {}});
    read(sources_.back());
  }

  Result<bool> next(std::string& id) {
    const std::string* least = nullptr;
    for (const Source& source : sources_) {
      if (source.cursor->valid() && (least == nullptr || source.id < *least)) least = &source.id;
    }
    if (least == nullptr) {
      for (const Source& source : sources_) RELAIS_TRY(source.cursor->status());
      return false;
    }
    id = *least;
    for (Source& source : sources_) {
      if (!source.cursor->valid() || source.id != id) continue;
      source.cursor->next();
      read(source);
    }
    return true;
  }

 private:
  struct Source {
    std::unique_ptr<store::Iterator> cursor;
    std::string id;
  };

  void read(Source& source) const {
    if (!source.cursor->valid()) return;
    const auto name = store::parse_document_key(source.cursor->key().substr(keys_.prefix.size()));
    source.id = name ? name->address.id : std::string();
  }

  const Keys& keys_;
  std::vector<Source> sources_;
};

/// Whether to go on, as `visit` says; so too below.
Result<bool> each_in_collection(const Keys& keys, const Compartments& compartments,
                                DocumentId document, const Visit& visit) {
  Merge merge(keys);
  for (const auto compartment : compartments) {
    // Document keys put UUIDs before other ids: one range each, so that the ids come as text sorts.
    const Bytes begin = keys.of(compartment, document.collection);
    const Bytes middle = Bytes(begin).append(1, '\2');
    merge.add(begin, middle);
    merge.add(middle, store::after_prefix(begin));
  }
  while (true) {
    RELAIS_ASSIGN(const bool more, merge.next(document.id));
    if (!more) return true;
    RELAIS_ASSIGN(const bool go_on, visit(document));
    if (!go_on) return false;
  }
}

Result<bool> each_in_scope(const ReadSource& from, const Keys& keys, const std::string& scope,
                           const Visit& visit) {
  Compartments compartments;
  std::set<std::string> collections;
  for (const CompartmentId& id : compartments_of(from, scope)) {
    compartments.push_back(*from.logs.compartment_no(id));
    RELAIS_TRY(add_collections(keys, compartments.back(), collections));
  }
  for (const std::string& collection : collections) {
    if (collection.front() == kReservedPrefix) continue;
    RELAIS_ASSIGN(const bool go_on,
                  each_in_collection(keys, compartments, {scope, collection, {}}, visit));
    if (!go_on) return false;
  }
  return true;
}

Status each(const ReadSource& from, const Keys& keys, const Visit& visit) {
  std::set<std::string> scopes;
  for (const auto& compartment : from.control.membership.compartments()) {
    scopes.insert(compartment.scope);
  }
  for (const std::string& scope : scopes) {
    RELAIS_ASSIGN(const bool go_on, each_in_scope(from, keys, scope, visit));
    if (!go_on) break;
  }
  return {};
}

}  // namespace

Status each_name(const ReadSource& from, const Visit& visit) {
  return each(from, {from.store, Family::documents, {}}, visit);
}

Status each_conflicting(const ReadSource& from, const Visit& visit) {
  return each(from, {from.store, Family::index, store::conflict_key({})}, visit);
}

}  // namespace relais::replica
