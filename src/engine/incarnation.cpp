#include "engine/incarnation.h"

#include "base/try.h"
#include "engine/intake.h"
#include "engine/mesh_keys.h"
#include "engine/own_commit.h"

namespace relais::engine {

Result<std::unique_ptr<Core>> open_replica(std::unique_ptr<store::Store> store,
                                           const Environment& environment, const Bytes& marker) {
  RELAIS_ASSIGN(auto core, Core::open(std::move(store), environment));
  if (core->identity.marker != marker) RELAIS_TRY(start_new_incarnation(*core, marker));
  RELAIS_TRY(note_mesh_keys(*core));
  RELAIS_TRY(catch_up(*core));
  return core;
}

Status start_new_incarnation(Core& core, const Bytes& marker) {
  RELAIS_TRY(seal_own_logs(core));
  core.identity.instance = core.environment.random.draw<log::Instance>();
  core.identity.marker = marker;
  core.own.clear();
  store::Batch batch;
  save(batch, core.identity);
  return core.commit(batch, store::Durability::synced, {});
}

}  // namespace relais::engine
