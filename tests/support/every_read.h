#pragma once

#include <string>

#include "document/state/state.h"

/// Invariants of every state that results from changes or from foreign bytes.
namespace relais::document {

/// Whether the path leads through shown fields: where two kinds conflict at one place, a path below
/// the hidden one names something else.
bool is_shown_along(const State& state, const Path& path);

/// Reads the document in every way; returns what fails, or an empty text. A counter may be out of
/// range.
std::string fault_of_reads(const State& state);

/// Checks that the bytes decode, encode to the same bytes, and read the same; returns what fails,
/// or an empty text.
std::string fault_of_bytes(const State& state);

/// Edits the document in every way, or in every `step`-th from the `first` on, as an honest writer:
/// the result can be read and shows the edit. Returns what fails, or an empty text. `at`: a place
/// of a new author.
std::string fault_of_edits(const State& state, const Position& at, std::size_t first = 0,
                           std::size_t step = 1);

}  // namespace relais::document
