#pragma once

#include <map>
#include <string>

#include "fuzz/support/input.h"
#include "fuzz/support/test_keys.h"

/// Valid inputs of each target, in the order in which the target reads them.
namespace relais::fuzz {

/// Target → name → input.
using Seeds = std::map<std::string, std::map<std::string, Bytes>>;

void add_session_seeds(Seeds& seeds);
void add_log_seeds(Seeds& seeds);
void add_document_seeds(Seeds& seeds);
void add_peer_seeds(Seeds& seeds);
void add_typed_seeds(Seeds& seeds);  ///< without relais::typed: none

}  // namespace relais::fuzz
