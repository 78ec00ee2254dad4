#pragma once

#include <cstdint>

/// The constants of a state's encoding: docs/spec/document.md, "State".
///
///   state = version context [contents] changes node [hidden node]
namespace relais::document::state_layout {

inline constexpr std::uint8_t kStateVersion = 1;
inline constexpr std::uint64_t kStampEpochMs = 1577836800000;  ///< 2020-01-01T00:00:00Z

/// How a state uses a change. Only `written`, a change with items in the state, has a stamp.
enum class Use : std::uint8_t { none, referred, written };

// The first byte of a node that has one value and nothing else: the value's code, and its dot.
inline constexpr std::uint8_t kLeaf = 0x01;
inline constexpr int kLeafCodeShift = 1;
inline constexpr std::uint8_t kLeafCodeMask = 0x1f;
inline constexpr std::uint8_t kLeafNextDot = 0x40;  ///< the dot after the last one
inline constexpr std::uint8_t kLeafSameDot = 0x80;  ///< the last dot; no flag: the dot follows

// The first byte of any other node: flags of its parts, which follow in this order; then its
// children.
inline constexpr std::uint8_t kHasValues = 0x02;
inline constexpr std::uint8_t kHasMap = 0x04;
inline constexpr std::uint8_t kHasList = 0x08;
inline constexpr std::uint8_t kHasText = 0x10;
inline constexpr std::uint8_t kHasSet = 0x20;
inline constexpr std::uint8_t kHasCounter = 0x40;
inline constexpr std::uint8_t kHasRare = 0x80;  ///< a second byte follows, of these:
inline constexpr std::uint8_t kHasMarks = 0x01;
inline constexpr std::uint8_t kHasKeeps = 0x02;
inline constexpr std::uint8_t kHasRestores = 0x04;
inline constexpr std::uint8_t kHasWithdrawn = 0x08;
inline constexpr std::uint8_t kHasLastWriter = 0x10;
inline constexpr std::uint8_t kHasRanked = 0x20;
inline constexpr std::uint8_t kHasMoves = 0x40;
inline constexpr std::uint8_t kRare = 0x7f;

// A child's step: the lowest bits are its type.
inline constexpr unsigned kNewName = 0;       ///< above: its length; the name follows
inline constexpr unsigned kElementChild = 1;  ///< its dot follows
inline constexpr unsigned kKnownName = 2;     ///< above: its number among the names so far
inline constexpr unsigned kTableName = 3;     ///< above: its number in codec/names.h
inline constexpr int kStepBits = 2;
inline constexpr std::size_t kKnownNames = 64;  ///< later names have no number

// After a dot's index: a flag in the lowest bit.
inline constexpr unsigned kMore = 1;  ///< another dot of the same facet follows
inline constexpr int kDotFlagBits = 1;
inline constexpr unsigned kOfMark = 1;  ///< of a base: not permanent, bound to its mark

// A state starts with the number of its context's entries, then a flag.
inline constexpr unsigned kHasContents = 1;

// The lowest bit of a count of runs, elements or totals: presence dots precede them.
inline constexpr unsigned kPresent = 1;

// A run of a sequence: its length - 1, then flags.
inline constexpr unsigned kRunDeleted = 1;
inline constexpr unsigned kRunLeft = 2;         ///< a left child of its right origin
inline constexpr unsigned kRunParent = 4;       ///< its parent isn't the unit read before it
inline constexpr unsigned kRunRight = 8;        ///< its right origin isn't the end
inline constexpr unsigned kRunUnattached = 16;  ///< under the start; with kRunParent: detached
inline constexpr int kRunFlagBits = 5;

}  // namespace relais::document::state_layout
