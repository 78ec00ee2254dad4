// A member with a modified program, which does to its store what an honest one does not.
//   modified_member FOLDER NAME USER: names this device and the space NAME, and sets the field
//   `seen` of cases/1 as USER.
//   modified_member FOLDER ID: overwrites the stored record of cases/ID.
#include <cstdio>

#include "base/try.h"
#include "document/edit/draft.h"
#include "engine/engine.h"
#include "engine/marker.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/read/read_view.h"
#include "replica/write/own_commit.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/tables/keys.h"

namespace relais {
namespace {

Status write(replica::Core& core, const DocumentId& document, const char* field,
             const std::string& value, const std::string& user) {
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  RELAIS_ASSIGN(auto parts, replica::ReadView(core.reading()).parts(document));
  document::State base;
  if (!parts.empty()) base = std::move(parts.front().state);
  replica::OwnCommit commit(core);
  RELAIS_ASSIGN(const document::Position self, commit.next(records));
  document::Draft draft(std::move(base), self, {document.collection, document.id},
                        core.next_time().stamp);
  RELAIS_TRY(draft.set({document::Step(std::string(field))}, Value(value)));
  document::Change change = std::move(draft).finish();
  change.attribution.user = user;
  RELAIS_TRY(commit.add(records, document::encode(change, self), true));
  return commit.finish();
}

Status damage(replica::Core& core, const std::string& id) {
  const CompartmentId records = log::compartment_id(core.identity.space, "", "records");
  store::Batch batch;
  batch.put(store::Family::documents,
            store::document_key(*core.logs.compartment_no(records), {"cases", id}), "no record");
  return core.store->commit(batch, store::Durability::synced);
}

Status run(const std::string& folder, const std::string& name, const char* user) {
  crypto::initialise();
  engine::World world;
  RELAIS_ASSIGN(auto store, store::open_rocksdb(folder, store::OpenMode::existing));
  RELAIS_ASSIGN(const auto core, replica::open_replica(std::move(store), world.environment,
                                                       engine::folder_marker(folder)));
  if (user == nullptr) return damage(*core, name);
  const std::string device = to_hex(core->identity.device().view());
  RELAIS_TRY(write(*core, {"", ".devices", device}, "name", name, ""));
  RELAIS_TRY(write(*core, {"", ".space", "name"}, "name", name, ""));
  return write(*core, {"", "cases", "1"}, "seen", "yes", user);
}

}  // namespace
}  // namespace relais

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 2;
  const relais::Status written = relais::run(argv[1], argv[2], argc == 4 ? argv[3] : nullptr);
  if (written) return 0;
  std::fprintf(stderr, "%s\n", written.error().message().c_str());
  return 1;
}
