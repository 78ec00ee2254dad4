#include <algorithm>
#include <set>

#include "base/try.h"
#include "engine/reader.h"

namespace relais::engine {
namespace {

using store::Family;

/// Keys of one compartment, in a family whose keys are `prefix` and a document key.
struct Range {
  Bytes prefix;
  store::CompartmentNo compartment;
};

/// The document key's part up to where the ids of a collection begin.
Bytes collection_prefix(const Range& range, const std::string& collection) {
  return Bytes(range.prefix)
      .append(store::document_prefix(range.compartment))
      .append(collection)
      .append(1, '\0');
}

/// The collections of a compartment, by skipping from each to the next.
Status add_collections(const store::Reads& reads, Family family, const Range& range,
                       std::set<std::string>& collections) {
  Bytes from = Bytes(range.prefix).append(store::document_prefix(range.compartment));
  const Bytes end = store::after_prefix(from);
  while (true) {
    const auto cursor = reads.scan(family, from, end);
    if (!cursor->valid()) return cursor->status();
    const auto name = store::parse_document_key(cursor->key().substr(range.prefix.size()));
    if (!name) return Error(ErrorCode::corrupt, "A document's key in the store is damaged.");
    collections.insert(name->address.collection);
    from = store::after_prefix(collection_prefix(range, name->address.collection));
  }
}

/// Walks several ranges at once in the order of the documents' ids, each id once.
class Merge {
 public:
  void add(std::unique_ptr<store::Cursor> cursor, std::size_t skip) {
    sources_.push_back({std::move(cursor), skip, {}});
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
    std::unique_ptr<store::Cursor> cursor;
    std::size_t skip;
    std::string id;
  };

  static void read(Source& source) {
    if (!source.cursor->valid()) return;
    const auto name = store::parse_document_key(source.cursor->key().substr(source.skip));
    source.id = name ? name->address.id : std::string();
  }

  std::vector<Source> sources_;
};

/// Document keys put UUIDs before other ids: one range each, so that the ids come sorted as text.
void add_ranges(Merge& merge, const store::Reads& reads, Family family, const Range& range,
                const std::string& collection) {
  const Bytes begin = collection_prefix(range, collection);
  const Bytes middle = Bytes(begin).append(1, '\2');
  merge.add(reads.scan(family, begin, middle), range.prefix.size());
  merge.add(reads.scan(family, middle, store::after_prefix(begin)), range.prefix.size());
}

Status each(const Core& core, const store::Reads& reads, Family family, const Bytes& prefix,
            const std::function<Result<bool>(const DocumentId&)>& visit) {
  std::set<std::string> scopes;
  for (const auto& compartment : core.control.membership.compartments()) {
    scopes.insert(compartment.scope);
  }
  for (const std::string& scope : scopes) {
    std::vector<Range> ranges;
    for (const CompartmentId& id : compartments_of(core, scope)) {
      ranges.push_back({prefix, *core.logs.compartment_no(id)});
    }
    std::set<std::string> collections;
    for (const Range& range : ranges) {
      RELAIS_TRY(add_collections(reads, family, range, collections));
    }
    for (const std::string& collection : collections) {
      if (collection.front() == kReservedPrefix) continue;
      Merge merge;
      for (const Range& range : ranges) add_ranges(merge, reads, family, range, collection);
      DocumentId document{scope, collection, {}};
      while (true) {
        RELAIS_ASSIGN(const bool more, merge.next(document.id));
        if (!more) break;
        RELAIS_ASSIGN(const bool go_on, visit(document));
        if (!go_on) return {};
      }
    }
  }
  return {};
}

}  // namespace

Status each_name(const Core& core, const store::Reads& reads,
                 const std::function<Result<bool>(const DocumentId&)>& visit) {
  return each(core, reads, Family::documents, {}, visit);
}

Status each_conflicting(const Core& core, const store::Reads& reads,
                        const std::function<Result<bool>(const DocumentId&)>& visit) {
  return each(core, reads, Family::index, store::conflict_key({}), visit);
}

}  // namespace relais::engine
