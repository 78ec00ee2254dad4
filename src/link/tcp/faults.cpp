#include "link/tcp/faults.h"

#include <boost/asio/error.hpp>
#include <chrono>

#include "base/limits.h"

namespace relais::link::tcp {
namespace {

namespace error = boost::asio::error;

std::string seconds(std::chrono::milliseconds time) {
  const auto whole = time.count() / 1000, tenths = time.count() % 1000 / 100;
  std::string text = std::to_string(whole);
  if (tenths != 0) text.append(1, '.').append(std::to_string(tenths));
  return text + " s";
}

/// The system's text, with a full stop.
std::string system_text(const error_code& code) { return code.message() + "."; }

Error unknown_host(const error_code& code, const Address& address) {
  if (code == error::host_not_found_try_again) {
    return Error(ErrorCode::unreachable,
                 "The name " + address.host + " can't be looked up now. Check the network.");
  }
  return Error(ErrorCode::unreachable,
               "No address is known for the name " + address.host + ". Check the spelling.");
}

bool is_unknown_host(const error_code& code) {
  return code == error::host_not_found || code == error::host_not_found_try_again ||
         code == error::no_data || code == error::no_recovery || code == error::service_not_found;
}

std::string host_of(const Address& at) { return at.host.empty() ? "all interfaces" : at.host; }

}  // namespace

Error connect_fault(const error_code& code, const Address& to) {
  const std::string where = to_string(to);
  if (is_unknown_host(code)) return unknown_host(code, to);
  if (code == error::connection_refused) {
    return Error(
        ErrorCode::unreachable,
        "The device at " + where + " refused the connection: no program listens on that port.");
  }
  if (code == error::network_unreachable || code == error::host_unreachable ||
      code == error::network_down) {
    return Error(ErrorCode::unreachable,
                 "The device at " + where +
                     " can't be reached. Check that both devices are on one network.");
  }
  if (code == error::timed_out) {
    return Error(ErrorCode::timed_out, "The device at " + where + " did not answer.");
  }
  return Error(ErrorCode::link_failed, "No connection to " + where + ": " + system_text(code));
}

Error connect_timed_out(const Address& to, std::chrono::milliseconds after) {
  return Error(ErrorCode::timed_out,
               "The device at " + to_string(to) + " did not answer within " + seconds(after) + ".");
}

Error listen_fault(const error_code& code, const Address& at) {
  const std::string where = "Port " + std::to_string(at.port) + " on " + host_of(at);
  if (is_unknown_host(code)) return unknown_host(code, at);
  if (code == error::address_in_use) {
    return Error(ErrorCode::address_in_use, where + " is in use by another program.");
  }
  if (code == boost::system::errc::address_not_available) {
    return Error(ErrorCode::invalid_argument,
                 "The address " + at.host + " is not one of this device.");
  }
  if (code == error::access_denied) {
    return Error(ErrorCode::link_failed,
                 where + " may not be opened by this user. Use a port from 1024 up.",
                 Retry::after_user_acts);
  }
  return Error(ErrorCode::link_failed, where + " can't be listened on: " + system_text(code));
}

Error accept_fault(const error_code& code) {
  return Error(ErrorCode::link_failed,
               "New connections can't be accepted for now: " + system_text(code), Retry::later);
}

Error broken_fault(const error_code& code, const std::string& remote) {
  if (code == error::connection_reset || code == error::broken_pipe ||
      code == error::connection_aborted) {
    return Error(ErrorCode::link_failed, "The connection to " + remote + " was cut.");
  }
  if (code == error::timed_out) {
    return Error(ErrorCode::timed_out, "The device at " + remote + " no longer answers.");
  }
  return Error(ErrorCode::link_failed,
               "The connection to " + remote + " failed: " + system_text(code));
}

Error linger_timed_out(const std::string& remote) {
  return Error(ErrorCode::timed_out, "The device at " + remote +
                                         " did not take the last bytes within " +
                                         seconds(limits::kLinkLingerTime) + ".");
}

Error unsent_limit_exceeded(const std::string& remote) {
  return Error(ErrorCode::limit_exceeded,
               "The device at " + remote + " receives too slowly: too many bytes wait to be sent.",
               Retry::later);
}

}  // namespace relais::link::tcp
