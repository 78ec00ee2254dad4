#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "relais/result.h"

namespace relais::link {

/// Address of a device, which people write as HOST:PORT.
struct Address {
  /// A name, an IPv4 address, or an IPv6 address without brackets; empty: every interface.
  std::string host;
  std::uint16_t port = 0;  ///< 0: any free port, for listening only

  bool operator==(const Address&) const = default;
};

/// Parses `hub.local:7400`, `10.0.0.5:7400`, `[::1]:7400`, `[fe80::1%wlan0]:7400` or `:7400`.
/// Fails: invalid_argument, quoting the text and saying how to write it.
Result<Address> parse_address(std::string_view text);

/// The form that `parse_address` reads, with brackets around an IPv6 address.
std::string to_string(const Address& address);

}  // namespace relais::link
