#pragma once

#include <string>

#include "outcome.h"
#include "relais/replica.h"
#include "report.h"

namespace cli {

/// One sync as the members of a JSON object: see docs/cli.md.
Json sync_json(const relais::SyncReport& report);
/// One sync in a line: "12 changes received, 3 sent; 4.5 kB in 2 round trips, 0.1 s; in sync".
std::string sync_text(const relais::SyncReport& report);
/// What keeps both from holding the same; nothing if they do.
Outcome sync_fault(const relais::SyncReport& report);

}  // namespace cli
