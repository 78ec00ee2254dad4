#pragma once

#include <cstdint>
#include <utility>

#include "reconcile/inventory.h"

/// Ranges of authors: a compartment's logs are divided by the first bits of their authors' ids.
/// Inside src/reconcile only.
namespace relais::reconcile {

Error bad_vector(const char* what);

/// The range of an author, of 2^depth.
std::uint16_t range_of(const AuthorId& author, std::uint8_t depth);
/// The logs of one range.
std::pair<Heads::const_iterator, Heads::const_iterator> in_range(const Heads& heads,
                                                                 std::uint8_t depth,
                                                                 std::uint16_t range);

/// The compartments of an inventory by their tags in a session.
using CompartmentsByTag = std::map<wire::CompartmentTag8, const Inventory::value_type*>;
CompartmentsByTag compartments_by_tag(const SessionKey& session, const Inventory& inventory);
/// Fails: peer_misbehaved (a compartment twice).
Status check_tags(const wire::message::Vectors& vectors);

/// The depth at which the roots of all ranges and the logs of one take the fewest bytes.
std::uint8_t best_depth(std::size_t logs);

}  // namespace relais::reconcile
