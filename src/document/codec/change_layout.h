#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "document/change.h"

/// The constants and shared state of a change's encoding: docs/spec/document.md, "Change".
///
///   change    = head collection structure text numbers
///   head      = first stamp id [extras] [context]
///   structure = 1*( path verb-and-code [detail] ) end
namespace relais::document::layout {

// The first byte: the version in its low half, then flags.
inline constexpr std::uint8_t kChangeVersion = 1;
inline constexpr std::uint8_t kVersionMask = 0x0f;
inline constexpr std::uint8_t kIdIsText = 0x10;  ///< the id is a text, not a UUID of 16 bytes
inline constexpr std::uint8_t kHasContext = 0x20;
inline constexpr std::uint8_t kWideStamp = 0x40;  ///< 6 bytes of milliseconds, not 5
inline constexpr std::uint8_t kHasExtras = 0x80;

// A byte of flags that few changes have; at least one is set.
inline constexpr std::uint8_t kHasTransaction = 1;
inline constexpr std::uint8_t kHasUser = 2;
inline constexpr std::uint8_t kHasWallOffset = 4;
inline constexpr std::uint8_t kByContent = 8;
inline constexpr std::uint8_t kHasContents = 16;
inline constexpr std::uint8_t kHasExceptions = 32;
inline constexpr std::uint8_t kExtras = 63;

// A context starts with its number of entries, then flags; an entry with its seq, then a flag.
inline constexpr unsigned kHasOwn = 1;
inline constexpr unsigned kNotWhole = 2;
inline constexpr int kContextBits = 2;
inline constexpr unsigned kHasFloor = 1;

inline constexpr std::uint64_t kStampEpochMs = 1577836800000;  ///< 2020-01-01T00:00:00Z
inline constexpr std::uint64_t kStampMask = (std::uint64_t{1} << 48) - 1;

// A path: the number of steps shared with the op before it, and of new ones, in one number.
inline constexpr unsigned kPathBase = limits::kNestingDepth + 1;
inline constexpr unsigned kEnd = 2 * kPathBase - 1;  ///< would share 1 and add 16: no path does
inline constexpr unsigned kLastInserted = 1;         ///< a step: the list's last inserted element
inline constexpr unsigned kElement = 3;              ///< a step: an element, whose dot follows

enum Verb : std::uint8_t {
  kSet = 0,
  kSetOver = 1,
  kInsert = 2,
  kAdd = 3,
  kRemove = 4,
  kOther = 5,
  kRegister = 6,  ///< Set of a register other than FieldKind::value
};
inline constexpr int kVerbShift = 5;
inline constexpr std::uint8_t kCodeMask = 0x1f;

/// Codes of kOther.
enum Other : std::uint8_t {
  kMakeMap = 0,
  kMakeList,
  kMakeText,
  kMakeSet,
  kMakeCounter,
  kDelete,
  kInsertText,
  kDeleteText,
  kCount,
  kReset,
  kVoid,
  kWithdraw,
  kMove,
  kClear,
  kRestore,
  kKeep,
  kResetOfMark,
};

// The detail of kRegister: the low bit says whether listed dots follow; above it, 0 for
// FieldKind::last_writer, 1 + rank for FieldKind::ranked.
inline constexpr unsigned kOver = 1;
inline constexpr std::uint64_t kRanks = std::uint64_t{1} << 31;

// An origin: left * 3 + right.
enum Origin : std::uint8_t { kUsual = 0, kBorder = 1, kDot = 2 };

/// The authors that dots name by number, from 1: the cited ones; the change's own if it cites its
/// own last change; the by-content ones; then others in order of appearance, and in a whole change
/// those with dots beyond their entry.
class NamedAuthors {
 public:
  struct Name {
    AuthorId author;
    std::uint64_t base = 0;   ///< a dot's seq is counted back from it
    bool by_content = false;  ///< its seq is always 1
    bool beyond = false;      ///< introduced by a dot, not cited
  };

  NamedAuthors() = default;
  NamedAuthors(const Citations& citations, const AuthorId& own);
  std::size_t size() const { return names_.size(); }
  const Name& operator[](std::size_t number) const { return names_[number - 1]; }
  /// The number for a dot of the author at this seq; 0: none yet.
  std::size_t number(const AuthorId& author, std::uint64_t seq) const;
  void add_beyond(const AuthorId& author, std::uint64_t base);

 private:
  std::size_t listed(const AuthorId& author) const;
  void add(const Name& name);

  std::vector<Name> names_;
  bool whole_ = true;
  std::size_t cited_ = 0;                   ///< number of cited ones, which are first and sorted
  std::map<AuthorId, std::size_t> behind_;  ///< the other listed authors
  std::map<AuthorId, std::size_t> beyond_;
};

/// The most by-content changes that a change lists: each of its deletions may refer to all.
inline constexpr std::size_t kListedContents = 256;
/// The most parts of an import: its last part lists all others.
inline constexpr std::size_t kImportParts = kListedContents + 1;

/// Above every index of a change: each index takes a byte or more.
inline constexpr std::uint64_t kIndices = limits::kChangeBytes;

struct Neighbours {
  std::optional<Dot> left;
  std::optional<Dot> right;
};

/// The last insertion of a change into each list or text on the current path: the next insertion
/// there usually follows it.
class InsertMemory {
 public:
  struct Last {
    bool known = false;
    FieldKind kind = FieldKind::list;
    std::uint32_t index = 0;  ///< index in the change of the last element or code point
    std::optional<Dot> right;
  };

  /// Forgets all entries below the first `shared` steps.
  void keep(std::size_t shared) {
    for (; used_ > shared; --used_) last_[used_].known = false;
  }
  void remember(std::size_t depth, FieldKind kind, std::uint32_t index,
                const std::optional<Dot>& right) {
    last_[depth] = Last{true, kind, index, right};
    used_ = depth > used_ ? depth : used_;
  }
  const Last& at(std::size_t depth) const { return last_[depth]; }
  bool knows(std::size_t depth, FieldKind kind) const {
    return last_[depth].known && last_[depth].kind == kind;
  }
  /// The default origins of an insertion.
  Neighbours usual(std::size_t depth, FieldKind kind, const Position& self) const {
    if (!knows(depth, kind)) return {};
    return {Dot{self.author, self.seq, last_[depth].index}, last_[depth].right};
  }
  void clear() {
    keep(0);
    last_[0].known = false;
  }

 private:
  Last last_[limits::kNestingDepth + 1];
  std::size_t used_ = 0;
};

}  // namespace relais::document::layout
