#pragma once

#include <functional>
#include <memory>

#include "base/time.h"
#include "link/address.h"
#include "link/link.h"

// Declared only, so that users of this header compile without Asio.
namespace boost::asio {
class io_context;
}

/// Links over TCP. Threads: every call and every callback in the thread that runs `io`, or in any
/// one thread while none runs it. `io` must outlive what is made here.
namespace relais::link::tcp {

/// Resolves the host and tries its addresses one after the other, each for its share of `timeout`.
/// Keep the result until `done` has run: once, and never before this has returned.
///
/// Blocks: never; but destroying `io` waits for a name look-up in progress.
/// Fails: through `done`: invalid_argument (no host, port 0), unreachable (unknown name, refused,
/// no route), timed_out, link_failed.
[[nodiscard]] std::unique_ptr<Attempt> connect(
    boost::asio::io_context& io, const Address& to, Duration timeout,
    std::function<void(Result<std::unique_ptr<Link>>)> done);

/// How many descriptors this process may have open.
std::size_t descriptor_limit();

struct ListenHandler {
  std::function<void(std::unique_ptr<Link>)> on_link;  ///< the link is not started yet
  /// Optional: new connections cannot be accepted for now (too many open files). Called once until
  /// it works again; the listener retries by itself.
  std::function<void(Error)> on_trouble;
};

/// Listens; an empty host means every interface, IPv6 and IPv4.
///
/// Blocks: while the system resolves `at.host`, if it is a name.
/// Fails: address_in_use, invalid_argument (not an address of this machine), unreachable (unknown
/// name), link_failed.
Result<std::unique_ptr<Listener>> listen(boost::asio::io_context& io, const Address& at,
                                         ListenHandler handler);

}  // namespace relais::link::tcp
