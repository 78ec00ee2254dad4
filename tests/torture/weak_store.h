#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "store/store.h"

namespace relais::torture {

/// Faults that the tests plant, to see that they are caught.
enum class Control : std::uint8_t {
  none,
  no_sync,    ///< says that commits are on the disk, and never syncs one
  early_ack,  ///< what is written is acknowledged, then committed
};

std::optional<Control> parse_control(std::string_view name);

/// The store, or with `no_sync` one that never syncs.
std::unique_ptr<store::Store> weaken(std::unique_ptr<store::Store> store, Control control);

}  // namespace relais::torture
