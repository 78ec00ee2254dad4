#pragma once

#include <string>
#include <vector>

#include "relais/document.h"
#include "relais/result.h"

/// A place in a document's past, as a history prints it and the command line takes it:
///   CHANGE  COMPARTMENT.AUTHOR.SEQ; of the first two as many digits as tell it from others
///   TIME    as times.h reads it: 2026-03-01T09:30:00Z, to that second's end,
///           2026-03-01T09:30:00.125Z, or 2026-03-01 11:30:00 +0200
///   now     everything, whatever time it bears
namespace cli {

/// Every digit, for programs; and as few as people need.
std::string change_name(const relais::ChangeId& change);
std::string short_change_name(const relais::ChangeId& change);

/// Empty if it is one of the two; else what they look like.
std::string check_moment(const std::string& text);

/// The moment, in a document with this history. Fails: not_found, invalid_argument (several
/// changes have the name).
relais::Result<relais::Moment> find_moment(const std::string& text,
                                           const std::vector<relais::HistoryEntry>& history);

}  // namespace cli
