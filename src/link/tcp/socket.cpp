#include "link/tcp/socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "link/address.h"

namespace relais::link::tcp {
namespace {

constexpr int kKeepAliveProbes = 3;

void set_option(int descriptor, int name, int value) {
  ::setsockopt(descriptor, IPPROTO_TCP, name, &value, sizeof(value));
}

/// Probes start after half the idle time; they share the rest.
void set_keep_alive(int descriptor) {
  const int idle = static_cast<int>(limits::kIdleTime.count() / 2000);
#if defined(TCP_KEEPIDLE)
  set_option(descriptor, TCP_KEEPIDLE, idle);
#elif defined(TCP_KEEPALIVE)
  set_option(descriptor, TCP_KEEPALIVE, idle);
#endif
#if defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
  set_option(descriptor, TCP_KEEPINTVL, idle / kKeepAliveProbes);
  set_option(descriptor, TCP_KEEPCNT, kKeepAliveProbes);
#endif
#if defined(TCP_USER_TIMEOUT)
  // No keep-alive probes are sent while sent bytes are unacknowledged; this bounds that time.
  set_option(descriptor, TCP_USER_TIMEOUT, static_cast<int>(limits::kIdleTime.count()));
#endif
}

}  // namespace

std::string to_text(const Endpoint& endpoint) {
  asio::ip::address address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return to_string(Address{address.to_string(), endpoint.port()});
}

Bytes to_bytes(const Endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  const asio::ip::address_v6 whole =
      address.is_v6() ? address.to_v6()
                      : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
  const auto bytes = whole.to_bytes();
  return {bytes.begin(), bytes.end()};
}

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

void tune(Socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  set_keep_alive(socket.native_handle());
  close_on_exec(socket.native_handle());
}

}  // namespace relais::link::tcp
