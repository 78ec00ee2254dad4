#include "secrets.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "files.h"
#include "interruption.h"
#include "invitation_text.h"

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;

/// Its name may be an invitation that somebody took for one: that is not repeated.
relais::Result<std::string> read_from(const std::string& path) {
  const auto file = InputFile::open(path);
  if (file) return find_invitation(file->text());
  if (!holds_invitation(path)) return file.error();
  return Error(ErrorCode::invalid_argument,
               "An invitation stands where the name of a file belongs.");
}

/// The terminal shows nothing that is typed, until this goes: also by a signal.
class HiddenTyping {
 public:
  HiddenTyping() : known_(::tcgetattr(STDIN_FILENO, &before_) == 0), restore_([this] { show(); }) {
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (known_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;
  ~HiddenTyping() { show(); }

 private:
  /// What was pasted and not read is dropped: a shell would take it for commands.
  void show() {
    if (known_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }

  termios before_{};
  bool known_;
  OnInterruption restore_;
};

bool more_is_pasted() {
  constexpr int kBetweenLinesMs = 50;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, kBetweenLinesMs) > 0;
}

/// A line from the terminal; false: there is none.
bool read_line(std::string& text) {
  char c = 0;
  std::size_t got = 0;
  while (::read(STDIN_FILENO, &c, 1) == 1) {
    text += c;
    ++got;
    if (c == '\n') break;
  }
  return got > 1;
}

/// What is typed or pasted: several lines, where it was wrapped. An empty one ends it.
std::string ask(const char* prompt) {
  const HiddenTyping hidden;
  std::fputs(prompt, stderr);
  std::string text;
  while (read_line(text)) {
    if (more_is_pasted()) continue;
    if (!is_cut_off(text)) break;
    std::fputs("\nThe invitation is not complete: paste the rest. An empty line ends it.\n",
               stderr);
  }
  return find_invitation(text);
}

}  // namespace

relais::Result<std::string> read_invitation(const std::optional<std::string>& argument,
                                            const std::string& file) {
  if (!file.empty()) return read_from(file);
  if (argument && argument->starts_with('@')) return read_from(argument->substr(1));
  if (argument && *argument != "-") return find_invitation(*argument);
  if (argument) return read_from("-");
  if (::isatty(STDIN_FILENO) == 1) return ask("Invitation (it is not shown): ");
  return Error(ErrorCode::invalid_argument,
               "The invitation is missing: name its file with --invitation-file, or write '-' to "
               "read it from standard input.");
}

void hide_invitations(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const std::size_t size = std::strlen(arguments[i]);
    if (holds_invitation(arguments[i])) std::memset(arguments[i], 'x', size);
  }
}

void keep_memory_private() {
#if !defined(__SANITIZE_ADDRESS__)  // which looks into its own process, for leaks
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace cli
