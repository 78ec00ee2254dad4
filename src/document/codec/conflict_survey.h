#pragma once

#include <optional>
#include <vector>

#include "document/codec/change_reader.h"
#include "document/kind_at.h"

namespace relais::document {

/// Finds out whether a change alone may leave conflicts. The change's bytes must outlive it.
class ConflictSurvey {
 public:
  /// `self`: as own_position.
  explicit ConflictSurvey(const Position& self) : self_(self) {
    passed_.reserve(kUsual);
    kinds_.reserve(kUsual);
  }
  /// Call for each op, in order.
  void add(const StructureReader& op);

  /// Whether a document with this change alone may have a conflict: the change writes beside its
  /// own values, contests its own mark, or writes two kinds at one path. Also true if it can't be
  /// told, as in an object with many fields.
  bool is_possible() const { return possible_; }
  /// For ChangeSummary::replaces.
  bool replaces() const { return replaces_; }
  /// For ChangeSummary::kinds.
  std::vector<KindAt>& kinds() { return kinds_; }

 private:
  using Step = StepView;
  /// A prefix of the previous op's path. The names already visited below it are in `passed_` from
  /// `begin` to `end`, after those of the levels above.
  struct Level {
    std::uint32_t path = kNoPath;   ///< hash, as in KindAt
    std::optional<FieldKind> kind;  ///< written there
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  void note(std::size_t level, FieldKind kind);
  void go_down(std::size_t level, const Step& step);
  void enter_field(Level& level, Level& below, const Step& step);
  void enter_element(Level& level, Level& below, const Step& step);

  static constexpr std::size_t kUsual = 32;  ///< usual number of fields
  const Position self_;
  bool possible_ = false;
  bool replaces_ = true;
  Level levels_[limits::kNestingDepth + 1];
  std::vector<std::uint32_t> passed_;  ///< path hashes of visited fields
  /// The last inserted element and its content's kind, until its path is visited.
  std::optional<std::pair<Dot, FieldKind>> inserted_;
  std::vector<KindAt> kinds_;
};

}  // namespace relais::document
