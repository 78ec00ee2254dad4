#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "relais/replica.h"

/// Which documents there are: the one place that knows how the library lists them.
namespace cli {

struct ListQuery {
  std::string scope;
  std::string collection;
  std::string prefix;     ///< of ids
  std::string after;      ///< an id, which need not be there; empty: from the first
  std::size_t limit = 0;  ///< at most so many ids; 0: all
};

struct Listing {
  std::vector<std::string> ids;  ///< sorted by their bytes
  bool more = false;             ///< there are others, after the last of these
};

struct Collection {
  std::string scope;
  std::string name;
  std::uint64_t documents = 0;
};

/// Documents that were deleted are not listed; those that can't be read are.
relais::Result<Listing> list_documents(const relais::Replica& replica, const ListQuery& query);

/// Those that have a document, sorted by scope and name.
relais::Result<std::vector<Collection>> list_collections(const relais::Replica& replica);

}  // namespace cli
