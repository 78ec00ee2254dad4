#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace cli {
namespace {

Colours chosen = Colours::automatic;

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool takes_colours(int stream) {
  if (chosen != Colours::automatic) return chosen == Colours::always;
  return !is_set("NO_COLOR") && is_capable_terminal(stream);
}

std::string_view sequence_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return {};
    case Tone::heading: return "\x1b[1m";
    case Tone::conflict: return "\x1b[33m";
    case Tone::fault: return "\x1b[31m";
  }
  return {};
}

}  // namespace

bool is_capable_terminal(int stream) {
  const char* const terminal = std::getenv("TERM");
  return ::isatty(stream) == 1 && is_set("TERM") && std::string_view(terminal) != "dumb";
}

std::size_t columns_of(int stream) {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  const bool known = ::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return known ? size.ws_col : kUsual;
}

void choose_colours(Colours colours) { chosen = colours; }

std::string toned(Tone tone, std::string text, int stream) {
  if (tone == Tone::plain || !takes_colours(stream)) return text;
  return std::string(sequence_of(tone)).append(text).append("\x1b[0m");
}

}  // namespace cli
