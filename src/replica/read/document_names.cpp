#include "replica/read/document_names.h"

#include <algorithm>
#include <set>

#include "base/try.h"
#include "replica/read/read_view.h"

namespace relais::replica {
namespace {

using store::Family;
using Visit = std::function<Result<bool>(const DocumentId&)>;
using Compartments = std::vector<store::CompartmentNo>;

/// The keys of a family that consist of `prefix` and a document's key.
struct Keys {
  const store::Reads& reads;
  Family family;
  Bytes prefix;

  Bytes of(store::CompartmentNo compartment) const {
    return Bytes(prefix).append(store::document_prefix(compartment));
  }
  /// The prefix of a collection's keys.
  Bytes of(store::CompartmentNo compartment, const std::string& collection) const {
    return of(compartment).append(collection).append(1, '\0');
  }
};

/// Adds the collections of a compartment, by a seek to each.
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

/// Merges several ranges in the order of the documents' ids, each id once.
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

/// The first id to visit in a collection: one that isn't less than `id`.
struct From {
  std::string id = {};

  /// The first key to scan in the range of UUIDs, which are stored packed: that of `id` if it is a
  /// UUID, else the range's begin.
  Bytes uuids(const Bytes& begin, store::CompartmentNo compartment, const std::string& collection,
              const Bytes& prefix) const {
    if (id.empty()) return begin;
    Bytes key = Bytes(prefix).append(store::document_key(compartment, {collection, id}));
    const bool is_uuid = key[begin.size()] == '\1';
    return is_uuid ? key : begin;
  }
};

/// False: `visit` returned false.
Result<bool> each_in_collection(const Keys& keys, const Compartments& compartments,
                                DocumentId document, const Visit& visit, const From& from = {}) {
  Merge merge(keys);
  for (const auto compartment : compartments) {
    // Keys of UUIDs sort before those of other ids: merges both ranges, so that ids sort as text.
    const Bytes begin = keys.of(compartment, document.collection);
    const Bytes middle = Bytes(begin).append(1, '\2');
    merge.add(from.uuids(begin, compartment, document.collection, keys.prefix), middle);
    merge.add(Bytes(middle).append(from.id), store::after_prefix(begin));
  }
  while (true) {
    RELAIS_ASSIGN(const bool more, merge.next(document.id));
    if (!more) return true;
    if (document.id < from.id) continue;
    RELAIS_ASSIGN(const bool go_on, visit(document));
    if (!go_on) return false;
  }
}

/// The compartments and collections of a scope.
struct Scope {
  Compartments compartments;
  std::set<std::string> collections;
};
Result<Scope> open_scope(const ReadSource& from, const Keys& keys, const std::string& scope) {
  Scope opened;
  for (const CompartmentId& id : compartments_of(from, scope)) {
    opened.compartments.push_back(*from.logs.compartment_no(id));
    RELAIS_TRY(add_collections(keys, opened.compartments.back(), opened.collections));
  }
  std::erase_if(opened.collections,
                [](const std::string& name) { return name.front() == kReservedPrefix; });
  return opened;
}

std::set<std::string> scopes_of(const ReadSource& from) {
  std::set<std::string> scopes;
  for (const auto& compartment : from.control.membership.compartments()) {
    scopes.insert(compartment.scope);
  }
  return scopes;
}

Status each(const ReadSource& from, const Keys& keys, const Visit& visit) {
  for (const std::string& scope : scopes_of(from)) {
    RELAIS_ASSIGN(const Scope opened, open_scope(from, keys, scope));
    for (const std::string& collection : opened.collections) {
      RELAIS_ASSIGN(const bool go_on,
                    each_in_collection(keys, opened.compartments, {scope, collection, {}}, visit));
      if (!go_on) return {};
    }
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

Result<std::vector<DocumentId>> list(const ReadSource& from, const ListOptions& options) {
  std::vector<DocumentId> page;
  if (options.limit == 0 || options.collection.empty()) return page;
  if (options.collection.front() == kReservedPrefix) return page;
  const Keys keys{from.store, Family::documents, {}};
  Compartments compartments;
  for (const CompartmentId& id : compartments_of(from, options.scope)) {
    compartments.push_back(*from.logs.compartment_no(id));
  }
  const auto visit = [&](const DocumentId& document) -> Result<bool> {
    const bool is_behind = options.after.empty() || document.id > options.after;
    const bool has_prefix = document.id.starts_with(options.prefix);
    if (!has_prefix && document.id > options.prefix) return false;
    if (is_behind && has_prefix) page.push_back(document);
    return page.size() < options.limit;
  };
  RELAIS_TRY(each_in_collection(keys, compartments, {options.scope, options.collection, {}}, visit,
                                {std::max(options.after, options.prefix)}));
  return page;
}

Result<std::vector<Collection>> collections(const ReadSource& from) {
  const Keys keys{from.store, Family::documents, {}};
  std::vector<Collection> all;
  for (const std::string& scope : scopes_of(from)) {
    RELAIS_ASSIGN(const Scope opened, open_scope(from, keys, scope));
    for (const std::string& name : opened.collections) all.push_back({scope, name});
  }
  return all;
}

}  // namespace relais::replica
