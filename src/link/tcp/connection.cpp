#include "link/tcp/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "base/check.h"
#include "base/limits.h"
#include "link/tcp/faults.h"

namespace relais::link::tcp {
namespace {

// The buffer grows with the bytes that arrive, so an idle link uses little memory.
constexpr std::size_t kFirstReadBytes = 4 * 1024;

std::string remote_of(const Socket& socket) {
  error_code code;
  const Endpoint endpoint = socket.remote_endpoint(code);
  return code ? "an unknown address" : to_text(endpoint);
}

Bytes address_of(const Socket& socket) {
  error_code code;
  const Endpoint endpoint = socket.remote_endpoint(code);
  return code ? Bytes() : to_bytes(endpoint);
}

}  // namespace

Connection::Connection(Socket socket)
    : socket_(std::move(socket)),
      linger_timer_(socket_.get_executor()),
      remote_(remote_of(socket_)),
      remote_address_(address_of(socket_)) {
  tune(socket_);
}

void Connection::start(Link::Handler handler) {
  RELAIS_CHECK(!started_);
  handler_ = std::move(handler);
  started_ = true;
  if (ended_) return;
  inbox_.resize(kFirstReadBytes);
  read();
  send();
  if (closing_) linger();
}

void Connection::write(Bytes bytes) {
  if (ended_ || closing_ || send_fault_) return;
  if (outbox_.size() + bytes.size() > limits::kLinkUnsentBytes) {
    send_fault_ = unsent_limit_exceeded(remote_);
    asio::post(socket_.get_executor(),
               [self = shared_from_this()] { self->finish(*self->send_fault_); });
    return;
  }
  outbox_.push(std::move(bytes));
  send();
}

void Connection::close() {
  if (closing_) return;
  closing_ = true;
  if (ended_ || !started_) return;
  linger();
  send();
}

void Connection::abandon() {
  end();
  // A handler that destroys its own link is still running: release it when it returns.
  if (!calling_) handler_ = {};
}

void Connection::read() {
  socket_.async_read_some(asio::buffer(inbox_),
                          [self = shared_from_this()](const error_code& code, std::size_t size) {
                            self->on_read(code, size);
                          });
}

void Connection::on_read(const error_code& code, std::size_t size) {
  if (ended_) return;
  if (code) return on_read_failed(code);
  if (!closing_) call(handler_.on_bytes, BytesView(inbox_).substr(0, size));
  if (ended_) return;
  grow_inbox(size);
  read();
}

void Connection::on_read_failed(const error_code& code) {
  if (code == asio::error::eof) {
    if (send_fault_) return finish(*send_fault_);
    if (outbox_.empty()) return finish({});
    // The peer sends no more but may still receive: send what was written.
    peer_ended_ = true;
    return linger();
  }
  // The peer may close as soon as it has our end.
  if (end_sent_) return finish({});
  finish(broken_fault(code, remote_));
}

void Connection::grow_inbox(std::size_t filled) {
  if (filled == inbox_.size() && filled < limits::kLinkReadBytes) inbox_.resize(2 * filled);
}

void Connection::send() {
  if (!started_ || sending_ || send_fault_) return;
  if (outbox_.empty()) return send_end();
  sending_ = true;
  socket_.async_write_some(outbox_.gather(),
                           [self = shared_from_this()](const error_code& code, std::size_t size) {
                             self->on_sent(code, size);
                           });
}

void Connection::on_sent(const error_code& code, std::size_t size) {
  if (ended_) return;
  sending_ = false;
  outbox_.pop(size);
  if (code) return on_send_failed(code);
  call(handler_.on_written, size);
  if (ended_) return;
  if (peer_ended_ && outbox_.empty()) return finish({});
  send();
}

void Connection::on_send_failed(const error_code& code) {
  if (send_fault_) return;  // an error is already being reported
  send_fault_ = broken_fault(code, remote_);
  outbox_.clear();
  if (peer_ended_) return finish(*send_fault_);
  // Bytes that the peer sent before it closed can still be read; the read then ends the link.
  linger();
}

void Connection::send_end() {
  if (!closing_ || end_sent_) return;
  error_code ignored;  // a broken connection shows at the next read
  socket_.shutdown(Socket::shutdown_send, ignored);
  end_sent_ = true;
}

void Connection::linger() {
  if (lingering_) return;
  lingering_ = true;
  linger_timer_.expires_after(limits::kLinkLingerTime);
  linger_timer_.async_wait([self = shared_from_this()](const error_code& code) {
    if (!code) self->on_lingered();
  });
}

void Connection::on_lingered() {
  if (send_fault_) return finish(*send_fault_);
  if (!outbox_.empty()) return finish(linger_timed_out(remote_));
  finish({});
}

void Connection::finish(Status status) {
  if (ended_) return;
  end();
  call(handler_.on_closed, std::move(status));
  handler_ = {};
}

void Connection::end() {
  ended_ = true;
  error_code ignored;
  socket_.close(ignored);  // first: pending operations use the buffers below
  linger_timer_.cancel();
  outbox_.clear();
  inbox_ = Bytes();
}

template <class Function, class... Arguments>
void Connection::call(const Function& function, Arguments&&... arguments) {
  if (!function) return;
  calling_ = true;
  function(std::forward<Arguments>(arguments)...);
  calling_ = false;
  if (ended_) handler_ = {};
}

}  // namespace relais::link::tcp
