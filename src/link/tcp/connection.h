#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "link/tcp/outbox.h"
#include "link/tcp/socket.h"

namespace relais::link::tcp {

/// State shared by the asynchronous operations of a TCP link, which keep it alive. The user's
/// `TcpLink` may be destroyed earlier; it then calls `abandon`.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Socket socket);

  void start(Link::Handler handler);
  void write(Bytes bytes);
  void close();
  /// Ends without calling the handler, which may be the caller.
  void abandon();

  const std::string& remote() const { return remote_; }
  const Bytes& remote_address() const { return remote_address_; }

 private:
  void read();
  void on_read(const error_code& code, std::size_t size);
  void on_read_failed(const error_code& code);
  void grow_inbox(std::size_t filled);

  void send();
  void on_sent(const error_code& code, std::size_t size);
  void on_send_failed(const error_code& code);

  void send_end();
  void linger();
  void on_lingered();

  void finish(Status status);
  void end();
  template <class Function, class... Arguments>
  void call(const Function& function, Arguments&&... arguments);

  Socket socket_;
  asio::steady_timer linger_timer_;
  std::string remote_;
  Bytes remote_address_;
  Link::Handler handler_;
  Bytes inbox_;
  Outbox outbox_;
  std::optional<Error> send_fault_;

  bool started_ = false;
  bool sending_ = false;
  bool closing_ = false;  // by close()
  bool end_sent_ = false;
  bool peer_ended_ = false;  // the end of the peer was read
  bool lingering_ = false;
  bool calling_ = false;  // a handler runs now
  bool ended_ = false;    // finished or abandoned: nothing happens any more
};

}  // namespace relais::link::tcp
