#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "link/address.h"

namespace relais::link {

/// A plain system socket, for a peer that behaves as no link of ours does.
class RawSocket {
 public:
  explicit RawSocket(int descriptor = ::socket(AF_INET, SOCK_STREAM, 0)) : fd_(descriptor) {}
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~RawSocket() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// Listens on a free port of 127.0.0.1, with a queue of `backlog` connections.
  Address listen(int backlog) {
    sockaddr_in at = loopback(0);
    socklen_t size = sizeof(at);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&at), size) != 0) return {};
    if (::listen(fd_, backlog) != 0) return {};
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    return {"127.0.0.1", ntohs(at.sin_port)};
  }
  bool connect(const Address& to) {
    const sockaddr_in address = loopback(to.port);
    return ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  RawSocket accept() { return RawSocket(::accept(fd_, nullptr, nullptr)); }

  void send(const std::string& bytes) {
    (void)!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  /// Bytes received so far; does not wait.
  std::string receive() {
    std::string bytes(1 << 16, '\0');
    const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    ended_ = size == 0;
    return bytes;
  }
  bool ended() const { return ended_; }
  void end() { ::shutdown(fd_, SHUT_WR); }
  /// Closes with a reset instead of an orderly end.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::close(std::exchange(fd_, -1));
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  int fd_;
  bool ended_ = false;
};

}  // namespace relais::link
