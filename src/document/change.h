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

/// Ops. Each sits at a path and overwrites every dot at its target that its change's context
/// covers (its own change's earlier ops included), or only the dots listed in `over`.
namespace op {

/// A register (FieldKind::value, last_writer, ranked): writes a value.
struct Set {
  Value value;
  std::optional<std::vector<Dot>> over;
  FieldKind kind = FieldKind::value;
  std::uint32_t rank = 0;  ///< of FieldKind::ranked: the higher one is shown
};
/// Makes an empty container present (map, list, text, set, counter).
struct Make {
  FieldKind kind;
};
/// Leaves a mark, which hides what the change saw of every kind at the path and below it. Counters
/// below have a ResetCounter before it. With a reason it is `void`.
struct Delete {
  std::optional<std::string> reason;
};
/// Takes away marks of the path; its dot stays as a sign, which is no content.
struct Restore {
  std::vector<Dot> marks;
};
/// Contests the listed marks of the path: what they hide stays to be seen.
struct Keep {
  std::vector<Dot> marks;
};
/// Removes the values that it saw, of every register at the path itself.
struct Clear {};
/// Removes the listed dots at the path itself: values, signs of containers, additions to sets,
/// moves, marks. Undoes one's own writes, and nobody else's.
struct Withdraw {
  std::vector<Dot> dots;
};
/// FieldKind::list: a new element, whose id is this op's dot, placed as FugueMax says between its
/// origins at the time of writing. Its content: a value, an empty map or an empty list.
struct Insert {
  std::optional<Dot> left;   ///< none: the start
  std::optional<Dot> right;  ///< none: the end
  std::variant<Value, FieldKind> content;
};
/// FieldKind::list: an element stands elsewhere from now on (Kleppmann, "Moving Elements in List
/// CRDTs", 2020). The op's dot is a new unit of the order, without content, for the element to
/// stand at. Overwrites the moves of the element that it saw; of several, the latest holds.
struct Move {
  Dot element;
  std::optional<Dot> left;
  std::optional<Dot> right;
};
/// FieldKind::text: a run of code points, whose ids are this op's dot and the following indices.
/// The op takes as many indices of its change as it has code points.
struct InsertText {
  std::optional<Dot> left;
  std::optional<Dot> right;
  std::string text;
};
/// FieldKind::text: removes runs of code points by their ids.
struct DeleteText {
  std::vector<std::pair<Dot, std::uint32_t>> runs;  ///< first id, count
};
/// FieldKind::counter: this author's new running total at this path.
struct Count {
  std::int64_t total;
};
/// FieldKind::counter: subtracts the totals seen; for good, or as long as the next Delete of the
/// change at the path or above hides them.
struct ResetCounter {
  struct Seen {
    Dot dot;  ///< of the Count op that set the total
    std::int64_t total;
  };
  std::vector<Seen> seen;
  bool of_mark = false;
};
/// FieldKind::set: adds, or removes what was seen of, one element.
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

/// Whether it writes and does no more, over all that its author saw at the path: so that of what
/// was seen nothing stands beside it but other kinds.
bool replaces_what_it_saw(const Op& op);
/// Whether all of them do.
bool replaces_what_it_saw(const std::vector<Op>& ops);

/// What a transaction says of itself in each of its changes.
struct Attribution {
  /// Only where the transaction has parts in several compartments: the same in each.
  std::optional<TransactionId> transaction;
  std::string user;  ///< who wrote, as the host calls them (check_user); empty: nothing is said
  std::int64_t wall_offset_ms = 0;  ///< the writer's wall clock minus the stamp's

  bool operator==(const Attribution&) const = default;
};

/// An entry of a context: a change of the same document by another author.
struct Cited {
  AuthorId author;
  std::uint64_t seq = 0;
  HeadPrefix hash;          ///< of that log at that place
  std::uint64_t floor = 0;  ///< up to there the writer couldn't read that log; below `seq`
  bool operator==(const Cited&) const = default;
};

/// What a change says of what its author had seen of the document.
struct Citations {
  /// The entries are the context. If not, each stands also for the context of the change it names.
  bool whole = true;
  std::vector<Cited> cited;      ///< by author, each once, never the change's own
  std::uint64_t own_before = 0;  ///< the author's own last change of the document; 0: none
  /// Ascending: by-content changes that it saw or names; of an import's part, all before it.
  std::vector<AuthorId> contents;
  std::vector<Position> exceptions;  ///< ascending: places that the writer hadn't applied
  bool operator==(const Citations&) const = default;
};

/// Calls `visit(dot)` for each dot that an op names, its path's elements included.
template <class Visit>
void each_named_dot(const Op& op, const Visit& visit);

/// A change without its ops: what is needed to file it.
struct ChangeHeader {
  Address address;
  /// As the author had it, resolved; never covers the change itself. Decoding fills it in where the
  /// citations are whole, less the by-content changes, whose carriers the state knows.
  Context context;
  Stamp stamp;
  Attribution attribution;
  /// Of a by-content change: the author of its dots, whose seq is 1.
  std::optional<AuthorId> content = {};
  Citations cites = {};
};

/// When its author's clock says that it was written.
inline WallTime written_at(const ChangeHeader& header) {
  return {header.stamp.wall().ms + header.attribution.wall_offset_ms};
}

/// Whether the author is that of a by-content change.
bool is_content(const Citations& citations, const AuthorId& author);
/// Fills the citations in from a resolved context, as a whole one. `hash_of` gives the prefix of
/// another author's log at a place.
using HashOf = std::function<HeadPrefix(const Position&)>;
void cite(ChangeHeader& header, const Position& self, const HashOf& hash_of);

/// The author of a by-content change's dots. `before`: those of the parts of the import before it,
/// ascending. `body`: all that stands behind the change's head.
AuthorId content_author(const CompartmentId& compartment, const Address& address,
                        const std::vector<AuthorId>& before, BytesView body);

/// One author's ops on one document in one compartment. Its position is the log's, not stored here.
struct Change : ChangeHeader {
  std::vector<Op> ops;
};

/// docs/spec/document.md, "Change". `self` is the change's own position: ids that name it, or its
/// author, take no space. Encoding is canonical: decode → encode gives the same bytes. What is
/// given is valid; whether it is within limits::kChangeBytes the caller looks. A context without
/// citations is cited whole, with hashes of zeros: for documents without logs.
Bytes encode(const Change& change, const Position& self);
/// `compartment`: part of a by-content change's author. Fails: corrupt (anything not as the spec
/// says), limit_exceeded, unsupported_version.
Result<Change> decode_change(BytesView bytes, const Position& self,
                             const CompartmentId& compartment = {});
/// Only what stands before the ops; the rest isn't looked at. Fails: corrupt, unsupported_version.
Result<ChangeHeader> decode_header(BytesView bytes, const Position& self,
                                   const CompartmentId& compartment = {});
/// Walks the whole change and checks every rule decode_change checks, without building it; gives
/// the header, and the distinct sections (first path steps) it touches, in the order of the ops.
/// What is done to the whole document (the empty path) is in none of them.
struct ChangeSummary {
  ChangeHeader header;
  std::vector<std::string> sections;
  /// A document with this change alone may have a conflict; false: it has none.
  bool may_conflict = false;
  bool replaces = false;      ///< each of its ops does: replaces_what_it_saw
  std::vector<KindAt> kinds;  ///< of what it writes; one may be there several times
};
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
