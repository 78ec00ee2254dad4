#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "document/kind_at.h"
#include "document/types.h"
#include "relais/value.h"

namespace relais::document {

/// Ops. Each has a path and overwrites the dots at its target that its change saw (the context's,
/// and those of the change's earlier ops), or only the dots listed in `over`.
namespace op {

/// A register (FieldKind::value, last_writer, ranked): writes a value.
struct Set {
  Value value;
  std::optional<std::vector<Dot>> over;
  FieldKind kind = FieldKind::value;
  std::uint32_t rank = 0;  ///< FieldKind::ranked: the highest is shown
};
/// Makes a container present, even if empty (map, list, text, set, counter).
struct Make {
  FieldKind kind;
};
/// Leaves a mark, which hides what the change saw at the path and below it, of every kind. For each
/// counter below, a ResetCounter precedes it. With a reason it is a `void`.
struct Delete {
  std::optional<std::string> reason;
};
/// Withdraws marks of the path; its dot stays as a sign, which is not content.
struct Restore {
  std::vector<Dot> marks;
};
/// Contests the listed marks of the path: they hide nothing.
struct Keep {
  std::vector<Dot> marks;
};
/// Removes the values that it saw in every register at the path itself.
struct Clear {};
/// Removes the listed dots at the path itself: values, presence dots, additions to sets, moves,
/// marks. Undoes the author's own writes, never those of others.
struct Withdraw {
  std::vector<Dot> dots;
};
/// FieldKind::list: a new element, whose id is this op's dot. FugueMax places it between its
/// origins, the neighbours at the time of writing. Its content: a value, an empty map or an empty
/// list.
struct Insert {
  std::optional<Dot> left;   ///< none: the start
  std::optional<Dot> right;  ///< none: the end
  std::variant<Value, FieldKind> content;
};
/// FieldKind::list: moves an element (Kleppmann, "Moving Elements in List CRDTs", 2020). The op's
/// dot is a new unit of the order, without content, which becomes the element's position.
/// Overwrites the moves of the element that it saw; of concurrent moves the latest holds.
struct Move {
  Dot element;
  std::optional<Dot> left;
  std::optional<Dot> right;
};
/// FieldKind::text: a run of code points, whose ids are this op's dot and the following indices.
/// The op takes one index of its change per code point.
struct InsertText {
  std::optional<Dot> left;
  std::optional<Dot> right;
  std::string text;
};
/// FieldKind::text: removes runs of code points by their ids.
struct DeleteText {
  std::vector<std::pair<Dot, std::uint32_t>> runs;  ///< first id, count
};
/// FieldKind::counter: the author's new running total at this path.
struct Count {
  std::int64_t total;
};
/// FieldKind::counter: subtracts the totals seen, either permanently or as long as the mark of the
/// change's next Delete at the path or above hides them.
struct ResetCounter {
  struct Seen {
    Dot dot;  ///< of the Count op that set the total
    std::int64_t total;
  };
  std::vector<Seen> seen;
  bool of_mark = false;
};
/// FieldKind::set: adds one element, or removes the additions of it that the change saw.
struct Add {
  Value value;
};
struct Remove {
  Value value;
};

}  // namespace op

struct Op {
  Path path;
  std::variant<op::Set, op::Make, op::Delete, op::Restore, op::Keep, op::Clear, op::Withdraw,
               op::Insert, op::Move, op::InsertText, op::DeleteText, op::Count, op::ResetCounter,
               op::Add, op::Remove>
      what;
};

/// Whether the op only writes, and overwrites all that its author saw at the path in its kind:
/// nothing seen remains beside it but other kinds.
bool replaces_what_it_saw(const Op& op);
/// Whether all of them do.
bool replaces_what_it_saw(const std::vector<Op>& ops);

/// The data of a transaction that each of its changes repeats.
struct Attribution {
  /// Only if the transaction has parts in several compartments: the same in each.
  std::optional<TransactionId> transaction;
  std::string user;                 ///< the user's label (check_user); empty: not given
  std::int64_t wall_offset_ms = 0;  ///< the writer's wall clock minus the stamp's

