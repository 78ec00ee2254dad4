#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document/state/state.h"

/// A document's sections: the first steps of its paths, which decide their compartments.
namespace relais::document {

/// An object's members in order, with their values as JSON. Fails: bad_input (malformed JSON, not
/// an object, a duplicate name).
Result<std::vector<std::pair<std::string, std::string>>> split_sections(std::string_view json);

/// The first step of a path as users write it.
std::string section_of(std::string_view path);

/// The names of a state's live sections, sorted.
std::vector<std::string> section_names(const State& state);

}  // namespace relais::document
