#include "link/tcp/connection.h"
#include "link/tcp/socket.h"

namespace relais::link::tcp {
namespace {

/// The handle of a connection that its user owns.
class TcpLink final : public Link {
 public:
  explicit TcpLink(Socket socket) : connection_(std::make_shared<Connection>(std::move(socket))) {}
  ~TcpLink() override { connection_->abandon(); }

  void start(Handler handler) override { connection_->start(std::move(handler)); }
  void write(Bytes bytes) override { connection_->write(std::move(bytes)); }
  void close() override { connection_->close(); }
  std::string remote() const override { return connection_->remote(); }
  Bytes remote_address() const override { return connection_->remote_address(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Link> make_link(Socket socket) {
  return std::make_unique<TcpLink>(std::move(socket));
}

}  // namespace relais::link::tcp
