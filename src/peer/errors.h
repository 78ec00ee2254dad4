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
          "The other device uses a newer version of Relais. Update this one."};
}

inline Error damaged(std::string_view what) {
  return {ErrorCode::store_corrupt,
          std::string("A log of this device can't be sent: ").append(what)};
}

inline Error invitation_refused() {
  return {ErrorCode::invitation_refused,
          "The invitation was refused: it was used by another device. Ask for a new one."};
}

inline Error cut_while_joining() {
  return {ErrorCode::link_failed,
          "The connection was cut before the other device had answered: join again with the same "
          "invitation."};
}

}  // namespace relais::peer
