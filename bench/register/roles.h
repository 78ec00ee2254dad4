#pragma once

#include <string>
#include <vector>

namespace bench {

/// What a process of the benchmark does besides leading it, each in a process of its own so that
/// its memory and its start are its own. Answers are numbers on one line.
///
///   import DIR FILE      founds a space, imports: "seconds peak_rss_mb"
///   again DIR FILE       imports what is there: "seconds"
///   open DIR             opens: "seconds peak_rss_mb documents", counted after the time was taken
///   serve DIR            "ADDRESS"; then per line of input: invite → an invitation,
///                        edit COUNT SEED FILE → "ok", rss → "peak_rss_mb"
///   join DIR INVITATION ADDRESS   "ok"
///   sync DIR ADDRESS     first opens; then per line: edit COUNT SEED FILE → "ok",
///                        sync → "seconds round_trips sent received handshake changes_received
///                        in_sync peak_rss_mb"
int play(const std::vector<std::string>& arguments);

}  // namespace bench
