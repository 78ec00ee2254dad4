#pragma once

#include <optional>
#include <vector>

#include "document/change_reader.h"

namespace relais::document {

/// Whether a change that is a document's only one may leave a conflict in it: it writes beside what
/// it wrote itself, or contests a mark of its own, or writes two kinds at one path. Says that it
/// may where it can't tell, as where many paths beside one another are in no order; never that it
/// may not where it does. The bytes of the change outlive it.
class SelfConflict {
 public:
  /// `self`: as own_position.
  explicit SelfConflict(const Position& self) : self_(self) {}
  /// Each op, in their order.
  void add(const StructureReader& op);
  bool is_possible() const { return possible_; }

 private:
  using Step = StructureReader::StepView;
  /// Of the path of the op before, cut off here. What was gone through below it stands in `passed_`
  /// up to `end`, behind what was gone through below the level above.
  struct Level {
    std::optional<Kind> kind;  ///< written there
    std::optional<Step> last;  ///< in their order, of what was gone through below it
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  void note(std::size_t level, Kind kind);
  void go_down(std::size_t level, const Step& step);
  bool may_have_passed(const Level& level, const Step& step) const;

  const Position self_;
  bool possible_ = false;
  Level levels_[limits::kNestingDepth + 1];
  std::vector<Step> passed_;
  std::optional<std::pair<Dot, Kind>> inserted_;  ///< the last element, and what it holds
};

}  // namespace relais::document
