#pragma once

#include "access/keyring.h"
#include "access/membership.h"
#include "replica/identity.h"
#include "store/tables/log_table.h"

namespace relais::replica {

/// The state that is derived from the control logs: the membership, and the keys this device holds.
/// Derived at every opening, and again whenever control grows.
struct Control {
  access::Membership membership;
  access::Keyring keyring;
};

/// Fails: store_corrupt, corrupt.
Result<Control> derive_control(const store::Reads& store, const store::LogTable& logs,
                               const Identity& identity);

}  // namespace relais::replica
