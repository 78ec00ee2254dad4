#pragma once

#include "document/state/state.h"
#include "relais/document.h"

namespace relais::document {

/// A cursor's text: '<' (bound to the unit before it) or '>' (to the unit after it), then the dot
/// of that character or element; without a dot, the start or the end. Fails: not_found; wrong_kind;
/// invalid_argument beyond the end.
Result<Cursor> make_cursor(const State& state, const Path& path, std::size_t position,
                           CursorSide side);
/// A cursor's position now, in code points or elements. If its unit was deleted, the position where
/// the unit was. Fails: not_found (also if the unit's change isn't here); wrong_kind;
/// invalid_argument if the cursor is malformed.
Result<std::size_t> find_cursor(const State& state, const Path& path, const Cursor& cursor);

}  // namespace relais::document
