#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <limits>
#include <vector>

#include "base/try.h"
#include "link/tcp/faults.h"
#include "link/tcp/socket.h"
#include "link/tcp/tcp.h"

namespace relais::link::tcp {
namespace {

using asio::ip::tcp;
constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{1000};

class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(asio::io_context& io, ListenHandler handler)
      : acceptor_(io), timer_(io), handler_(std::move(handler)) {}

  error_code open(const Endpoint& endpoint) {
    error_code code;
    acceptor_.open(endpoint.protocol(), code);
    if (code) return code;
    close_on_exec(acceptor_.native_handle());
    acceptor_.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code && endpoint.address().is_v6()) {
      acceptor_.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), code);
    }
    if (!code) acceptor_.bind(endpoint, code);
    if (!code) acceptor_.listen(tcp::acceptor::max_listen_connections, code);
    if (code) {
      error_code ignored;
      acceptor_.close(ignored);
    }
    return code;
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const error_code& code, Socket socket) {
      self->on_accepted(code, std::move(socket));
    });
  }

  void abandon() {
    ended_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    timer_.cancel();
    if (!calling_) handler_ = {};
  }

  std::string local() const {
    error_code code;
    const Endpoint endpoint = acceptor_.local_endpoint(code);
    return code ? std::string() : to_text(endpoint);
  }

 private:
  void on_accepted(const error_code& code, Socket socket) {
    if (ended_) return;
    // A peer that closed while it waited to be accepted is not an error.
    if (code == asio::error::connection_aborted) return accept();
    if (code) return pause(code);
    pause_ = kFirstPause;
    troubled_ = false;
    call(handler_.on_link, make_link(std::move(socket)));
    if (!ended_) accept();
  }

  /// Out of descriptors or memory: retrying at once would spin.
  void pause(const error_code& code) {
    timer_.expires_after(pause_);
    pause_ = std::min(2 * pause_, kLongestPause);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled && !self->ended_) self->accept();
    });
    if (!troubled_) {
      troubled_ = true;
      call(handler_.on_trouble, accept_fault(code));
    }
  }

  /// A handler that destroys the listener is still running: release it when it returns.
  template <class Function, class Argument>
  void call(const Function& function, Argument&& argument) {
    if (!function) return;
    calling_ = true;
    function(std::forward<Argument>(argument));
    calling_ = false;
    if (ended_) handler_ = {};
  }

  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  ListenHandler handler_;
  std::chrono::milliseconds pause_ = kFirstPause;
  bool troubled_ = false;
  bool calling_ = false;
  bool ended_ = false;
};

class TcpListener final : public Listener {
 public:
  explicit TcpListener(std::shared_ptr<Acceptor> acceptor) : acceptor_(std::move(acceptor)) {}
  ~TcpListener() override { acceptor_->abandon(); }
  std::string local() const override { return acceptor_->local(); }

 private:
  std::shared_ptr<Acceptor> acceptor_;
};

/// The endpoints to listen on, in the order to try; the unspecified IPv6 address takes IPv4 peers
/// too.
Result<std::vector<Endpoint>> endpoints_of(asio::io_context& io, const Address& at) {
  if (at.host.empty()) return std::vector<Endpoint>{{tcp::v6(), at.port}, {tcp::v4(), at.port}};
  error_code code;
  const auto address = asio::ip::make_address(at.host, code);
  if (!code) return std::vector<Endpoint>{{address, at.port}};
  const auto found = tcp::resolver(io).resolve(
      at.host, std::to_string(at.port),
      asio::ip::resolver_base::numeric_service | asio::ip::resolver_base::passive, code);
  if (code) return listen_fault(code, at);
  std::vector<Endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  return endpoints;
}

}  // namespace

std::size_t descriptor_limit() {
  rlimit limit{};
  const bool known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return known ? static_cast<std::size_t>(limit.rlim_cur) : std::numeric_limits<std::size_t>::max();
}

Result<std::unique_ptr<Listener>> listen(asio::io_context& io, const Address& at,
                                         ListenHandler handler) {
  RELAIS_ASSIGN(const std::vector<Endpoint> endpoints, endpoints_of(io, at));
  auto acceptor = std::make_shared<Acceptor>(io, std::move(handler));
  error_code code = asio::error::host_not_found;
  for (const Endpoint& endpoint : endpoints) {
    code = acceptor->open(endpoint);
    // Keep "in use" on IPv6 as the result: listening on IPv4 alone would lose half of the peers.
    if (!code || code == asio::error::address_in_use) break;
  }
  if (code) return listen_fault(code, at);
  acceptor->accept();
  return std::unique_ptr<Listener>(std::make_unique<TcpListener>(std::move(acceptor)));
}

}  // namespace relais::link::tcp
