#pragma once

#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "document/json/json.h"
#include "document/sequence/sequence.h"
#include "document/state/state.h"

namespace relais::document {

struct Mark;
struct Node;

/// Returns the position of a further change of a draft, after all positions returned before.
using NextPosition = std::function<Position()>;

/// An uncommitted edit: turns a user's operations into the ops of one change and applies them to
/// its state at once, so that later operations build on them. An edit too large for one change
/// continues in another one, if `more` is given.
///
/// Fails, everywhere: invalid_argument for an invalid path; wrong_kind if the field has another
/// kind; limit_exceeded if the only change would exceed its limits. A failed call may leave a part
/// of its ops: discard the draft.
class Draft {
 public:
  /// `base`: the state that the user sees (may be empty). `self`: the position of the change.
  /// `more`: returns positions for further changes; without it the draft is one change.
  Draft(State base, Position self, Address address, Stamp stamp, NextPosition more = {});

  /// Writes a scalar; this also resolves a conflict. A last-writer or ranked register keeps its
  /// kind; a ranked one takes only values with a known rank (else wrong_kind).
  Status set(const Path& path, Value value);
  /// Of concurrent writes the latest is shown; the others are reported.
  Status set_last_writer(const Path& path, Value value);
  /// The highest rank is shown, all values are kept. Fails: invalid_argument above 2^31 - 1.
  Status set_ranked(const Path& path, Value value, std::uint32_t rank);
  /// Puts JSON at a path: a scalar as `set`; an object field by field (fields it doesn't name
  /// stay); an array replaces the list's elements. Values that don't change are not written; a
  /// text, set or counter keeps its kind if the JSON fits it. `text` selects the new strings that
  /// become texts. Fails: bad_input, limit_exceeded, both with the path: malformed JSON, numbers
  /// out of range, duplicate keys.
  Status put_json(const Path& path, std::string_view json, const TextRules& text = {});
  /// Appends to a list (the default if nothing is at the path), adds to a set, or adds to a
  /// counter.
  Status append_json(const Path& path, std::string_view json);
  /// Fails: invalid_argument if the list has fewer elements than `index`.
  Status insert_json(const Path& list, std::size_t index, std::string_view json);
  Status add(const Path& set, Value value);
  /// Fails: not_found.
  Status remove(const Path& set, const Value& value);
  /// Fails: limit_exceeded instead of wrapping.
  Status count(const Path& counter, std::int64_t delta);
  /// Positions count code points of the visible text.
  Status splice_text(const Path& text, std::size_t position, std::size_t removed,
                     std::string_view inserted);
  /// Changes the text to `to` by a shortest edit script.
  Status update_text(const Path& text, std::string_view to);
  /// Deletes the field and all below it; `restore` undoes it, unless the field was only a value.
  /// The containing object or list stays, even if empty; so does the document. Fails: not_found.
  Status erase(const Path& path);
  /// The same, with a reason, which readers see. Fails: not_found; invalid_argument without a
  /// reason.
  Status make_void(const Path& path, std::string reason);
  /// Undoes the contested deletions of the path; if there are none, the newest deletion.
  /// Fails: not_found if nothing was deleted there.
  Status restore(const Path& path);
  /// Starts an empty container at a path that was deleted; the old content stays deleted. Otherwise
  /// a write below a deleted path fails with `deleted`.
  Status start_anew(const Path& path, FieldKind kind);
  /// Moves a list element, to index `to` afterwards. Concurrent writes to the element stay with it.
  /// Fails: invalid_argument beyond the list's end.
  Status move(const Path& list, std::size_t from, std::size_t to);

  /// Settles all conflicts at the path and below it in favour of what is shown: the shown value,
  /// kind and position stay, and contested deletions are undone. Fails: not_found.
  Status keep(const Path& path);
  /// A change with its position.
  struct Placed {
    const Change* change;
    Position position;
  };
  /// Undoes what is left of the user's own change, or of all changes by which one transaction
  /// edited the document, and nothing of other authors: its writes that nobody has overwritten are
  /// removed, and what it overwrote or deleted is written again. `before`: the state on which the
  /// first change was made (its context's). Fails: not_found if nothing of it is left.
  Status undo(const State& before, std::span<const Placed> undone);
  Status undo(const State& before, const Change& change, const Position& position) {
    const Placed only{&change, position};
    return undo(before, {&only, 1});
  }

