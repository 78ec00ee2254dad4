#pragma once

#include <cstdint>

#include "reconcile/inventory.h"

/// Small inventories with ids that are easy to tell apart.
namespace relais::reconcile {

template <class Id>
Id numbered(std::uint32_t number) {
  Id id;
  for (std::size_t i = 0; i < 4; ++i)
    id.data()[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return id;
}

inline log::Head head(std::uint64_t seq, std::uint32_t hash = 0) {
  return {seq, numbered<crypto::Hash>(hash != 0 ? hash : static_cast<std::uint32_t>(seq))};
}

inline CompartmentId compartment_id(std::uint32_t number) {
  return numbered<CompartmentId>(number);
}
inline AuthorId author(std::uint32_t number) { return numbered<AuthorId>(number); }

inline SessionKey some_session(std::uint32_t number = 1) {
  return session_key(numbered<crypto::Hash>(number));
}

/// `logs` authors from 1 on, each at seq 1, in one compartment.
inline Inventory inventory_of(std::uint32_t logs) {
  Inventory inventory;
  Heads& heads = inventory[compartment_id(1)];
  for (std::uint32_t i = 1; i <= logs; ++i) heads.emplace(author(i), head(1));
  return inventory;
}

}  // namespace relais::reconcile
