#include "secrets.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "files.h"

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;

/// What `relais invite` prints ends with the invitation.
std::string last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return std::string(text.substr(text.find_last_of('\n') + 1));
}

relais::Result<std::string> read_from(const std::string& path) {
  const auto file = InputFile::open(path);
  if (!file) return file.error();
  return last_line(file->text());
}

/// A line from the terminal, which doesn't show it.
std::string ask(const char* prompt) {
  termios shown{};
  const bool known = ::tcgetattr(STDIN_FILENO, &shown) == 0;
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  std::fputs(prompt, stderr);
  if (known) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line;
  std::getline(std::cin, line);
  if (known) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  std::fputs("\n", stderr);
  return line;
}

}  // namespace

relais::Result<std::string> read_invitation(const std::optional<std::string>& argument,
                                            const std::string& file) {
  if (!file.empty()) return read_from(file);
  if (argument && *argument != "-") return *argument;
  if (argument) return read_from("-");
  if (::isatty(STDIN_FILENO) == 1) return ask("Invitation (it is not shown): ");
  return Error(ErrorCode::invalid_argument,
               "The invitation is missing: name its file with --invitation-file, or write '-' to "
               "read it from standard input.");
}

void keep_memory_private() {
#if !defined(__SANITIZE_ADDRESS__)  // which looks into its own process, for leaks
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace cli
