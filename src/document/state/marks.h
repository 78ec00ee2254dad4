#pragma once

#include "document/state/table.h"

/// Marks of deletions: docs/spec/document.md, "Deletion". Only for this folder.
namespace relais::document {

/// Determines the contested marks, and moves what the other marks cover to the hidden tree.
void settle(State::Table& table);
/// Hides what a new mark covers at its path and below. That is all that is shown there; no mark of
/// the document may be contested.
void hide_below(State::Table& table, const Path& path, const Mark& mark);
/// Moves all hidden items back, as if there were no marks.
void unhide(State::Table& table);
/// Reduces marks to their encoded form: only changes with an item at or below their paths, only
/// Keeps and bases of marks that stand.
void trim(State::Table& table);
/// Removes the marks, as if they had never been made.
void drop_marks(State::Table& table, const Path& path, const std::vector<Dot>& marks);
bool stands(const State::Table& table, const Path& path, const Dot& mark);
/// The marks at a path and above it.
std::vector<const Mark*> marks_above(const State::Table& table, const Path& path);
/// Whether another mark, at the path or above, covers this one.
bool is_under_another(const State::Table& table, const Path& path, const Mark& mark);
/// The mark of a counter's base among those at its path and above; null if it is gone.
const Mark* mark_of(const std::vector<const Mark*>& above, const Base& base);

}  // namespace relais::document
