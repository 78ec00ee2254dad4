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

/// Gives the position of one more change of a draft, behind all positions given before.
using NextPosition = std::function<Position()>;

/// An edit in the making: turns what a user does into the ops of one change, and shows them at
/// once, so that later edits of the same change build on earlier ones. What is too large for one
/// change goes on in another, if the draft may have more.
///
/// Fails, everywhere: invalid_argument for a path that no document has; wrong_kind if the field is
/// of another kind; limit_exceeded when the only change would grow beyond its limits. What failed
/// may have left a part of itself in the draft: throw the draft away.
class Draft {
 public:
  /// `base`: the state that the user sees (may be empty). `self`: the position the change will get.
  /// `more`: gives positions for more changes; without it the draft is one.
  Draft(State base, Position self, Address address, Stamp stamp, NextPosition more = {});

  /// Writes a scalar; also the way to resolve a conflict. A register that follows another rule goes
  /// on to: a ranked one takes only values whose ranks it knows (else wrong_kind).
  Status set(const Path& path, Value value);
  /// Of several writes at once, the latest is shown, and the others are reported.
  Status set_last_writer(const Path& path, Value value);
  /// The highest rank is shown, all are kept. Fails: invalid_argument beyond 2^31 - 1.
  Status set_ranked(const Path& path, Value value, std::uint32_t rank);
  /// Puts JSON at a path: a scalar as `set`; an object field by field (fields it doesn't name
  /// stay); an array replaces the list's elements. What reads the same already is left alone; a
  /// text, set or counter stays one if the JSON fits it. `text` says which new strings become text.
  /// Fails: bad_input, limit_exceeded, both with the path: broken JSON, numbers out of range,
  /// duplicate keys.
  Status put_json(const Path& path, std::string_view json, const TextRules& text = {});
  /// Appends to a list (the default if nothing is at the path), adds to a set, or adds to a counter.
  Status append_json(const Path& path, std::string_view json);
  /// Fails: invalid_argument if the list has fewer elements than `index`.
  Status insert_json(const Path& list, std::size_t index, std::string_view json);
  Status add(const Path& set, Value value);
  /// Fails: not_found.
  Status remove(const Path& set, const Value& value);
  /// Fails: limit_exceeded instead of wrapping.
  Status count(const Path& counter, std::int64_t delta);
  /// Positions are in code points of what the text reads.
  Status splice_text(const Path& text, std::size_t position, std::size_t removed,
                     std::string_view inserted);
  /// Makes the text read `text` with the smallest splices a diff finds.
  Status update_text(const Path& text, std::string_view to);
  /// Deletes the field, and all below it; `restore` brings it back, unless it was only a value. The
  /// object or list that it was in stays, if only as `{}` or `[]`; so does the document.
  /// Fails: not_found.
  Status erase(const Path& path);
  /// The same, for a reason that is read there. Fails: not_found; invalid_argument without a
  /// reason.
  Status make_void(const Path& path, std::string reason);
  /// Takes back the deletions of the path that others contest; if none is contested, the newest.
  /// Fails: not_found if nothing was deleted there.
  Status restore(const Path& path);
  /// Lets what was deleted at the path stay so, and begins with nothing there. A write below what
  /// was deleted is refused (`deleted`) otherwise.
  Status start_anew(const Path& path, FieldKind kind);
  /// Puts an element of a list elsewhere: it is the `to`-th afterwards. What others write to it at
  /// the same time stays with it. Fails: invalid_argument beyond the list's end.
  Status move(const Path& list, std::size_t from, std::size_t to);

  /// Settles all conflicts at the path and below it as they are shown: the shown value, kind and
  /// place stay, and contested deletions are taken back. Fails: not_found.
  Status keep(const Path& path);
  /// A change at its place.
  struct Placed {
    const Change* change;
    Position position;
  };
  /// Takes back what is left of one's own change, or of the several that one transaction made of
  /// the document, and nothing of anybody else's: what it wrote and nobody has overwritten since
  /// goes, and what it overwrote or deleted is written again. `before`: the state that the first of
  /// them was made on (its context's). Fails: not_found if nothing of it is left.
  Status undo(const State& before, std::span<const Placed> undone);
  Status undo(const State& before, const Change& change, const Position& position) {
    const Placed only{&change, position};
    return undo(before, {&only, 1});
  }

