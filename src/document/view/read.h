#pragma once

#include "document/state/state.h"

namespace relais::document {

/// What a field shows: one facet, and the other live kinds.
struct Field {
  FieldKind kind = FieldKind::value;
  std::vector<Sibling> siblings;       ///< a register: the shown one first; equal values are merged
  std::string text;                    ///< FieldKind::text
  std::int64_t count = 0;              ///< FieldKind::counter
  std::vector<Value> elements;         ///< FieldKind::set, sorted
  std::vector<Dot> items;              ///< FieldKind::list: live elements' ids in order
  std::vector<std::string> names;      ///< FieldKind::map: names of live fields, sorted
  std::vector<FieldKind> other_kinds;  ///< also live at this path
};

/// A void field.
struct Voided : Deletion {
  Path path;
};
/// The void fields, in canonical order, except those where something is shown again.
std::vector<Voided> voided_fields(const State& state);
/// The newest deletion of the whole document; nothing if there is none or something is shown.
std::optional<Deletion> deletion_of_all(const State& state);

/// Fails: not_found.
Result<Field> read_field(const State& state, const Path& path);
/// The versions of all live registers at a path with their kinds, also those not shown because of
/// another kind.
std::vector<std::pair<FieldKind, Sibling>> read_versions(const State& state, const Path& path);
/// Every live path with a register, text, counter or set, in canonical order: for listing history
/// or conflicts.
std::vector<std::pair<Path, FieldKind>> live_fields(const State& state);

}  // namespace relais::document
