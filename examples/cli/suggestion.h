#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What somebody may have meant who wrote another word.
namespace cli {

/// How many characters differ: one that is missing, too much, another, or in its neighbour's place.
/// (Optimal string alignment.)
std::size_t distance(std::string_view one, std::string_view other);

/// The word that is closest to `written`; empty if none is close. Of two that are as close, the
/// first.
std::string closest(std::string_view written, const std::vector<std::string>& words);

/// The command that is called `written` elsewhere, or that is closest to it; empty if there is
/// none.
std::string command_for(std::string_view written, const std::vector<std::string>& commands);

}  // namespace cli
