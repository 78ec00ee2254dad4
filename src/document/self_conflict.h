#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "document/change_reader.h"

namespace relais::document {

/// Whether a change that is a document's only one may leave a conflict in it: it writes beside what
/// it wrote itself, or contests a mark of its own, or writes two kinds at one path. Says that it
/// may where it can't tell; never that it may not where it does.
class SelfConflict {
 public:
  /// `self`: as own_position.
  explicit SelfConflict(const Position& self) : self_(self) { written_.reserve(64); }
  /// Each op, in their order.
  void add(const StructureReader& op);
  bool is_possible();

 private:
  using Hash = std::uint64_t;
  void note(Hash path, Kind kind) { written_.emplace_back(path, kind); }

  const Position self_;
  bool beside_ = false;
  Hash hashes_[limits::kNestingDepth + 1] = {1};  ///< of the current path's first steps
  std::vector<std::pair<Hash, Kind>> written_;
};

}  // namespace relais::document