  const State& state() const { return state_; }
  bool empty() const { return change_.ops.empty() && full_.empty(); }
  /// How much there is in it: another pair after whatever was added.
  std::pair<std::size_t, std::size_t> extent() const { return {full_.size(), bytes_}; }
  /// The encoded change that is being made is not larger.
  std::size_t bytes() const { return bytes_; }
  /// The only change, if there is anything in it (see `empty`); the draft is spent. What it leaves
  /// unsettled of contested deletions it keeps.
  Change finish() &&;
  /// All changes, in the order of their positions, each on the ones before; the draft is spent.
  std::vector<std::pair<Position, Change>> finish_all() &&;
  /// The state with what the draft does, to go on from; `state` has it no more. After `finish`.
  State take_state();

 private:
  friend class JsonPutter;
  friend class Undoer;

  Status push(Path path, decltype(Op::what) what);
  Status push_one(Path path, decltype(Op::what) what);
  /// Ops that must stand in one change. Fails: limit_exceeded if none holds them.
  Status push_together(std::vector<Op> ops);
  void do_ops(std::vector<Op> ops);
  /// For ops that take at most so many bytes: in this change, or in a new one. Fails:
  /// limit_exceeded if there is no other and they don't fit, or delete one of their paths too
  /// often.
  Status make_room(std::size_t bytes, const std::vector<Op>& ops);
  bool deletes_too_often(const std::vector<Op>& ops) const;
  bool fits(std::size_t bytes, std::size_t ops) const;
  /// Goes on in another change.
  void begin_next();
  /// An upper bound of what an op takes in this change.
  std::size_t bytes_of(const Op& op) const;
  void begin(const Position& self);
  /// Adds what the change has to say of what its author saw.
  void complete();
  /// Of the op that was pushed last.
  Dot last_dot() const { return {self_.author, self_.seq, index_ - 1}; }
  Status check_not_deleted(const Path& path) const;
  Status push_deletion(const Path& path, std::optional<std::string> reason);
  /// As many at a time as can be: looking at the state in between would settle it again.
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
  /// Deletes what is at the path, unless it is of this kind alone.
  Status clear_for(const Path& path, FieldKind kind);
  Status set_register(const Path& path, Value value, FieldKind kind, std::uint32_t rank);
  Status keep_node(const Path& path);
  Status keep_kind(const Path& path, FieldKind kind);
  Status drop_kind(const Path& path, FieldKind kind);
  std::vector<Path> live_children(const Path& path, bool elements) const;
  op::ResetCounter reset_of(const Node& node, bool of_mark) const;
  std::vector<Op> resets_for_mark(const Path& path) const;
  Status add_to_counter(const Path& counter, std::int64_t delta);
  bool extend_insertion(const Path& path, Sequence& text, std::size_t position, std::string_view inserted);
  bool shorten_insertion(const Path& path, Sequence& text, std::size_t position, std::size_t count);
  Status insert_text(const Path& path, std::optional<Dot> left, std::string_view inserted);
  Status delete_text(const Path& path, Sequence& text, std::size_t position, std::size_t count);
  std::optional<Dot> left_of(const Path& path, Sequence& text, std::size_t position) const;

  State state_;
  Position self_;
  std::uint32_t number_ = 0;  ///< of the change, in the state's table
  Change change_;
  Context seen_;             ///< the change's, with the by-content changes of the state
  std::uint32_t index_ = 0;  ///< of the next op
  std::map<Path, std::size_t> deletions_;  ///< of this change
  std::size_t bytes_ = 0;                  ///< at most, of the encoded change
  std::size_t spare_bytes_ = 0;            ///< of them, for what is added at the end
  std::size_t spare_ops_ = 0;
  NextPosition more_;
  std::vector<std::pair<Position, Change>> full_;  ///< changes that are made
  std::vector<std::pair<Path, Dot>> contested_;    ///< marks, as the author found them
  bool undoing_ = false;  ///< what is written again is no decision on what stands beside it
};

}  // namespace relais::document
