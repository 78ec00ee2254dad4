#pragma once

#include "access/joining.h"
#include "log/writer.h"
#include "store/store.h"

namespace relais::replica {

/// The identity of a device, stored under meta::kIdentity.
struct Identity {
  enum class Stage : std::uint8_t {
    joining = 1,  ///< has keys, and no certificate yet
    member = 2,
  };
  Stage stage = Stage::member;
  SpaceId space;
  Bytes first_record;  ///< empty while joining
  access::DeviceKeys keys;
  log::Instance instance;  ///< of the current author
  Bytes marker;            ///< identifies the folder: engine/marker.h

  DeviceId device() const { return log::device_id(keys.signing.public_key); }
  AuthorId author() const { return log::author_id(keys.signing.public_key, instance); }
  log::Writer::Identity writer() const { return {space, keys.signing.public_key, instance}; }
};

void save(store::Batch& batch, const Identity& identity);
/// Fails: store_corrupt.
Result<Identity> load_identity(const store::Reads& store);

}  // namespace relais::replica
