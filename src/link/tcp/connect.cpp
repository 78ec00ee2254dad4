#include "link/tcp/connect.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <vector>

#include "base/check.h"
#include "link/tcp/faults.h"
#include "link/tcp/socket.h"
#include "link/tcp/tcp.h"

namespace relais::link::tcp {
namespace {

using Done = std::function<void(Result<std::unique_ptr<Link>>)>;
using SteadyClock = std::chrono::steady_clock;

std::optional<Error> check(const Address& to) {
  if (to.host.empty()) {
    return Error(ErrorCode::invalid_argument, "To connect, name the other device's host.");
  }
  if (to.port == 0) {
    return Error(ErrorCode::invalid_argument, "To connect, name the other device's port, not 0.");
  }
  return std::nullopt;
}

/// Whether both ends are the same socket (TCP simultaneous open): possible on one machine, if
/// nobody listens on a port in the range of outgoing connections.
bool is_own_echo(const Socket& socket) {
  error_code code;
  const Endpoint local = socket.local_endpoint(code);
  return !code && local == socket.remote_endpoint(code) && !code;
}

class Connector : public std::enable_shared_from_this<Connector> {
 public:
  Connector(asio::io_context& io, Address to, Duration timeout, Done done)
      : resolver_(io),
        socket_(io),
        timer_(io),
        to_(std::move(to)),
        timeout_(timeout),
        deadline_(SteadyClock::now() + timeout),
        done_(std::move(done)) {}

  void start() {
    if (auto fault = check(to_)) {
      asio::post(socket_.get_executor(),
                 [self = shared_from_this(), error = std::move(*fault)] { self->finish(error); });
      return;
    }
    error_code not_numeric;
    const auto address = asio::ip::make_address(to_.host, not_numeric);
    if (not_numeric) return look_up();
    start({Endpoint(address, to_.port)});
  }

  void start(std::vector<Endpoint> endpoints) {
    endpoints_ = std::move(endpoints);
    try_next();
  }

  void abandon() {
    end();
    if (!calling_) done_ = nullptr;
  }

 private:
  void look_up() {
    arm(deadline_, [](Connector& self) { self.finish(self.timed_out()); });
    resolver_.async_resolve(to_.host, std::to_string(to_.port),
                            asio::ip::resolver_base::numeric_service,
                            [self = shared_from_this()](const error_code& code, const auto& found) {
                              if (self->ended_) return;
                              if (code) return self->finish(connect_fault(code, self->to_));
                              for (const auto& entry : found)
                                self->endpoints_.push_back(entry.endpoint());
                              self->try_next();
                            });
  }

  void try_next() {
    if (next_ == endpoints_.size()) return finish(fault_.value_or(timed_out()));
    const auto left = deadline_ - SteadyClock::now();
    const auto share = left / static_cast<int>(endpoints_.size() - next_);
    const Endpoint endpoint = endpoints_[next_++];
    error_code ignored;
    socket_.close(ignored);  // of the previous attempt
    arm(SteadyClock::now() + share, [](Connector& self) {
      self.fault_ = self.timed_out();
      self.try_next();
    });
    socket_.async_connect(endpoint,
                          [self = shared_from_this(), attempt = next_](const error_code& code) {
                            if (!self->ended_ && attempt == self->next_) self->on_connected(code);
                          });
  }

  void on_connected(const error_code& code) {
    error_code fault = code;
    if (!fault && is_own_echo(socket_)) fault = asio::error::connection_refused;
    if (!fault) return finish(make_link(std::move(socket_)));
    fault_ = connect_fault(fault, to_);
    try_next();
  }

  /// Replaces the deadline of the previous step.
  void arm(SteadyClock::time_point when, void (*then)(Connector&)) {
    timer_.expires_at(when);
    timer_.async_wait([self = shared_from_this(), then, step = ++step_](const error_code& code) {
      if (!code && !self->ended_ && step == self->step_) then(*self);
    });
  }

  Error timed_out() const { return connect_timed_out(to_, timeout_); }

  void finish(Result<std::unique_ptr<Link>> result) {
    if (ended_) return;
    end();
    calling_ = true;
    done_(std::move(result));
    calling_ = false;
    done_ = nullptr;
  }

  void end() {
    ended_ = true;
    error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
    timer_.cancel();
  }

  asio::ip::tcp::resolver resolver_;
  Socket socket_;
  asio::steady_timer timer_;
  const Address to_;
  const Duration timeout_;
  const SteadyClock::time_point deadline_;
  Done done_;
  std::vector<Endpoint> endpoints_;
  std::size_t next_ = 0;  // index into endpoints_
  std::size_t step_ = 0;  // number of the deadline that is valid
  std::optional<Error> fault_;
  bool calling_ = false;
  bool ended_ = false;
};

class TcpAttempt final : public Attempt {
 public:
  explicit TcpAttempt(std::shared_ptr<Connector> connector) : connector_(std::move(connector)) {}
  ~TcpAttempt() override { connector_->abandon(); }

 private:
  std::shared_ptr<Connector> connector_;
};

}  // namespace

std::unique_ptr<Attempt> connect(asio::io_context& io, const Address& to, Duration timeout,
                                 Done done) {
  auto connector = std::make_shared<Connector>(io, to, timeout, std::move(done));
  connector->start();
  return std::make_unique<TcpAttempt>(std::move(connector));
}

std::unique_ptr<Attempt> connect_any(asio::io_context& io, std::vector<Endpoint> endpoints,
                                     const Address& to, Duration timeout, Done done) {
  RELAIS_CHECK(!endpoints.empty());
  auto connector = std::make_shared<Connector>(io, to, timeout, std::move(done));
  connector->start(std::move(endpoints));
  return std::make_unique<TcpAttempt>(std::move(connector));
}

}  // namespace relais::link::tcp
