#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "store/store.h"

namespace relais::torture {

/// Faults planted to check that the tests catch them.
enum class Control : std::uint8_t {
  none,
  no_sync,    ///< reports commits as synced without syncing
  early_ack,  ///< acknowledges before it commits
};

std::optional<Control> parse_control(std::string_view name);

/// The store, or with `no_sync` one that never syncs.
std::unique_ptr<store::Store> weaken(std::unique_ptr<store::Store> store, Control control);

}  // namespace relais::torture
