#pragma once

#include <string>

#include "document/state/state.h"

/// What must hold of each state that changes or bytes from outside have led to.
namespace relais::document {

/// Whether what is shown leads along the path: where two kinds clash at one place, the text of a
/// path below the hidden one names something else.
bool is_shown_along(const State& state, const Path& path);

/// Reads the document in every way; says what fails, or nothing. A counter may be out of range.
std::string fault_of_reads(const State& state);

/// The bytes decode, encode to the same, and read the same; says what doesn't, or nothing.
std::string fault_of_bytes(const State& state);

/// An honest writer edits it in every way, or in every `step`-th from the `first` on: what is
/// written can be read, and does what it showed. Says what fails, or nothing. `at`: a place of a
/// new author's.
std::string fault_of_edits(const State& state, const Position& at, std::size_t first = 0,
                           std::size_t step = 1);

}  // namespace relais::document
