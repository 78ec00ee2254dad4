#include "replica/snapshot.h"

#include "replica/core.h"

namespace relais::replica {

Snapshot::Snapshot(const Core& core)
    : core_(core),
      space_(core.identity.space),
      logs_(core.logs.names()),
      store_(core.store->snapshot()),
      control_(core.published_control()),
      decryptor_(core.decryptors, control_) {}

}  // namespace relais::replica
