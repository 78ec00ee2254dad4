#pragma once

#include <string>
#include <string_view>

/// Invitations as they come out of mails, notes and messages. The library knows what an invitation
/// means; here it is only found.
namespace cli {

/// The last invitation in a text, without what mail programs put into it: lines that were wrapped,
/// also as "=\n", quoted with '>', spaces, soft hyphens. Other text may stand around it. Where no
/// invitation is to be seen, the text without its spaces, for the library to refuse.
std::string find_invitation(std::string_view text);

/// Whether more of it is to come: it ends within a group of digits, or with a dash.
bool is_cut_off(std::string_view text);

/// Whether a secret may be in the text: then no message may repeat it.
bool holds_invitation(std::string_view text);

/// The same of a file or a folder: whether a secret may be in one of the names in its path.
bool is_path_with_invitation(std::string_view path);

}  // namespace cli
