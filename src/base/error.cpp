#include "relais/error.h"

#include "relais/status.h"

namespace relais {

Retry Error::default_retry(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::store_locked:
    case ErrorCode::link_failed:
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
    case ErrorCode::session_closed:
    case ErrorCode::busy: return Retry::later;
    case ErrorCode::disk_full:
    case ErrorCode::store_failed:
    case ErrorCode::address_in_use:
    case ErrorCode::not_authorised:
    case ErrorCode::invitation_refused:
    case ErrorCode::mapping_conflict:
    case ErrorCode::unknown_section:
    case ErrorCode::handshake_failed: return Retry::after_user_acts;
    default: return Retry::never;
  }
}

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::limit_exceeded: return "limit_exceeded";
    case ErrorCode::bad_input: return "bad_input";
    case ErrorCode::wrong_kind: return "wrong_kind";
    case ErrorCode::deleted: return "deleted";
    case ErrorCode::closed: return "closed";
    case ErrorCode::store_missing: return "store_missing";
    case ErrorCode::store_locked: return "store_locked";
    case ErrorCode::store_too_new: return "store_too_new";
    case ErrorCode::store_corrupt: return "store_corrupt";
    case ErrorCode::disk_full: return "disk_full";
    case ErrorCode::store_failed: return "store_failed";
    case ErrorCode::link_failed: return "link_failed";
    case ErrorCode::address_in_use: return "address_in_use";
    case ErrorCode::unreachable: return "unreachable";
    case ErrorCode::timed_out: return "timed_out";
    case ErrorCode::handshake_failed: return "handshake_failed";
    case ErrorCode::session_closed: return "session_closed";
    case ErrorCode::busy: return "busy";
    case ErrorCode::not_authorised: return "not_authorised";
    case ErrorCode::invitation_refused: return "invitation_refused";
    case ErrorCode::mapping_conflict: return "mapping_conflict";
    case ErrorCode::unknown_section: return "unknown_section";
    case ErrorCode::peer_misbehaved: return "peer_misbehaved";
    case ErrorCode::peer_too_new: return "peer_too_new";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::unsupported_version: return "unsupported_version";
    case ErrorCode::forked: return "forked";
  }
  return "unknown";
}

std::string_view to_string(Level level) noexcept {
  switch (level) {
    case Level::root: return "root";
    case Level::owner: return "owner";
    case Level::supervisor: return "supervisor";
    case Level::member: return "member";
    case Level::courier: return "courier";
  }
  return "unknown";
}

}  // namespace relais
