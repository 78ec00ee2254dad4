#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/time.h"
#include "link/address.h"
#include "link/tcp/socket.h"

namespace relais::link::tcp {

/// `connect` with already resolved addresses; at least one.
[[nodiscard]] std::unique_ptr<Attempt> connect_any(
    asio::io_context& io, std::vector<Endpoint> endpoints, const Address& to, Duration timeout,
    std::function<void(Result<std::unique_ptr<Link>>)> done);

}  // namespace relais::link::tcp
