#pragma once

#include <string>
#include <string_view>

namespace bench {

/// Seconds to put the documents' JSON bytes into a RocksDB with its default options, in durable
/// batches of 1 000: no CRDT, no encryption. The median of `runs` runs.
double floor_seconds(const std::string& folder, std::string_view register_text, int runs);

}  // namespace bench
