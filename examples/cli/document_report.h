#pragma once

#include <string>
#include <vector>

#include "report.h"

/// A document, its conflicts and its history, for programs and for people.
namespace cli {

Json document_json(const relais::DocumentId& document);
Json conflict_json(const relais::ConflictView& conflict, DeviceNames& names);
Json history_json(const std::vector<relais::HistoryEntry>& history, DeviceNames& names);

/// As the library wrote it if this program can't read it.
void say_document(const std::string& text);
void say_conflict(const relais::ConflictView& conflict, DeviceNames& names);
void say_history(const std::vector<relais::HistoryEntry>& history, DeviceNames& names);

}  // namespace cli
