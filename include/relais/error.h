#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "relais/export.h"

namespace relais {

/// The kind of an error. Values are stable: they may be logged, stored, and passed through a C ABI.
/// Each block of a hundred is for one party that can be at fault.
enum class ErrorCode : std::uint16_t {
  // The caller.
  invalid_argument = 100,
  not_found = 101,
  already_exists = 102,
  limit_exceeded = 103,
  bad_input = 104,       ///< text or a file that doesn't parse; the message says where
  wrong_kind = 105,      ///< the field holds another kind than the operation needs
  closed = 106,          ///< the replica is closed, stopped after a failed write, or not joined yet
  deleted = 107,         ///< the field was deleted: restore it, or put it as a whole
  would_deadlock = 108,  ///< the call would wait for its own caller: call from elsewhere
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

  // The session. A failed handshake gives no reason.
  handshake_failed = 400,
  session_closed = 401,
  busy = 402,  ///< the other device has no free session: try again in a moment

  // Access.
  not_authorised = 500,
  invitation_refused = 501,  ///< used or expired
  mapping_conflict = 502,    ///< rules for a section contradict each other: an owner has to choose
  unknown_section = 503,     ///< the collection is closed, and no rule names the section

  // The peer broke the protocol.
  peer_misbehaved = 600,
  peer_too_new = 601,

  // Data that can't be verified or decoded.
  corrupt = 700,
  unsupported_version = 701,
  forked = 702,  ///< a log has two histories, and is left out
};

/// Whether trying again can help.
enum class Retry : std::uint8_t { never, later, after_user_acts };

/// An error of the caller or the environment: returned, never thrown.
///
/// The message is one English sentence for the user. It contains no key, no name and no text of a
/// document; it may contain a line number, a field path or a file path that the caller gave.
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

/// The code's name as above, for logs and `--json` output.
RELAIS_API std::string_view to_string(ErrorCode code) noexcept;

}  // namespace relais
