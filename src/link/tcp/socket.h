#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "link/link.h"

/// What connecting and listening share.
namespace relais::link::tcp {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::ip::tcp::socket;
using Endpoint = asio::ip::tcp::endpoint;

/// HOST:PORT; an IPv4-mapped IPv6 address is shown as IPv4.
std::string to_text(const Endpoint& endpoint);

/// The address in 16 bytes, IPv4 as ::ffff:a.b.c.d.
Bytes to_bytes(const Endpoint& endpoint);

/// Keeps the descriptor from programs that the host starts.
void close_on_exec(int descriptor);

/// Sets socket options: small writes are sent at once, and a vanished peer is noticed within
/// limits::kIdleTime. Options that the system refuses are skipped.
void tune(Socket& socket);

/// A link over a connected socket, tuned.
std::unique_ptr<Link> make_link(Socket socket);

}  // namespace relais::link::tcp
