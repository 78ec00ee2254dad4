#pragma once

#include <optional>
#include <string>

#include "relais/result.h"

/// Secrets that come into this program, and what keeps them in it.
namespace cli {

/// An invitation: the argument itself (which the shell's history and the list of processes then
/// show), the last line of a file or of standard input ("-"), or what is typed at a terminal,
/// without showing it. Fails: not_found, bad_input, invalid_argument (nothing of these is there).
relais::Result<std::string> read_invitation(const std::optional<std::string>& argument,
                                            const std::string& file);

/// No core dump is written of this process, and no other of this user may look into it.
void keep_memory_private();

}  // namespace cli
