#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace relais::document {

/// Field names that a stored state encodes as a number: those of the schemas shipped with Relais
/// and of a clinic's register. Numbers are permanent; new names are appended. The first 32 take one
/// byte. docs/spec/document.md, "State".
std::optional<std::uint32_t> number_of_name(std::string_view name);
/// Nothing if no name has the number.
std::optional<std::string_view> name_of_number(std::uint64_t number);

}  // namespace relais::document
