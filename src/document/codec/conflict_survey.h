#pragma once

#include <optional>
#include <vector>

#include "document/codec/change_reader.h"
#include "document/kind_at.h"

namespace relais::document {

/// What a change says by itself of the conflicts that it may leave. The bytes of the change outlive
/// it.
class ConflictSurvey {
 public:
  /// `self`: as own_position.
  explicit ConflictSurvey(const Position& self) : self_(self) {
    passed_.reserve(kUsual);
    kinds_.reserve(kUsual);
  }
  /// Each op, in their order.
  void add(const StructureReader& op);

  /// Whether a document with this change alone may have one: it writes beside what it wrote itself,
  /// or contests a mark of its own, or writes two kinds at one path. True too where it can't be
  /// told, as in an object of many fields.
  bool is_possible() const { return possible_; }
  /// Of document::ChangeSummary.
  bool replaces() const { return replaces_; }
  /// All that it writes; one may be there several times.
  std::vector<KindAt>& kinds() { return kinds_; }

 private:
  using Step = StepView;
  /// Of the path of the op before, cut off here. Names that were gone through below it stand in
  /// `passed_` up to `end`, behind those that were gone through below the level above.
  struct Level {
    std::uint32_t path = kNoPath;   ///< of KindAt
    std::optional<FieldKind> kind;  ///< written there
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  void note(std::size_t level, FieldKind kind);
  void go_down(std::size_t level, const Step& step);
  void enter_field(Level& level, Level& below, const Step& step);
  void enter_element(Level& level, Level& below, const Step& step);

  static constexpr std::size_t kUsual = 32;  ///< so much a document has
  const Position self_;
  bool possible_ = false;
  bool replaces_ = true;
  Level levels_[limits::kNestingDepth + 1];
  std::vector<std::uint32_t> passed_;                  ///< their paths
  std::optional<std::pair<Dot, FieldKind>> inserted_;  ///< the last element, and what it holds,
                                                       ///< until it is gone through
  std::vector<KindAt> kinds_;
};

}  // namespace relais::document
