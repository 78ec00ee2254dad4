#include "replica/core.h"

#include <utility>

#include "base/coding.h"
#include "base/try.h"
#include "replica/mesh_keys.h"

namespace relais::replica {
namespace {

Result<document::Stamp> load_stamp(const store::Reads& store) {
  RELAIS_ASSIGN(const auto bytes,
                store.get(store::Family::meta, store::meta_key(store::meta::kStamp)));
  return document::Stamp{bytes ? Reader(*bytes).u64() : 0};
}

}  // namespace

Core::Core(std::unique_ptr<store::Store> opened, const Environment& given, Identity who,
           store::LogTable log_table, Control derived)
    : environment(given),
      store(std::move(opened)),
      identity(std::move(who)),
      logs(std::move(log_table)),
      control(std::move(derived)),
      authors(logs),
      decryptor(identity.space, logs.names()),
      decryptors(identity.space, logs.names()),
      documents(decryptor, logs.names()),
      own(identity, logs, environment.random) {
  publish_control();
}

std::shared_ptr<const Control> Core::published_control() const {
  const std::lock_guard lock(published_mutex_);
  return published_control_;
}

void Core::publish_control() {
  auto copy = std::make_shared<const Control>(control);
  const std::lock_guard lock(published_mutex_);
  published_control_ = std::move(copy);
}

Result<std::unique_ptr<Core>> Core::open(std::unique_ptr<store::Store> store,
                                         const Environment& environment) {
  RELAIS_ASSIGN(auto identity, load_identity(*store));
  if (identity.stage == Identity::Stage::joining) {
    return Error(ErrorCode::closed, "This device hasn't joined a space yet: join first.");
  }
  // The last process's commits may be only in the system's memory, but are announced as durable.
  RELAIS_TRY(store->sync());
  RELAIS_ASSIGN(auto logs, store::LogTable::load(*store));
  RELAIS_ASSIGN(auto control, derive_control(*store, logs, identity));
  std::unique_ptr<Core> core(new Core(std::move(store), environment, std::move(identity),
                                      std::move(logs), std::move(control)));
  RELAIS_ASSIGN(core->stamp, load_stamp(*core->store));
  return core;
}

Status Core::check_running() const {
  if (!stopped_) return {};
  return Error(ErrorCode::closed, "A write failed before: close the replica and open it again.",
               Retry::after_user_acts);
}

void Core::stop() {
  if (std::exchange(stopped_, true)) return;
  own.clear();
  if (on_stopped) on_stopped();
}

Status Core::commit(store::Commit& commit, store::Durability durability,
                    const std::vector<Touched>& touched) {
  RELAIS_TRY(check_running());
  return committed(commit.write(*store, durability), touched);
}

Status Core::commit(const store::Batch& batch, store::Durability durability) {
  RELAIS_TRY(check_running());
  return committed(store->commit(batch, durability), {});
}

Status Core::committed(Status status, const std::vector<Touched>& touched) {
  if (!status) {
    // After a failed write the store is indeterminate; a batch that is too large isn't written.
    if (store->failed()) stop();
    return status;
  }
  if (on_commit && !touched.empty()) on_commit(touched);
  return {};
}

Status Core::refresh_control() {
  auto derived = derive_control(*store, logs, identity);
  if (!derived) {
    stop();
    return derived.error();
  }
  control = std::move(*derived);
  publish_control();
  decryptor.forget_runs();
  own.clear();  // the next change may need another epoch
  shared_epochs.clear();
  RELAIS_TRY(note_mesh_keys(*this));
  if (on_membership) on_membership();
  return {};
}

document::WriteTime Core::next_time() {
  const WallTime now = environment.clock.now().wall;
  stamp = document::tick(stamp, now);
  return document::write_time(stamp, now);
}

void Core::observe_stamp(document::Stamp seen) {
  stamp = document::observe(stamp, seen, environment.clock.now().wall);
}

void Core::save_stamp(store::Batch& batch) const {
  Bytes value;
  put_u64(value, stamp.bits);
  batch.put(store::Family::meta, store::meta_key(store::meta::kStamp), value);
}

}  // namespace relais::replica