  const State& state() const { return state_; }
  bool empty() const { return change_.ops.empty() && full_.empty(); }
  /// The draft's size: any added op changes the pair.
  std::pair<std::size_t, std::size_t> extent() const { return {full_.size(), bytes_}; }
  /// An upper bound of the current change's encoded size.
  std::size_t bytes() const { return bytes_; }
  /// The only change, which must not be empty (see `empty`); consumes the draft. Adds Keeps of
  /// contested deletions that the draft didn't settle.
  Change finish() &&;
  /// All changes, by position, each based on the ones before; consumes the draft.
  std::vector<std::pair<Position, Change>> finish_all() &&;
  /// The state with the draft's changes, moved out. Call after `finish`.
  State take_state();

 private:
  friend class JsonPutter;
  friend class Undoer;

  Status push(Path path, decltype(Op::what) what);
  Status push_one(Path path, decltype(Op::what) what);
  /// Pushes ops that must be in one change. Fails: limit_exceeded if they don't fit into one.
  Status push_together(std::vector<Op> ops);
  void do_ops(std::vector<Op> ops);
  /// Makes room for ops of at most `bytes`, in this change or in a new one. Fails: limit_exceeded
  /// if the draft has only one change and they don't fit, or delete one of their paths too often.
  Status make_room(std::size_t bytes, const std::vector<Op>& ops);
  bool deletes_too_often(const std::vector<Op>& ops) const;
  bool fits(std::size_t bytes, std::size_t ops) const;
  /// Ends this change and begins another one.
  void begin_next();
  /// An upper bound of an op's encoded size in this change.
  std::size_t bytes_of(const Op& op) const;
  void begin(const Position& self);
  /// Completes the change with its citations, Keeps and repeated Restores.
  void complete();
  /// The dot of the last op.
  Dot last_dot() const { return {self_.author, self_.seq, index_ - 1}; }
  Status check_not_deleted(const Path& path) const;
  Status push_deletion(const Path& path, std::optional<std::string> reason);
  /// Pushes as many at once as possible: each look at the state settles its marks again.
  Status push_restores(std::vector<Op> restores);
  Status undo_deletions(std::span<const Placed> undone, State& after);
  Status undo_restores(std::span<const Placed> undone, const State& before, const State& after);
  Status delete_again(const Path& path, const Mark& mark, const State& after);
  Status erase_field(const Path& path, std::optional<std::string> reason);
  bool empties_container(const Path& path) const;
  bool is_plain_register(const Path& path) const;
  std::vector<Dot> marks_to_restore(const Path& path);
  Status clear_above(const Path& path);
  void cite_contents();
  void note_contested();
  std::vector<Op> keeps_of_contested() const;
  bool is_below_contested(const Path& path) const;
  void keep_above(const Path& path);
  void keep_contested(const Path& path, const decltype(Op::what)& what);
  using IsMeant = std::function<bool(const Path& at)>;
  std::vector<Op> keeps_where(const IsMeant& is_meant) const;
  void keep_where(const IsMeant& is_meant);
  std::vector<Op> repeats_of_restores() const;
  Status check_kind(const Path& path, FieldKind kind, const char* what) const;
  /// Deletes what is at the path, unless it has only this kind.
  Status clear_for(const Path& path, FieldKind kind);
  Status set_register(const Path& path, Value value, FieldKind kind, std::uint32_t rank);
  Status keep_node(const Path& path);
  Status keep_kind(const Path& path, FieldKind kind);
  Status drop_kind(const Path& path, FieldKind kind);
  std::vector<Path> live_children(const Path& path, bool elements) const;
  op::ResetCounter reset_of(const Node& node, bool of_mark) const;
  std::vector<Op> resets_for_mark(const Path& path) const;
  Status add_to_counter(const Path& counter, std::int64_t delta);
  bool extend_insertion(const Path& path, Sequence& text, std::size_t position,
                        std::string_view inserted);
  bool shorten_insertion(const Path& path, Sequence& text, std::size_t position, std::size_t count);
  Status insert_text(const Path& path, std::optional<Dot> left, std::string_view inserted);
  Status delete_text(const Path& path, Sequence& text, std::size_t position, std::size_t count);
  std::optional<Dot> left_of(const Path& path, Sequence& text, std::size_t position) const;

  State state_;
  Position self_;
  std::uint32_t number_ = 0;  ///< of the change in the state's table
  Change change_;
  Context seen_;                           ///< the change's context, with by-content changes
  std::uint32_t index_ = 0;                ///< of the next op
  std::map<Path, std::size_t> deletions_;  ///< of this change
  std::size_t bytes_ = 0;                  ///< bound of the encoded change's size
  std::size_t spare_bytes_ = 0;            ///< part of bytes_ for `complete`
  std::size_t spare_ops_ = 0;
  NextPosition more_;
  std::vector<std::pair<Position, Change>> full_;  ///< complete changes
  std::vector<std::pair<Path, Dot>> contested_;    ///< contested marks in the base
  bool undoing_ = false;  ///< writes are repeats: they don't settle conflicts
};

}  // namespace relais::document
