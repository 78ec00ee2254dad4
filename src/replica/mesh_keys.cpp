#include "replica/mesh_keys.h"

#include "base/coding.h"
#include "base/limits.h"
#include "base/try.h"

namespace relais::replica {
namespace {

Bytes key_of(const access::EpochId& epoch) {
  return store::meta_key(store::meta::kOldMeshKey).append(epoch.view());
}

/// When the key was first seen replaced; nothing: it wasn't, or the row can't be read.
std::optional<std::int64_t> replaced_at(const Core& core, const access::EpochId& epoch) {
  const auto stored = core.store->get(store::Family::meta, key_of(epoch));
  if (!stored || !*stored) return std::nullopt;
  return static_cast<std::int64_t>(Reader(**stored).u64());
}

bool is_too_old(const Core& core, const access::EpochId& epoch) {
  const auto since = replaced_at(core, epoch);
  const std::chrono::milliseconds most = limits::kOldMeshKeyTime;
  return since && core.environment.clock.now().wall.ms - *since > most.count();
}

}  // namespace

MeshKeys mesh_keys(const Core& core) {
  const access::Keyring& keyring = core.control.keyring;
  const auto epochs = keyring.mesh_keys(core.control.membership);
  MeshKeys keys;
  for (const access::EpochId& id : epochs.current) keys.current.push_back(*keyring.key(id));
  for (const access::EpochId& id : epochs.old) {
    if (keys.current.size() + keys.old.size() == limits::kMeshKeys) break;
    if (!is_too_old(core, id)) keys.old.push_back(*keyring.key(id));
  }
  return keys;
}

Status note_mesh_keys(Core& core) {
  const auto epochs = core.control.keyring.mesh_keys(core.control.membership);
  Bytes now;
  put_u64(now, static_cast<std::uint64_t>(core.environment.clock.now().wall.ms));
  store::Batch batch;
  bool any = false;
  for (const access::EpochId& id : epochs.old) {
    if (replaced_at(core, id)) continue;
    batch.put(store::Family::meta, key_of(id), now);
    any = true;
  }
  for (const access::EpochId& id : epochs.current) {
    if (!replaced_at(core, id)) continue;
    batch.remove(store::Family::meta, key_of(id));
    any = true;
  }
  if (!any) return {};
  return core.commit(batch, store::Durability::buffered);
}

}  // namespace relais::replica
