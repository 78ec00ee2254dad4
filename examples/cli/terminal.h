#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What is on the other end of a stream, and what may be drawn there.
namespace cli {

/// A terminal that can do more than print: TERM is set, and isn't "dumb".
bool is_capable_terminal(int stream);

/// How many columns a terminal has: 80 where it doesn't say.
std::size_t columns_of(int stream);

enum class Colours : std::uint8_t { automatic, always, never };

/// automatic: on a capable terminal, unless NO_COLOR is set (https://no-color.org).
void choose_colours(Colours colours);

enum class Tone : std::uint8_t { plain, heading, conflict, fault };

/// The text in the tone's colour, if the stream takes colours. The text must be escaped already.
std::string toned(Tone tone, std::string text, int stream);

}  // namespace cli
