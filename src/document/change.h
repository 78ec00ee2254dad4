#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "document/types.h"
#include "relais/value.h"

namespace relais::document {

/// Ops. Each sits at a path and overwrites every dot at its target that its change's context
/// covers (its own change's earlier ops included), or only the dots listed in `over`.
namespace op {

/// A register (Kind::value, last_writer, ranked): writes a value.
struct Set {
  Value value;
  std::optional<std::vector<Dot>> over;
  Kind kind = Kind::value;
  std::uint32_t rank = 0;  ///< of Kind::ranked: the higher one is shown
};
/// Makes an empty container present (map, list, text, set, counter).
struct Make {
  Kind kind;
};
/// Everything of every kind at the path and below it. Counters below are reset by ResetCounter ops
/// before it. With a reason it is `void`: the reason is kept until a later write or deletion there.
struct Delete {
  std::optional<std::string> reason;
};
/// Removes the listed dots at the path itself: values, signs of containers, additions to sets,
/// moves. Undoes one's own writes, and nobody else's.
struct Withdraw {
  std::vector<Dot> dots;
};
/// Kind::list: a new element, whose id is this op's dot, placed as FugueMax says between its
/// origins at the time of writing. Its content: a value, an empty map or an empty list.
struct Insert {
  std::optional<Dot> left;   ///< none: the start
  std::optional<Dot> right;  ///< none: the end
  std::variant<Value, Kind> content;
};
/// Kind::list: an element stands elsewhere from now on (Kleppmann, "Moving Elements in List CRDTs",
/// 2020). The op's dot is a new unit of the order, without content, for the element to stand at.
/// Overwrites the moves of the element that it saw; of several, the latest holds.
struct Move {
  Dot element;
  std::optional<Dot> left;
  std::optional<Dot> right;
};
/// Kind::text: a run of code points, whose ids are this op's dot and the following indices.
/// The op takes as many indices of its change as it has code points.
struct InsertText {
  std::optional<Dot> left;
  std::optional<Dot> right;
  std::string text;
};
/// Kind::text: removes runs of code points by their ids.
struct DeleteText {
  std::vector<std::pair<Dot, std::uint32_t>> runs;  ///< first id, count
};
/// Kind::counter: this author's new running total at this path.
struct Count {
  std::int64_t total;
};
/// Kind::counter: subtracts the totals seen.
struct ResetCounter {
  struct Seen {
    Dot dot;  ///< of the Count op that set the total
    std::int64_t total;
  };
  std::vector<Seen> seen;
};
/// Kind::set: adds, or removes what was seen of, one element.
struct Add {
  Value value;
};
struct Remove {
  Value value;
};

}  // namespace op

struct Op {
  Path path;
  std::variant<op::Set, op::Make, op::Delete, op::Withdraw, op::Insert, op::Move, op::InsertText,
               op::DeleteText, op::Count, op::ResetCounter, op::Add, op::Remove>
      what;
};

/// A change without its ops: what is needed to file it.
/// What a transaction says of itself in each of its changes.
struct Attribution {
  /// Only where the transaction has parts in several compartments: the same in each.
  std::optional<TransactionId> transaction;
  std::string user;  ///< who wrote, as the host calls them (check_user); empty: nothing is said

  bool operator==(const Attribution&) const = default;
};

struct ChangeHeader {
  Address address;
  Context context;  ///< as the author had it; never covers the change itself
  Stamp stamp;
  Attribution attribution;
};

/// When its author's clock says that it was written: for people. What orders is the stamp.
inline WallTime written_at(const ChangeHeader& header) { return header.stamp.wall(); }

/// One author's ops on one document in one compartment. Its position is the log's, not stored here.
struct Change : ChangeHeader {
  std::vector<Op> ops;
};

/// docs/spec/document.md, "Change". `self` is the change's own position: ids that name it, or its
/// author, take no space. Encoding is canonical: decode → encode gives the same bytes. What is
/// given is valid, with one op at least; whether it is within limits::kChangeBytes the caller
/// looks.
Bytes encode(const Change& change, const Position& self);
/// Fails: corrupt (anything not as the spec says), limit_exceeded, unsupported_version.
Result<Change> decode_change(BytesView bytes, const Position& self);
/// Only what stands before the ops; the rest isn't looked at. Fails: corrupt, unsupported_version.
Result<ChangeHeader> decode_header(BytesView bytes, const Position& self);
/// Walks the whole change and checks every rule decode_change checks, without building it; gives
/// the header, and the distinct sections (first path steps) it touches, in the order of the ops.
/// What is done to the whole document (the empty path) is in none of them.
struct ChangeSummary {
  ChangeHeader header;
  std::vector<std::string> sections;
};
Result<ChangeSummary> inspect_change(BytesView bytes, const Position& self);

}  // namespace relais::document
