#pragma once

#include "document/state/table.h"

/// Deletions hide: docs/spec/document.md, "Deletion". Only for the files of this folder.
namespace relais::document {

/// Finds out which marks are contested, and moves what the others hide out of the way.
void settle(State::Table& table);
/// Hides at a path and below what the new mark there covers: all that is shown, where no mark of
/// the document is contested.
void hide_below(State::Table& table, const Path& path, const Mark& mark);
/// Shows all that is hidden, as if there were no marks.
void unhide(State::Table& table);
/// Leaves of the marks only what the state's bytes say: changes that have something at or below
/// their paths, Keeps of marks that stand, bases of such.
void trim(State::Table& table);
/// As if the marks had never been.
void drop_marks(State::Table& table, const Path& path, const std::vector<Dot>& marks);
bool stands(const State::Table& table, const Path& path, const Dot& mark);
/// The marks at a path and above it.
std::vector<const Mark*> marks_above(const State::Table& table, const Path& path);
/// Whether another deletion, at the path or above, had seen the one that left the mark.
bool is_under_another(const State::Table& table, const Path& path, const Mark& mark);
/// The mark that a counter's base holds with, of those at its path and above; null if it is gone.
const Mark* mark_of(const std::vector<const Mark*>& above, const Base& base);

}  // namespace relais::document
