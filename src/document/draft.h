#pragma once

#include <string_view>

#include "document/json.h"
#include "document/sequence.h"
#include "document/state.h"

namespace relais::document {

/// An edit in the making: turns what a user does into the ops of one change, and shows them at
/// once, so that later edits of the same change build on earlier ones.
///
/// Fails, everywhere: invalid_argument for a path that no document has; wrong_kind if the field is
/// of another kind; limit_exceeded when the change would grow beyond its limits. What failed may
/// have left a part of itself in the draft: throw the draft away.
class Draft {
 public:
  /// `base`: the state that the user sees (may be empty). `self`: the position the change will get.
  Draft(State base, Position self, Address address, Stamp stamp);

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
  /// Appends to a list (default when nothing is at the path), adds to a set, or adds to a counter.
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
  /// Deletes the field, and all below it; `restore` brings it back, unless it was only a value.
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
  Status start_anew(const Path& path, Kind kind);
  /// Puts an element of a list elsewhere: it is the `to`-th afterwards. What others write to it at
  /// the same time stays with it. Fails: invalid_argument beyond the list's end.
  Status move(const Path& list, std::size_t from, std::size_t to);

  /// Settles all conflicts at the path and below it as they are shown: the shown value, kind and
  /// place stay, and contested deletions are taken back. Fails: not_found.
  Status keep(const Path& path);
  /// Takes back what is left of one's own change, and nothing of anybody else's: what it wrote and
  /// nobody has overwritten since goes, and what it overwrote or deleted is written again.
  /// `before`: the state that the change was made on (its context's). Fails: not_found if nothing
  /// of it is left.
  Status undo(const State& before, const Change& change, const Position& position);

  const State& state() const { return state_; }
  bool empty() const { return change_.ops.empty(); }
  /// The encoded change is not larger.
  std::size_t bytes() const { return bytes_; }
  /// The change, if there is anything in it (see `empty`); the draft is spent. What it leaves
  /// unsettled of contested deletions it keeps.
  Change finish() &&;
  /// The state with what the draft does, to go on from; `state` has it no more. After `finish`.
  State take_state() { return std::move(state_); }

 private:
  friend class JsonPutter;
  friend class Undoer;

  Status push(Path path, decltype(Op::what) what);
  void do_op(Path path, decltype(Op::what) what);
  Status check_not_deleted(const Path& path) const;
  Status push_deletion(const Path& path, std::optional<std::string> reason);
  bool is_plain_register(const Path& path) const;
  std::vector<Dot> marks_to_restore(const Path& path);
  Status clear_above(const Path& path);
  void cite_contents();
  void note_contested();
  void keep_contested();
  bool is_below_contested(const Path& path) const;
  void keep_above(const Path& path);
  void repeat_restores();
  Status check_kind(const Path& path, Kind kind, const char* what) const;
  /// Deletes what is at the path, unless it is of this kind alone.
  Status clear_for(const Path& path, Kind kind);
  Status set_register(const Path& path, Value value, Kind kind, std::uint32_t rank);
  Status keep_node(const Path& path);
  Status keep_kind(const Path& path, Kind kind);
  Status drop_kind(const Path& path, Kind kind);
  Status reset_counter(const Path& path, bool of_mark);
  Status add_to_counter(const Path& counter, std::int64_t delta);
  Status reset_counters(const Path& path);
  bool types_on(const Path& path, Sequence& text, std::size_t position, std::string_view inserted);
  bool takes_back(const Path& path, Sequence& text, std::size_t position, std::size_t count);
  Status insert_text(const Path& path, std::optional<Dot> left, std::string_view inserted);
  Status delete_text(const Path& path, Sequence& text, std::size_t position, std::size_t count);
  std::optional<Dot> left_of(const Path& path, Sequence& text, std::size_t position) const;

  State state_;
  Position self_;
  std::uint32_t number_ = 0;  ///< of the change, in the state's table
  Change change_;
  Context seen_;             ///< the change's, with the by-content changes of the state
  std::uint32_t index_ = 0;  ///< of the next op
  std::size_t bytes_ = 0;    ///< at most, of the encoded change
  std::vector<std::pair<Path, Dot>> contested_;  ///< marks, as the author found them
  bool takes_back_ = false;  ///< what is written again is no decision on what stands beside it
};

}  // namespace relais::document
