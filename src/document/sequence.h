#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/change_table.h"

namespace relais::document {

/// The order of a list's elements or of a text's code points ("units"): FugueMax of Weidner and
/// Kleppmann, "The Art of the Fugue: Minimizing Interleaving in Collaborative Text Editing"
/// (arXiv 2305.00583), run-length: units that one change inserted in a row are one run, each the
/// right child of the one before it, until something comes between.
///
/// A unit is a node of a tree, read in order: left children, itself, right children. A unit
/// inserted between L and R becomes a left child of R if R is in the right subtree of L, else a
/// right child of L. Left children stand in the order of their dots; right children by their R,
/// the one further right first, then by their dots. Units are never removed.
class Sequence {
 public:
  enum class Side : std::uint8_t { left, right };
  static constexpr std::int32_t kNone = -1;
  static constexpr std::int32_t kStart = -1;     ///< as a parent: before all units
  static constexpr std::int32_t kDetached = -2;  ///< as a parent: after all, for lost neighbours

  struct Run {
    LocalDot first;
    std::uint32_t length = 0;
    std::int32_t parent = kStart;  ///< side right: of its last unit; left: of its first
    Side side = Side::right;
    bool deleted = false;           ///< texts only; a list's element lives by what is below it
    std::optional<LocalDot> right;  ///< its right origin; none: the end
    std::string text{};             ///< texts only, empty once deleted
    std::int32_t first_left = kNone;
    std::int32_t first_right = kNone;
    std::int32_t sibling = kNone;
    std::int32_t before = kNone;  ///< in reading order
    std::int32_t after = kNone;
  };
  /// One unit of a run.
  struct Place {
    std::int32_t run;
    std::uint32_t offset;
  };

  /// Inserts a run between two units as its author saw them (none: the start, the end); units that
  /// aren't here make it detached.
  void insert(const ChangeTable& changes, const LocalDot& first, std::uint32_t length,
              std::string_view text, const std::optional<LocalDot>& left,
              const std::optional<LocalDot>& right);
  /// Those of the units that are here.
  void erase(const LocalDot& first, std::uint32_t length);
  void erase_run(std::int32_t run);
  /// Takes over what the other has and this hasn't. `number[change]` is ours of the other's.
  void merge(const ChangeTable& changes, const Sequence& other,
             const std::vector<std::uint32_t>& number);

  std::optional<Place> find(const LocalDot& unit) const;
  LocalDot unit(const Place& place) const;
  /// The unit read after this one (none: after the start); none at the end.
  std::optional<LocalDot> next(const std::optional<LocalDot>& unit) const;

  bool empty() const { return runs_.empty(); }
  std::int32_t head() const { return head_; }
  const Run& run(std::int32_t at) const { return runs_[static_cast<std::size_t>(at)]; }

  /// Builds a sequence from runs in reading order, as a stored state has them.
  struct Stored {
    Run run;
    LocalDot parent{};
    bool has_parent = false;  ///< else the start, or detached as run.parent says
  };
  /// Nothing if the runs are not the reading order of one tree.
  static std::optional<Sequence> from(const ChangeTable& changes, std::vector<Stored> stored);
  /// Whether `later`, the run read after `run`, only goes on with it: both are stored as one.
  bool continues(const Run& run, const Run& later) const;
  /// The unit that the run hangs under, if that is a unit.
  std::optional<LocalDot> parent_unit(const Run& run) const;

 private:
  struct Attachment {
    std::int32_t parent;
    Side side;
  };

  Run& at(std::int32_t run) { return runs_[static_cast<std::size_t>(run)]; }
  Attachment attachment(const std::optional<LocalDot>& left, const std::optional<LocalDot>& right);
  bool is_right_descendant(const Place& right, const std::optional<LocalDot>& left) const;
  std::int32_t split(const Place& place);
  std::int32_t split_after(const LocalDot& unit);
  std::int32_t split_before(const LocalDot& unit);
  void add(const ChangeTable& changes, Run run);
  std::int32_t& first_child(std::int32_t parent, Side side);
  void enter(const ChangeTable& changes, std::int32_t run);
  void link(std::int32_t run, std::int32_t previous_sibling);
  void link_after(std::int32_t run, std::int32_t before);
  bool goes_before(const ChangeTable& changes, const Run& a, const Run& b) const;
  /// -1, 0, 1: where right origins stand relative to each other.
  int order(const std::optional<LocalDot>& a, const std::optional<LocalDot>& b) const;
  std::int32_t last_below(std::int32_t run) const;
  std::int32_t first_below(std::int32_t run) const;
  std::int32_t last_attached() const;
  void register_run(std::int32_t run);
  void add_missing(const ChangeTable& changes, const Sequence& other,
                   const std::vector<std::uint32_t>& number);
  bool resolve_parents(std::vector<Stored>& stored);
  bool reads_in_order(const ChangeTable& changes) const;

  std::vector<Run> runs_;
  std::vector<std::int32_t> by_dot_;  ///< sorted by first.change, first.index
  std::int32_t head_ = kNone;
  std::int32_t first_of_start_ = kNone;
  std::int32_t first_detached_ = kNone;
};

}  // namespace relais::document
