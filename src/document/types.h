#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "document/small_vector.h"
#include "relais/document.h"
#include "relais/ids.h"
#include "relais/result.h"

/// The types of the document model. docs/spec/document.md has the formats.
/// Within a document of one compartment the compartment is fixed, so a log is named by its author.
namespace relais::document {

/// A change's position in its log. `seq` counts from 1.
struct Position {
  AuthorId author;
  std::uint64_t seq = 0;
  auto operator<=>(const Position&) const = default;
};

/// One op: the `index`-th (from 0) of the change at a position. Ordered by global ids, so that
/// every replica orders alike.
struct Dot {
  AuthorId author;
  std::uint64_t seq = 0;
  std::uint32_t index = 0;
  auto operator<=>(const Dot&) const = default;
};

/// Hybrid logical clock: 48 bits of milliseconds since 1970 (UTC), 16 bits of counter
/// (Kulkarni et al., 2014). Decides what is shown first, never causality.
struct Stamp {
  std::uint64_t bits = 0;
  auto operator<=>(const Stamp&) const = default;
  WallTime wall() const { return {static_cast<std::int64_t>(bits >> 16)}; }
};

/// The first bytes of a log's hash at a position, h_seq.
using HeadPrefix = Id<struct HeadPrefixTag, 8>;

/// A version vector of one document: per author, the last position applied; sorted by author, each
/// once. Exceptions are positions up to those that are not covered.
class Context {
 public:
  /// Most documents have one or two authors.
  using Entries = boost::container::small_vector<Position, 2>;

  bool covers(const AuthorId& author, std::uint64_t seq) const {
    return last(author) >= seq && (exceptions_.empty() || !is_exception({author, seq}));
  }
  bool covers(const Dot& dot) const { return covers(dot.author, dot.seq); }
  bool covers(const Context& other) const;
  std::uint64_t last(const AuthorId& author) const;         ///< 0: none
  void advance(const AuthorId& author, std::uint64_t seq);  ///< keeps the larger
  /// Adds an exception.
  void except(const Position& position);
  const Entries& entries() const { return entries_; }
  const std::vector<Position>& exceptions() const { return exceptions_; }
  bool operator==(const Context&) const = default;

 private:
  bool is_exception(const Position& position) const;

  Entries entries_;
  std::vector<Position> exceptions_;  ///< sorted
};

/// A document's name within its compartment (whose scope is the document's scope).
struct Address {
  std::string collection;
  std::string id;
  auto operator<=>(const Address&) const = default;
};
/// Fails: invalid_argument if a part is empty, too long, not UTF-8, or holds '/' or a control
/// character.
Status check_address(const Address& address);
/// Checks a user's label. Fails: invalid_argument if it is empty, too long, not UTF-8, or holds a
/// control character.
Status check_user(std::string_view user);

/// A step of a field path: a name, or a list element by its id (the dot of its insertion).
using Step = std::variant<std::string, Dot>;
/// Field path within a document; its first step is the section. Empty: the document itself.
using Path = std::vector<Step>;
/// A step that borrows its name.
struct StepView {
  std::string_view name;
  Dot element;
  bool is_element = false;
};

/// The next stamp of a device that has seen `last` and whose clock says `now`.
Stamp tick(Stamp last, WallTime now);

inline constexpr std::int64_t kMostWallOffsetMs = std::int64_t{1} << 49;
/// When a change is written.
struct WriteTime {
  Stamp stamp;
  /// The writer's wall clock minus the stamp's: at most kMostWallOffsetMs either way.
  std::int64_t wall_offset_ms = 0;
};
WriteTime write_time(Stamp stamp, WallTime now);
/// `last`, advanced by a stamp from elsewhere unless that lies more than 24 h ahead of `now`.
Stamp observe(Stamp last, Stamp other, WallTime now);

}  // namespace relais::document
