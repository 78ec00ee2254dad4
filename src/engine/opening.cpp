#include "base/try.h"
#include "engine/engine.h"
#include "engine/marker.h"
#include "engine/sync/join_client.h"
#include "link/address.h"
#include "replica/lifecycle/founding.h"
#include "replica/names_document.h"
#include "store/rocksdb/rocksdb_store.h"

/// Creating an engine: founding or joining a space.
namespace relais::engine {
namespace {

constexpr char kDefaultLabel[] = "records";

/// A store for a new device: a new one, or one whose founding or joining was interrupted.
Result<std::unique_ptr<store::Store>> store_for_new_device(const std::string& folder) {
  auto fresh = store::open_rocksdb(folder, store::OpenMode::create);
  if (fresh || fresh.error().code() != ErrorCode::already_exists) return fresh;
  auto begun = store::open_rocksdb(folder, store::OpenMode::existing);
  if (!begun) return fresh;
  RELAIS_ASSIGN(const auto identity,
                (*begun)->get(store::Family::meta, store::meta_key(store::meta::kIdentity)));
  if (!identity) return begun;
  const auto known = replica::load_identity(**begun);
  if (known && known->stage == replica::Identity::Stage::joining) return begun;
  return fresh;
}

access::FoundingPlan plan_for(const CreateOptions& create) {
  access::FoundingPlan plan;
  std::set<std::string> labels{kDefaultLabel};
  bool has_default = false;
  for (const SectionRule& rule : create.sections) {
    plan.sections.push_back({rule.collection, rule.section, rule.label, {}, rule.closed});
    labels.insert(rule.label);
    has_default = has_default || (rule.collection.empty() && rule.section.empty());
  }
  if (!has_default) plan.sections.push_back({"", "", kDefaultLabel});
  for (const std::string& label : labels) plan.compartments.push_back({"", label});
  return plan;
}

}  // namespace

Result<Created> Engine::create(const std::string& folder, const CreateOptions& create,
                               const Options& options) {
  crypto::initialise();
  // Checked before the store is made, so that a refused creation leaves no folder behind.
  RELAIS_TRY(replica::check_name(create.space_name));
  RELAIS_TRY(replica::check_name(create.device_name));
  const access::FoundingPlan plan = plan_for(create);
  RELAIS_TRY(access::check_plan(plan));
  std::string phrase;
  {
    RELAIS_ASSIGN(const auto store, store_for_new_device(folder));
    World world;
    RELAIS_ASSIGN(phrase,
                  replica::found_space(*store, world.environment, folder_marker(folder), plan));
  }
  RELAIS_ASSIGN(auto engine, open(folder, options));
  {
    const std::lock_guard lock(engine->core_->mutex);
    RELAIS_TRY(replica::save_space_name(*engine->core_, create.space_name));
    RELAIS_TRY(replica::save_device_name(*engine->core_, create.device_name));
  }
  return Created{replica(std::move(engine)), std::move(phrase)};
}

Result<std::shared_ptr<Engine>> Engine::join(const std::string& folder, std::string_view invitation,
                                             const std::string& address, const JoinOptions& join,
                                             const Options& options) {
  crypto::initialise();
  RELAIS_ASSIGN(const link::Address at, link::parse_address(address));
  // Checked before the store is made, so that a mistyped invitation leaves no folder behind.
  RELAIS_TRY(replica::check_name(join.device_name));
  RELAIS_TRY(check_invitation(invitation));
  {
    RELAIS_ASSIGN(const auto store, store_for_new_device(folder));
    World world;
    RELAIS_TRY(join_space(*store, world.environment, folder_marker(folder), invitation, at,
                          join.device_name));
  }
  return open(folder, options);
}

}  // namespace relais::engine
