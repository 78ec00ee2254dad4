#pragma once

#include <string_view>

#include "document/state.h"

namespace relais::document {

/// An edit in the making: turns what a user does into the ops of one change, and shows them at
/// once, so that later edits of the same change build on earlier ones.
class Draft {
 public:
  /// `base`: the state that the user sees (may be empty). `self`: the position the change will get.
  Draft(State base, Position self, Address address, Stamp stamp);

  /// Writes a scalar; also the way to resolve a conflict.
  Status set(const Path& path, Value value);
  /// Puts JSON at a path: a scalar as `set`; an object field by field (fields it doesn't name stay);
  /// an array replaces the list's elements. `as_text(path)` says which strings become text.
  /// Fails: bad_input with the path for broken JSON, limits, numbers out of range, duplicate keys.
  Status put_json(const Path& path, std::string_view json);
  /// Appends to a list (default when nothing is at the path), adds to a set, or adds to a counter.
  Status append_json(const Path& path, std::string_view json);
  Status insert_json(const Path& list, std::size_t index, std::string_view json);
  Status add(const Path& set, Value value);
  Status remove(const Path& set, const Value& value);
  /// Fails: limit_exceeded instead of wrapping.
  Status count(const Path& counter, std::int64_t delta);
  Status splice_text(const Path& text, std::size_t position, std::size_t removed, std::string_view inserted);
  /// Makes the text read `text` with the smallest splices a diff finds.
  Status update_text(const Path& text, std::string_view to);
  /// Deletes the field, and all below it. Fails: not_found.
  Status erase(const Path& path);

  const State& state() const { return state_; }
  bool empty() const { return change_.ops.empty(); }
  /// The change; the draft is spent.
  Change finish() &&;

 private:
  State state_;
  Position self_;
  Change change_;
};

}  // namespace relais::document
