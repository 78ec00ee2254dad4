#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "link/link.h"

/// The parts of TCP that connecting and listening share.
namespace relais::link::tcp {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::ip::tcp::socket;
using Endpoint = asio::ip::tcp::endpoint;

/// HOST:PORT; IPv4 inside IPv6 is shown as IPv4.
std::string to_text(const Endpoint& endpoint);

/// The address in 16 bytes, IPv4 as ::ffff:a.b.c.d.
Bytes to_bytes(const Endpoint& endpoint);

/// Not passed on to programs that the host starts.
void close_on_exec(int descriptor);

/// Small writes leave at once, and a peer that vanished is noticed within limits::kIdleTime.
/// Options that the system refuses are left as they are.
void tune(Socket& socket);

/// A link over a connected socket, tuned.
std::unique_ptr<Link> make_link(Socket socket);

}  // namespace relais::link::tcp
