#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "relais/export.h"

namespace relais {

/// What went wrong. Values are stable: they may be logged, stored and crossed through the C ABI.
/// They stand in blocks of a hundred, one for each party that can be at fault.
enum class ErrorCode : std::uint16_t {
  // The caller asked for something that can't be done.
  invalid_argument = 100,
  not_found = 101,
  already_exists = 102,
  limit_exceeded = 103,
  bad_input = 104,       ///< text or a file from outside that doesn't parse; the message says where
  wrong_kind = 105,      ///< the field holds another kind than the operation needs
  closed = 106,          ///< the object was closed, or stopped after a write failed
  deleted = 107,         ///< what is written to was deleted: restore it, or start it anew
  would_deadlock = 108,  ///< the call would wait for its own caller: make it from elsewhere
  cancelled = 109,       ///< the host cancelled the operation

  // The store.
  store_missing = 200,
  store_locked = 201,
  store_too_new = 202,
  store_corrupt = 203,
  disk_full = 204,
  store_failed = 205,

  // The link.
  link_failed = 300,
  address_in_use = 301,
  unreachable = 302,
  timed_out = 303,

  // The session. A handshake that fails never says why.
  handshake_failed = 400,
  session_closed = 401,
  busy = 402,  ///< the other device has too many others to attend to: try again in a moment

  // Access.
  not_authorised = 500,
  invitation_refused = 501,  ///< used or expired
  mapping_conflict = 502,    ///< two rules say where a section is kept: an owner has to choose
  unknown_section = 503,     ///< the collection is closed, and no rule names the section

  // The peer broke the protocol.
  peer_misbehaved = 600,
  peer_too_new = 601,

  // Data that doesn't verify or decode.
  corrupt = 700,
  unsupported_version = 701,
  forked = 702,  ///< one log has two histories; it is left out until a higher level rules
};

/// Whether trying again can help.
enum class Retry : std::uint8_t { never, later, after_user_acts };

/// A fault of the world outside: never thrown, always returned.
///
/// The message is one English sentence for the person at the screen. It never holds a key, a
/// name, or text of a document; it may hold a line number, a field path or a file path that
/// the caller gave.
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message)
      : Error(code, std::move(message), default_retry(code)) {}
  Error(ErrorCode code, std::string message, Retry retry)
      : message_(std::move(message)), code_(code), retry_(retry) {}

  ErrorCode code() const noexcept { return code_; }
  Retry retry() const noexcept { return retry_; }
  const std::string& message() const noexcept { return message_; }

  /// The same error with `where` and a colon before its message.
  Error within(std::string_view where) && {
    message_.insert(0, ": ").insert(0, where);
    return std::move(*this);
  }

  RELAIS_API static Retry default_retry(ErrorCode code) noexcept;

 private:
  std::string message_ = {};
  ErrorCode code_;
  Retry retry_;
};

/// The code's name as it is written above, for logs and `--json` output.
RELAIS_API std::string_view to_string(ErrorCode code) noexcept;

}  // namespace relais
