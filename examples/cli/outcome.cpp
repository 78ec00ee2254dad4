#include "outcome.h"

namespace cli {
namespace {

using relais::ErrorCode;

std::string_view store_advice(ErrorCode code) {
  switch (code) {
    case ErrorCode::store_missing:
      return "Make a space there with `relais init`, or join one with `relais join`.";
    case ErrorCode::store_locked:
      return "Stop the other program, which may be `relais serve`, then try again.";
    case ErrorCode::store_corrupt:
      return "Let this device join again, with a new invitation: `relais join DIR --device NAME "
             "--at HOST:PORT --set-aside` keeps this folder under another name, and "
             "fetches what the other devices hold.";
    case ErrorCode::corrupt:
      return "The rest can still be read. Sync, so that nothing is only here; then let this "
             "device join in a new folder, with a new invitation.";
    case ErrorCode::disk_full:
      return "Free some space, then run the command again: what was written before stays.";
    case ErrorCode::store_failed:
      return "Look at the disk and at who may write there, then run the command again.";
    default: return {};
  }
}

std::string_view meeting_advice(ErrorCode code) {
  switch (code) {
    case ErrorCode::unreachable:
    case ErrorCode::timed_out:
      return "Is `relais serve` running there, on this address, and are both devices on one "
             "network? A firewall may stand between them.";
    case ErrorCode::address_in_use: return "Take another port, or port 0 for any that is free.";
    case ErrorCode::link_failed:
    case ErrorCode::session_closed:
      return "Run the command again: what arrived stays, and is not sent twice.";
    case ErrorCode::handshake_failed:
      return "Is it a device of the same space, and is this one still a member? `relais status` "
             "shows the space.";
    case ErrorCode::busy:
      return "Many devices connect to it at once. Nothing is lost: run the command again.";
    case ErrorCode::peer_misbehaved:
    case ErrorCode::peer_too_new: return "Are both devices' programs of the same version?";
    default: return {};
  }
}

}  // namespace

Fault fault_of(relais::Error error) {
  const bool usage = error.code() == ErrorCode::invalid_argument;
  return Fault{std::move(error), usage ? kExitUsage : kExitFailed};
}

Fault edit_fault(relais::Error error) {
  switch (error.code()) {
    case ErrorCode::bad_input:
      return usage_fault(error,
                         "A value is JSON, and text needs quotes of its own inside the shell's: "
                         "name='\"Amina\"'.");
    case ErrorCode::wrong_kind:
      return Fault{error, kExitFailed,
                   "`relais get` shows what is there, and `relais put --help` which edits there "
                   "are."};
    default: return fault_of(std::move(error));
  }
}

std::string_view advice_for(ErrorCode code) {
  const std::string_view store = store_advice(code);
  return store.empty() ? meeting_advice(code) : store;
}

}  // namespace cli
