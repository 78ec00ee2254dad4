#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/change_table.h"

namespace relais::document {

/// The order of a list's elements or of a text's code points ("units"): FugueMax of Weidner and
/// Kleppmann, "The Art of the Fugue: Minimizing Interleaving in Collaborative Text Editing" (arXiv
/// 2305.00583), with runs: consecutive units inserted by one change are one run, each the right
/// child of the one before it, until another unit comes between.
///
/// A unit is a node of a tree that is read in order: left children, itself, right children. A unit
/// inserted between L and R becomes a left child of R if R is the first unit of L's right subtree;
/// else a right child of L. Left children are sorted by dot; right children by R, the one farther
/// right first, then by dot. Units are never removed.
///
/// The tree isn't stored. Nearly always L and R are adjacent, and the unit goes between them.
/// Otherwise, the numbers of left and right turns on the paths to units tell where subtrees end
/// (sequence/place.cpp). All but reading the whole takes O(log n). A sequence of up to 32 runs is a
/// linked list: an empty one takes 8 bytes, one of n runs 112 + 56 n and its text; a larger one
/// about 100 bytes per run.
class Sequence {
 public:
  static constexpr std::int32_t kNone = -1;

  /// Valid until the sequence changes.
  struct Run {
    LocalDot first;
    std::uint32_t length;
    bool deleted;           ///< texts only; a list's element is live by its content
    bool hidden;            ///< texts only: not read, but the text is kept
    std::string_view text;  ///< texts only; empty once deleted
    std::int32_t before;    ///< in reading order
    std::int32_t after;
  };
  /// One unit of a run.
  struct RunPosition {
    std::int32_t run;
    std::uint32_t offset;
  };

  Sequence();
  Sequence(const Sequence&);
  Sequence(Sequence&&) noexcept;
  Sequence& operator=(const Sequence&);
  Sequence& operator=(Sequence&&) noexcept;
  ~Sequence();

  /// Inserts a run between the two units that its author saw (none: the start, the end). If one of
  /// them isn't here, the run is detached. Units that are already here are not changed.
  void insert(const ChangeTable& changes, const LocalDot& first, std::uint32_t length,
              std::string_view text, const std::optional<LocalDot>& left,
              const std::optional<LocalDot>& right);
  /// Deletes those of the units that are here. True: some were in hidden runs, whose rest is shown
  /// until marks are settled.
  bool erase(const LocalDot& first, std::uint32_t length);
  /// Hides or shows a run; its text stays.
  void hide(std::int32_t run, bool hidden);
  /// Adds the units that only the other has. `number[change]` maps the other's change numbers to
  /// ours.
  void merge(const ChangeTable& changes, const Sequence& other,
             const std::vector<std::uint32_t>& number);

  bool empty() const { return body_ == nullptr; }
  std::int32_t head() const;
  Run run(std::int32_t at) const;
  std::optional<RunPosition> find(const LocalDot& unit) const;
  LocalDot unit(const RunPosition& place) const;
  /// The unit after this one in reading order (none: the first); none at the end.
  std::optional<LocalDot> next(const std::optional<LocalDot>& unit) const;
  std::optional<LocalDot> next(const RunPosition& unit) const;

  /// The number of visible units: neither deleted nor hidden.
  std::size_t size() const;
  /// The visible unit at a position below `size`.
  RunPosition at(std::size_t position) const;
  /// The same; a position near the last one takes a few steps.
  RunPosition seek(std::size_t position);
  /// Extends the run that ends with this unit by the next units of its change, if the run's right
  /// origin is the next unit. False if impossible.
  bool extend(const RunPosition& last, std::uint32_t length, std::string_view text);
  /// Removes the last units of a run, not all. No other replica may have them, and no unit or op
  /// may refer to them.
  void take_back(std::int32_t run, std::uint32_t length);
  /// Deletes units of one run.
  void erase(const RunPosition& first, std::uint32_t length);
  /// The number of visible units before a unit.
  std::size_t position(const RunPosition& place) const;
  /// Appends the visible text.
  void read(std::string& text) const;

  /// A run in its stored form.
  struct Stored {
    LocalDot first;
    std::uint32_t length = 0;
    bool deleted = false;
    /// Its parent: the start, a unit before it in reading order (as a right child) or after it (as
    /// a left child), or none: it is detached.
    enum class Under : std::uint8_t { start, earlier, later, nothing };
    Under under = Under::start;
    LocalDot parent;                ///< if a unit
    std::optional<LocalDot> right;  ///< the right origin; for a left child, the parent
    std::string_view text;
  };
  Stored stored(std::int32_t run) const;
  /// Whether the next run continues this one: both are stored as one.
  bool continues(std::int32_t run) const;
  /// Builds a sequence from runs in reading order. Nothing if they aren't the reading order of one
  /// tree, or if no sequence of insertions gives it.
  static std::optional<Sequence> from(const ChangeTable& changes, std::span<const Stored> runs);

  class Body;  ///< only for the files of this class

 private:
  Body& body();

  std::unique_ptr<Body> body_;
};

}  // namespace relais::document
