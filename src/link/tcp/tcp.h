#pragma once

#include <functional>
#include <memory>

#include "base/time.h"
#include "link/address.h"
#include "link/link.h"

// Named only, so that a user of this header compiles without Asio.
namespace boost::asio {
class io_context;
}

/// Links over TCP. Threads: everything is called, and calls back, in the thread that runs `io`;
/// or in any one thread while none runs it. `io` outlives what is made here.
namespace relais::link::tcp {

/// Looks the host up and tries its addresses one after the other, each for its share of `timeout`.
/// Keep the result until `done` has run: it runs once, never before this returned.
///
/// Blocks: never; but destroying `io` waits for the system's name look-up under way, if any.
/// Fails: through `done`: invalid_argument (no host, port 0), unreachable (unknown name, refused,
/// no route), timed_out, link_failed.
[[nodiscard]] std::unique_ptr<Attempt> connect(
    boost::asio::io_context& io, const Address& to, Duration timeout,
    std::function<void(Result<std::unique_ptr<Link>>)> done);

/// How many files and sockets this process may have open at once.
std::size_t descriptor_limit();

struct ListenHandler {
  std::function<void(std::unique_ptr<Link>)> on_link;  ///< not started yet
  /// Optional: new connections can't be taken for now (too many open files); said once until it
  /// works again. The listener goes on by itself.
  std::function<void(Error)> on_trouble;
};

/// An empty host listens on every interface, IPv6 and IPv4.
///
/// Blocks: while the system looks up `at.host`, when that is a name and no address.
/// Fails: address_in_use, invalid_argument (not an address of this machine), unreachable (unknown
/// name), link_failed.
Result<std::unique_ptr<Listener>> listen(boost::asio::io_context& io, const Address& at,
                                         ListenHandler handler);

}  // namespace relais::link::tcp
