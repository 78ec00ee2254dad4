#pragma once

#include <string>

#include "relais/error.h"

/// Inside src/peer only.
namespace relais::peer {

inline Error misbehaved(std::string_view what) {
  return {ErrorCode::peer_misbehaved,
          std::string("The other device broke the rules of a sync: ").append(what)};
}

inline Error damaged(std::string_view what) {
  return {ErrorCode::store_corrupt,
          std::string("A log of this device can't be sent: ").append(what)};
}

}  // namespace relais::peer
