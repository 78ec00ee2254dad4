#pragma once

#include "document/state/state.h"

namespace relais::document {

/// What a field shows: exactly one of the facets, and whether there is more to see.
struct Field {
  FieldKind kind = FieldKind::value;
  std::vector<Sibling> siblings;       ///< a register: the one to show first; equal values are one
  std::string text;                    ///< FieldKind::text
  std::int64_t count = 0;              ///< FieldKind::counter
  std::vector<Value> elements;         ///< FieldKind::set, sorted
  std::vector<Dot> items;              ///< FieldKind::list: live elements' ids in order
  std::vector<std::string> names;      ///< FieldKind::map: names of live fields, sorted
  std::vector<FieldKind> other_kinds;  ///< also live at this path
};

/// Something that isn't there because somebody said why.
struct Voided : Deletion {
  Path path;
};
/// In canonical order; not those where something is to be seen again.
std::vector<Voided> voided_fields(const State& state);
/// The newest deletion of the whole, where nothing of it is to be seen. Nothing: there is none.
std::optional<Deletion> deletion_of_all(const State& state);

/// Fails: not_found.
Result<Field> read_field(const State& state, const Path& path);
/// The versions of all registers that live at a path, each with its kind: those that are shown, and
/// those that another kind hides.
std::vector<std::pair<FieldKind, Sibling>> read_versions(const State& state, const Path& path);
/// Every live path with a register, text, counter or set, in canonical order: for listing history
/// or conflicts.
std::vector<std::pair<Path, FieldKind>> live_fields(const State& state);

}  // namespace relais::document
