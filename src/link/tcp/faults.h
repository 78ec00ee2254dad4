#pragma once

#include <boost/system/error_code.hpp>
#include <string>

#include "link/address.h"
#include "relais/error.h"

/// Errors for the system's error codes, as sentences for the user.
namespace relais::link::tcp {

using boost::system::error_code;

/// `to` could not be reached.
Error connect_fault(const error_code& code, const Address& to);
Error connect_timed_out(const Address& to, std::chrono::milliseconds after);
/// `at` could not be listened on.
Error listen_fault(const error_code& code, const Address& at);
Error accept_fault(const error_code& code);
/// An open connection to `remote` broke.
Error broken_fault(const error_code& code, const std::string& remote);
Error linger_timed_out(const std::string& remote);
Error unsent_limit_exceeded(const std::string& remote);

}  // namespace relais::link::tcp
