#pragma once

#include <optional>
#include <string>

#include "relais/result.h"

/// Secrets that come into this program, and what keeps them in it.
namespace cli {

/// An invitation: the argument itself, the text of a file ("@FILE", or `file`) or of standard input
/// ("-"), or what is typed at a terminal, without showing it. How it was wrapped or quoted is no
/// matter: invitation_text.h. Fails: not_found, bad_input, invalid_argument (nothing of these is
/// there); no message repeats an invitation.
relais::Result<std::string> read_invitation(const std::optional<std::string>& argument,
                                            const std::string& file);

/// Overwrites the invitations among the program's arguments, which other users of the machine see.
/// They must have been read already.
void hide_invitations(int count, char** arguments);

/// No core dump is written of this process, and no other of this user may look into it.
void keep_memory_private();

}  // namespace cli
