#pragma once

#include "document/state/state.h"
#include "relais/document.h"

namespace relais::document {

/// A cursor's text: '<' (bound to what is before it) or '>' (to what is after it), then that
/// character's or element's dot; without one, the start or the end.
/// Fails: not_found; wrong_kind; invalid_argument beyond the end.
Result<Cursor> make_cursor(const State& state, const Path& path, std::size_t position,
                           CursorSide side);
/// Where it is now, in code points or elements. What held it may be gone: then where that was.
/// Fails: not_found (also if its change isn't here); wrong_kind; invalid_argument: no cursor.
Result<std::size_t> find_cursor(const State& state, const Path& path, const Cursor& cursor);

}  // namespace relais::document
