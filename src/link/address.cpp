#include "link/address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/limits.h"
#include "base/try.h"

namespace relais::link {
namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_hex_digit(char c) { return is_alphanumeric(c) && (c <= '9' || (c | 0x20) <= 'f'); }

/// Checks the characters only: the system parses the address when it is used.
bool looks_like_ipv6(std::string_view host) {
  const std::string_view zone = host.substr(std::min(host.find('%'), host.size()));
  const std::string_view digits = host.substr(0, host.size() - zone.size());
  return digits.find(':') != std::string_view::npos &&
         std::all_of(digits.begin(), digits.end(),
                     [](char c) { return is_hex_digit(c) || c == ':' || c == '.'; }) &&
         (zone.empty() || (zone.size() > 1 && is_host(zone.substr(1))));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() > 5) return {};
  return port;
}

Error bad_address(std::string_view text, std::string_view why) {
  std::string message = "The address '";
  message.append(text).append("' is not valid: ").append(why);
  return Error(ErrorCode::invalid_argument, std::move(message));
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  // Longer than any host with zone, brackets, colon and port: not quoted back.
  if (text.size() > limits::kHostBytes + 8) {
    return Error(ErrorCode::invalid_argument, "The address is too long: write HOST:PORT.");
  }
  const bool bracketed = text.starts_with('[');
  const std::size_t colon = bracketed ? text.find("]:") : text.rfind(':');
  if (colon == std::string_view::npos) {
    return bad_address(text, "write HOST:PORT, like 10.0.0.5:7400.");
  }
  const std::string_view host = bracketed ? text.substr(1, colon - 1) : text.substr(0, colon);
  const auto port = parse_port(text.substr(colon + (bracketed ? 2 : 1)));
  if (!port) return bad_address(text, "the port is a number from 0 to 65535.");
  if (bracketed && !looks_like_ipv6(host)) {
    return bad_address(text, "brackets are for IPv6 addresses, like [::1]:7400.");
  }
  if (!bracketed && host.find(':') != std::string_view::npos) {
    return bad_address(text, "write IPv6 addresses in brackets, like [::1]:7400.");
  }
  if (!bracketed && !is_host(host)) {
    return bad_address(text, "a host has letters, digits, dots and hyphens only.");
  }
  if (host.size() > limits::kHostBytes) return bad_address(text, "the host's name is too long.");
  return Address{std::string(host), *port};
}

std::string to_string(const Address& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  std::string text = ipv6 ? "[" + address.host + "]" : address.host;
  return text.append(":").append(std::to_string(address.port));
}

}  // namespace relais::link
