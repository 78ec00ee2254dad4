#pragma once

#include <string>

#include "report.h"

/// What a document holds, and what was done to it: for programs, and for people.
namespace cli {

Json document_json(const relais::DocumentId& document);
Json conflict_json(const relais::ConflictView& conflict, DeviceNames& names);
Json void_json(const relais::VoidView& gone, DeviceNames& names);
Json entry_json(const relais::HistoryEntry& entry, DeviceNames& names);
Json difference_json(const relais::FieldDifference& difference);

/// As the library wrote it if this program can't read it.
void say_document(const std::string& text);
void say_conflict(const relais::ConflictView& conflict, DeviceNames& names);
void say_void(const relais::VoidView& gone, DeviceNames& names);
void say_entry(const relais::HistoryEntry& entry, DeviceNames& names);
void say_difference(const relais::FieldDifference& difference);

}  // namespace cli