  bool operator==(const Attribution&) const = default;
};

/// An entry of a context: a change of the same document by another author.
struct Cited {
  AuthorId author;
  std::uint64_t seq = 0;
  HeadPrefix hash;          ///< of that log at that position
  std::uint64_t floor = 0;  ///< the writer couldn't read the log up to here; below `seq`
  bool operator==(const Cited&) const = default;
};

/// The encoded form of a change's context: what its author had seen of the document.
struct Citations {
  /// True: the entries are the whole context. False: each also stands for the context of the change
  /// it cites.
  bool whole = true;
  std::vector<Cited> cited;      ///< sorted by author, each once, without the change's own
  std::uint64_t own_before = 0;  ///< seq of the author's previous change of the document; 0: none
  /// Ascending: the by-content changes that it saw or names; in an import's part, all parts before
  /// it.
  std::vector<AuthorId> contents;
  std::vector<Position> exceptions;  ///< ascending: positions that the writer hadn't applied
  bool operator==(const Citations&) const = default;
};

/// Calls `visit(dot)` for each dot that an op names, its path's elements included.
template <class Visit>
void each_named_dot(const Op& op, const Visit& visit);

/// A change without its ops.
struct ChangeHeader {
  Address address;
  /// The author's context, resolved; never covers the change itself. Decoding fills it in if the
  /// citations are whole, but without the by-content changes, whose carriers only the state knows.
  Context context;
  Stamp stamp;
  Attribution attribution;
  /// In a by-content change: the author of its dots, whose seq is 1.
  std::optional<AuthorId> content = {};
  Citations cites = {};
};

/// The time of writing, by the author's clock.
inline WallTime written_at(const ChangeHeader& header) {
  return {header.stamp.wall().ms + header.attribution.wall_offset_ms};
}

/// Whether the author is that of a cited by-content change.
bool is_content(const Citations& citations, const AuthorId& author);
/// Fills in whole citations from a resolved context. `hash_of` returns the prefix of another
/// author's log at a position.
using HashOf = std::function<HeadPrefix(const Position&)>;
void cite(ChangeHeader& header, const Position& self, const HashOf& hash_of);

/// The author of a by-content change's dots. `before`: the authors of the import's earlier parts,
/// ascending. `body`: the bytes after the change's head.
AuthorId content_author(const CompartmentId& compartment, const Address& address,
                        const std::vector<AuthorId>& before, BytesView body);

/// One author's ops on one document in one compartment. Its position is the log's, not stored here.
struct Change : ChangeHeader {
  std::vector<Op> ops;
};

/// docs/spec/document.md, "Change". `self` is the change's own position: ids of it or its author
/// take no space. The encoding is canonical: decode → encode gives the same bytes. The change must
/// be valid; the caller checks limits::kChangeBytes. A context without citations is cited whole,
/// with zero hashes: for documents without logs.
Bytes encode(const Change& change, const Position& self);
/// `compartment` is part of a by-content change's author. Fails: corrupt (any deviation from the
/// spec), limit_exceeded, unsupported_version.
Result<Change> decode_change(BytesView bytes, const Position& self,
                             const CompartmentId& compartment = {});
/// Decodes the part before the ops and ignores the rest. Fails: corrupt, unsupported_version.
Result<ChangeHeader> decode_header(BytesView bytes, const Position& self,
                                   const CompartmentId& compartment = {});
/// The header, and the distinct sections (first path steps) in the order of the ops; ops on the
/// whole document (the empty path) are in no section.
struct ChangeSummary {
  ChangeHeader header;
  std::vector<std::string> sections;
  /// False: a document with this change alone has no conflict.
  bool may_conflict = false;
  bool replaces = false;      ///< replaces_what_it_saw of all ops
  std::vector<KindAt> kinds;  ///< of its writes; may have duplicates
};
/// Checks every rule that decode_change checks, without building the change. Fails: as
/// decode_change.
Result<ChangeSummary> inspect_change(BytesView bytes, const Position& self,
                                     const CompartmentId& compartment = {});

template <class Visit>
void each_named_dot(const Op& op, const Visit& visit) {
  const auto all = [&visit](const std::vector<Dot>& dots) {
    for (const Dot& dot : dots) visit(dot);
  };
  for (const Step& step : op.path) {
    if (const auto* element = std::get_if<Dot>(&step)) visit(*element);
  }
  const auto neighbours = [&visit](const auto& at) {
    if (at.left) visit(*at.left);
    if (at.right) visit(*at.right);
  };
  if (const auto* set = std::get_if<op::Set>(&op.what)) all(set->over.value_or(std::vector<Dot>()));
  if (const auto* restore = std::get_if<op::Restore>(&op.what)) all(restore->marks);
  if (const auto* keep = std::get_if<op::Keep>(&op.what)) all(keep->marks);
  if (const auto* withdraw = std::get_if<op::Withdraw>(&op.what)) all(withdraw->dots);
  if (const auto* insert = std::get_if<op::Insert>(&op.what)) neighbours(*insert);
  if (const auto* insert = std::get_if<op::InsertText>(&op.what)) neighbours(*insert);
  if (const auto* move = std::get_if<op::Move>(&op.what)) {
    visit(move->element);
    neighbours(*move);
  }
  if (const auto* erase = std::get_if<op::DeleteText>(&op.what)) {
    for (const auto& run : erase->runs) visit(run.first);
  }
  if (const auto* reset = std::get_if<op::ResetCounter>(&op.what)) {
    for (const auto& seen : reset->seen) visit(seen.dot);
  }
}

}  // namespace relais::document
