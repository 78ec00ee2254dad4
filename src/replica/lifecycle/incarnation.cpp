#include "replica/lifecycle/incarnation.h"

#include "base/try.h"
#include "replica/lifecycle/invitations.h"
#include "replica/mesh_keys.h"
#include "replica/projection/inbound.h"
#include "replica/projection/work.h"
#include "replica/write/own_commit.h"

namespace relais::replica {

Result<std::unique_ptr<Core>> open_replica(std::unique_ptr<store::Store> store,
                                           const Environment& environment, const Bytes& marker) {
  RELAIS_ASSIGN(auto core, Core::open(std::move(store), environment));
  if (core->identity.marker != marker) RELAIS_TRY(start_new_incarnation(*core, marker));
  RELAIS_TRY(note_mesh_keys(*core));
  RELAIS_TRY(resume_projection(*core));
  RELAIS_TRY(judge_held_again(*core));
  RELAIS_TRY(close_expired(*core, environment.clock.now().wall));
  return core;
}

Status start_new_incarnation(Core& core, const Bytes& marker) {
  RELAIS_TRY(seal_own_logs(core));
  Identity identity = core.identity;
  identity.instance = core.environment.random.draw<log::Instance>();
  identity.marker = marker;
  store::Batch batch;
  save(batch, identity);
  RELAIS_TRY(core.commit(batch, store::Durability::synced));
  // Only these: snapshots read the rest without the mutex.
  core.identity.instance = identity.instance;
  core.identity.marker = identity.marker;
  core.own.clear();
  return {};
}

}  // namespace relais::replica
