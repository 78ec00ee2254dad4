#pragma once

#include <cstddef>
#include <string>

#include "relais/import.h"
#include "relais/sync.h"

/// What is kept of a command that a signal cuts off. A signal can come when the work is complete
/// and the command doesn't know it yet: what is said before the end is known is true then too.
namespace cli {

std::string kept_of_sync();
std::string kept_of_sync(const relais::SyncReport& ended);

std::string kept_of_import();
std::string kept_of_import(const relais::ImportReport& ended);

std::string kept_of_join(bool set_aside);
/// The device has joined; it has not synced.
std::string kept_of_joined();
/// The device has joined and synced.
std::string kept_of_joined(const relais::SyncReport& synced);

/// `out`: a file; empty: standard output. `existed`: something has the name.
std::string kept_of_output(const std::string& out, bool existed);
/// The output has its name; these documents are not in it.
std::string kept_of_whole_output(const std::string& out, std::size_t unreadable);

}  // namespace cli
