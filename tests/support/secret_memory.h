#pragma once

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/bytes.h"

/// Looks for secrets in the memory of this process, through /proc.
namespace relais::test {

struct Mapping {
  std::uintptr_t from = 0, to = 0;
  std::set<std::string> flags;  ///< as /proc/self/smaps names them: "dd" is left out of dumps
};

/// Empty where the system has no /proc/self/smaps.
inline std::vector<Mapping> mappings() {
  std::vector<Mapping> all;
  std::ifstream maps("/proc/self/smaps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2) {
      all.push_back({from, to, {}});
    }
    if (all.empty() || line.rfind("VmFlags:", 0) != 0) continue;
    std::istringstream words(line.substr(8));
    all.back().flags = {std::istream_iterator<std::string>(words), {}};
  }
  return all;
}

/// Number of copies of the bytes in memory that is excluded from core dumps.
inline std::size_t copies_of(BytesView secret) {
  constexpr std::size_t kLargest = 64 * 1024 * 1024;  // larger mappings belong to a sanitizer
  std::size_t count = 0;
  for (const Mapping& mapping : mappings()) {
    if (mapping.flags.count("dd") == 0 || mapping.flags.count("wr") == 0) continue;
    if (mapping.to - mapping.from > kLargest) continue;
    const BytesView memory(reinterpret_cast<const char*>(mapping.from), mapping.to - mapping.from);
    std::size_t at = memory.find(secret);
    for (; at != BytesView::npos; at = memory.find(secret, at + 1)) ++count;
  }
  return count;
}

}  // namespace relais::test
