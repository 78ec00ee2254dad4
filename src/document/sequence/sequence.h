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
/// Kleppmann, "The Art of the Fugue: Minimizing Interleaving in Collaborative Text Editing"
/// (arXiv 2305.00583), run-length: units that one change inserted in a row are one run, each the
/// right child of the one before it, until something comes between.
///
/// A unit is a node of a tree, read in order: left children, itself, right children. A unit
/// inserted between L and R becomes a left child of R if R is in the right subtree of L, and the
/// first of it; else a right child of L. Left children stand in the order of their dots; right
/// children by their R, the one further right first, then by their dots. Units are never removed.
///
/// The tree itself isn't kept. Nearly always nothing stands between L and R, and so the unit goes
/// there. Where something does, how often the ways to the units turn left and right says where
/// subtrees end (sequence_place.cpp). All but reading it whole takes O(log n). A sequence of up to
/// 32 runs is a mere list of them: an empty one takes 8 bytes, one of n runs 112 + 56 n and its
/// text; a larger one about 100 bytes a run.
class Sequence {
 public:
  static constexpr std::int32_t kNone = -1;

  /// Valid until the sequence changes.
  struct Run {
    LocalDot first;
    std::uint32_t length;
    bool deleted;           ///< texts only; a list's element lives by what is below it
    bool hidden;            ///< texts only: not read, but the text stays
    std::string_view text;  ///< texts only, empty once deleted
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

  /// Inserts a run between two units as its author saw them (none: the start, the end); units that
  /// aren't here make it detached. What is here already stays as it is.
  void insert(const ChangeTable& changes, const LocalDot& first, std::uint32_t length,
              std::string_view text, const std::optional<LocalDot>& left,
              const std::optional<LocalDot>& right);
  /// Those of the units that are here.
  /// True: some of it was hidden, and what is left of such a run isn't until marks are settled.
  bool erase(const LocalDot& first, std::uint32_t length);
  /// Lets a run be read, or not; its text stays.
  void hide(std::int32_t run, bool hidden);
  /// Takes over what the other has and this hasn't. `number[change]` is ours of the other's.
  void merge(const ChangeTable& changes, const Sequence& other,
             const std::vector<std::uint32_t>& number);

  bool empty() const { return body_ == nullptr; }
  std::int32_t head() const;
  Run run(std::int32_t at) const;
  std::optional<RunPosition> find(const LocalDot& unit) const;
  LocalDot unit(const RunPosition& place) const;
  /// The unit read after this one (none: after the start); none at the end.
  std::optional<LocalDot> next(const std::optional<LocalDot>& unit) const;
  std::optional<LocalDot> next(const RunPosition& unit) const;

  /// How many units are read: neither deleted nor hidden.
  std::size_t size() const;
  /// The one at a position below `size` among those.
  RunPosition at(std::size_t position) const;
  /// The same; what is asked for next to the last one takes a few steps.
  RunPosition seek(std::size_t position);
  /// Lets the run whose last unit this is go on with the next units of its change, between that
  /// unit and the run's right origin, which is read next. False if it can't.
  bool extend(const RunPosition& last, std::uint32_t length, std::string_view text);
  /// Forgets the last units of a run, not all, that nobody else has, and nothing stands on.
  void take_back(std::int32_t run, std::uint32_t length);
  /// Units of one run.
  void erase(const RunPosition& first, std::uint32_t length);
  /// How many of those are read before a unit.
  std::size_t position(const RunPosition& place) const;
  /// Appends the text that is read.
  void read(std::string& text) const;

  /// A run as a stored state has it.
  struct Stored {
    LocalDot first;
    std::uint32_t length = 0;
    bool deleted = false;
    /// What it hangs under: the start, a unit that is read before it (as a right child) or after it
    /// (as a left child), or nothing: it is detached.
    enum class Under : std::uint8_t { start, earlier, later, nothing };
    Under under = Under::start;
    LocalDot parent;                ///< if it is a unit
    std::optional<LocalDot> right;  ///< the right origin; under a later unit: that unit
    std::string_view text;
  };
  Stored stored(std::int32_t run) const;
  /// Whether the run read after this one only goes on with it: both are stored as one.
  bool continues(std::int32_t run) const;
  /// Builds a sequence from runs in reading order. Nothing if they are not the reading order of
  /// one tree, or if no changes lead to it.
  static std::optional<Sequence> from(const ChangeTable& changes, std::span<const Stored> runs);

  class Body;  ///< only for the files of this class

 private:
  Body& body();

  std::unique_ptr<Body> body_;
};

}  // namespace relais::document
