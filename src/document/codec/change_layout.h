#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "document/change.h"

/// What the writer and the reader of a change agree on: docs/spec/document.md, "Change".
///
///   change    = head collection structure text numbers
///   head      = first stamp id [extras] [context]
///   structure = 1*( path verb-and-code [detail] ) end
namespace relais::document::layout {

// The first byte: the version in its low half, then flags.
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::uint8_t kVersionMask = 0x0f;
inline constexpr std::uint8_t kIdIsText = 0x10;  ///< not 16 bytes of a UUID
inline constexpr std::uint8_t kHasContext = 0x20;
inline constexpr std::uint8_t kWideStamp = 0x40;  ///< 6 bytes of milliseconds, not 5
inline constexpr std::uint8_t kHasExtras = 0x80;

// What few changes have, in a byte; one of them at least.
inline constexpr std::uint8_t kHasTransaction = 1;
inline constexpr std::uint8_t kHasUser = 2;
inline constexpr std::uint8_t kHasWallOffset = 4;
inline constexpr std::uint8_t kByContent = 8;
inline constexpr std::uint8_t kHasContents = 16;
inline constexpr std::uint8_t kHasExceptions = 32;
inline constexpr std::uint8_t kExtras = 63;

// The first number of a context: how many entries, then flags; of an entry: its seq, then a flag.
inline constexpr unsigned kHasOwn = 1;
inline constexpr unsigned kNotWhole = 2;
inline constexpr int kContextBits = 2;
inline constexpr unsigned kHasFloor = 1;

inline constexpr std::uint64_t kStampEpochMs = 1577836800000;  ///< 2020-01-01T00:00:00Z
inline constexpr std::uint64_t kStampMask = (std::uint64_t{1} << 48) - 1;

// A path: how many steps it shares with the op before it, and how many are new, in one number.
inline constexpr unsigned kPathBase = limits::kNestingDepth + 1;
inline constexpr unsigned kEnd = 2 * kPathBase - 1;  ///< shares 1 and adds 16: no path does
inline constexpr unsigned kLastInserted = 1;         ///< a step: the list's last new element
inline constexpr unsigned kElement = 3;              ///< a step: an element, its dot follows

enum Verb : std::uint8_t {
  kSet = 0,
  kSetOver = 1,
  kInsert = 2,
  kAdd = 3,
  kRemove = 4,
  kOther = 5,
  kRegister = 6,  ///< Set of another register than FieldKind::value
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

// The detail of kRegister: whether dots that it is written over follow, and above that 0 for
// FieldKind::last_writer, 1 + rank for FieldKind::ranked.
inline constexpr unsigned kOver = 1;
inline constexpr std::uint64_t kRanks = std::uint64_t{1} << 31;

// An origin: left * 3 + right.
enum Origin : std::uint8_t { kUsual = 0, kBorder = 1, kDot = 2 };

/// The authors that dots name by a number, from 1: the cited ones, the change's own if it cites its
/// own last change, the by-content ones; then others as they come, and in a whole change those of
/// whom it names what lies beyond their entry.
class NamedAuthors {
 public:
  struct Name {
    AuthorId author;
    std::uint64_t base = 0;   ///< what a dot's seq is counted back from
    bool by_content = false;  ///< has seq 1, always
    bool beyond = false;      ///< came with a dot: what it names isn't cited
  };

  NamedAuthors() = default;
  NamedAuthors(const Citations& citations, const AuthorId& own);
  std::size_t size() const { return names_.size(); }
  const Name& operator[](std::size_t number) const { return names_[number - 1]; }
  /// By which a dot of the author at the seq is named; 0: there is none yet.
  std::size_t number(const AuthorId& author, std::uint64_t seq) const;
  void add_beyond(const AuthorId& author, std::uint64_t base);

 private:
  std::size_t listed(const AuthorId& author) const;
  void add(const Name& name);

  std::vector<Name> names_;
  bool whole_ = true;
  std::size_t cited_ = 0;                   ///< the first ones, sorted
  std::map<AuthorId, std::size_t> behind_;  ///< the other listed ones
  std::map<AuthorId, std::size_t> beyond_;
};

/// By-content changes that a change lists, at most: each of its deletions may hold all of them.
inline constexpr std::size_t kListedContents = 256;
/// The last part of an import lists all others.
inline constexpr std::size_t kImportParts = kListedContents + 1;

/// No index of a change is larger: each takes a byte at least.
inline constexpr std::uint64_t kIndices = limits::kChangeBytes;

struct Neighbours {
  std::optional<Dot> left;
  std::optional<Dot> right;
};

/// What a change last inserted into the list or text at some prefix of the path it is at: the next
/// insertion there usually follows it.
class InsertMemory {
 public:
  struct Last {
    bool known = false;
    FieldKind kind = FieldKind::list;
    std::uint32_t index = 0;  ///< of the change: the last element or code point
    std::optional<Dot> right;
  };

  /// Forgets all below the first `shared` steps.
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
  /// Where an insertion stands if nothing else is said.
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
