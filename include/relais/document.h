#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "relais/ids.h"
#include "relais/value.h"

namespace relais {

/// A document's name: `scope/collection/id`. The scope (a zone, a team) may be empty.
/// Paths within a document are text: steps joined by '/', `~1` for '/' and `~0` for '~' in a name.
/// A number after a list is an element's index at that moment.
struct DocumentId {
  std::string scope;
  std::string collection;
  std::string id;
  auto operator<=>(const DocumentId&) const = default;
};

/// What a field is. Two kinds written at one path at once both survive.
enum class FieldKind : std::uint8_t { value, map, list, text, set, counter };

/// Who wrote something, and when by that device's clock. The time is for people: it decides
/// nothing but what is shown first.
struct Provenance {
  AuthorId author;
  DeviceId device;
  std::uint64_t seq = 0;     ///< place in the author's log
  std::int64_t time_ms = 0;  ///< wall time, UTC, since 1970
};

/// One version of a value that no later write has seen.
struct Version {
  Value value;
  Provenance written;
};

/// A field as it reads now.
struct FieldView {
  FieldKind kind = FieldKind::value;
  std::vector<Version> versions;   ///< value: the one to show first; more than one is a conflict
  std::string text;                ///< text
  std::int64_t count = 0;          ///< counter
  std::vector<Value> elements;     ///< set, sorted
  std::size_t size = 0;            ///< list: its live elements
  std::vector<std::string> names;  ///< map: its fields, sorted
  std::vector<FieldKind> other_kinds;  ///< also live at this path: a conflict of kinds
};

/// A field with several versions that no one has chosen between.
struct ConflictView {
  DocumentId document;
  std::string path;
  FieldKind kind = FieldKind::value;
  std::vector<Version> versions;  ///< the one shown first
  bool kinds_clash = false;
  bool revived = false;  ///< one deleted it, one who hadn't seen that wrote to it: it lives
};

/// One change in a document's history.
struct HistoryEntry {
  Provenance written;
  std::vector<std::string> paths;  ///< what it touched, elements by their ids
  /// The same in all that one transaction wrote, if that was in several compartments.
  std::optional<TransactionId> transaction;
};

}  // namespace relais
