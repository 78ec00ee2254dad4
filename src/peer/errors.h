#pragma once

#include <string>

#include "relais/error.h"

/// Inside src/peer only.
namespace relais::peer {

inline Error misbehaved(std::string_view what) {
  return {ErrorCode::peer_misbehaved,
          std::string("The other device broke the rules of a sync: ").append(what)};
}

inline Error too_new() {
  return {ErrorCode::peer_too_new,
          "The other device speaks a newer version of Relais: update this one."};
}

inline Error damaged(std::string_view what) {
  return {ErrorCode::store_corrupt,
          std::string("A log of this device can't be sent: ").append(what)};
}

}  // namespace relais::peer
