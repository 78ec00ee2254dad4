#include "store/memory/memory_store.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "store/memory/memory_state.h"

namespace relais::store {

void MemoryDisk::State::apply(const Batch& batch) {
  ++committed;
  batch.each([this](const Batch::Op& op) {
    VersionedMap& map = family(op.family);
    switch (op.kind) {
      case Batch::Kind::put: map.write(op.key, Bytes(op.value), committed); break;
      case Batch::Kind::remove: map.write(op.key, std::nullopt, committed); break;
      case Batch::Kind::remove_range: map.remove_range(op.key, op.value, committed); break;
    }
  });
}

void MemoryDisk::State::trim() {
  // A crash rolls back to `synced`, so versions since then are kept as for a snapshot.
  const CommitNumber oldest = readers.empty() ? synced : std::min(synced, *readers.begin());
  for (VersionedMap& map : families) map.trim(oldest);
}

Status MemoryDisk::State::before_write(const Batch* batch) {
  if (failed) {
    return Error(ErrorCode::store_failed,
                 "The store stopped after a write error. Close it and open it again.");
  }
  if (!fault) return {};
  if (fault->after > 0) {
    --fault->after;
    return {};
  }
  failed = true;
  if (fault->lands && batch != nullptr) landing = *batch;
  const ErrorCode code = std::exchange(fault, std::nullopt)->code;
  return Error(code, "The store can't be written.");
}

namespace {

using State = MemoryDisk::State;

class MemoryStore final : public Store {
 public:
  MemoryStore(std::shared_ptr<State> state, std::uint64_t opening)
      : state_(std::move(state)), opening_(opening) {}
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;
  ~MemoryStore() override {
    const std::lock_guard lock(state_->mutex);
    if (!alive()) return;
    state_->open = false;
    if (!state_->failed) state_->synced = state_->committed;
  }

  Result<bool> get_into(Family family, BytesView key, Bytes& out) const override {
    const std::lock_guard lock(state_->mutex);
    if (!alive()) return closed_by_crash();
    return read_at(*state_, state_->committed, family, key, out);
  }

  Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const override {
    const std::lock_guard lock(state_->mutex);
    if (!alive()) return closed_by_crash();
    return read_all_at(*state_, state_->committed, family, keys);
  }

  std::unique_ptr<Iterator> scan(Family family, BytesView from, BytesView to) const override {
    const std::lock_guard lock(state_->mutex);
    return scan_at(state_, state_->committed, opening_, family, from, to);
  }

  std::unique_ptr<Reads> snapshot() const override {
    const std::lock_guard lock(state_->mutex);
    return snapshot_at(state_, state_->committed, opening_);
  }

  Status commit(const Batch& batch, Durability durability) override {
    RELAIS_TRY(batch.check());
    const std::lock_guard lock(state_->mutex);
    if (!alive()) return closed_by_crash();
    RELAIS_TRY(state_->before_write(&batch));
    state_->apply(batch);
    if (durability == Durability::synced) state_->synced = state_->committed;
    state_->trim();
    return {};
  }

  Status sync() override {
    const std::lock_guard lock(state_->mutex);
    if (!alive()) return closed_by_crash();
    RELAIS_TRY(state_->before_write(nullptr));
    state_->synced = state_->committed;
    state_->trim();
    return {};
  }

  bool failed() const override {
    const std::lock_guard lock(state_->mutex);
    return !alive() || state_->failed;
  }

 private:
  bool alive() const { return state_->opening == opening_; }

  std::shared_ptr<State> state_;
  std::uint64_t opening_;
};

}  // namespace

MemoryDisk::MemoryDisk() : state_(std::make_shared<State>()) {}

Result<std::unique_ptr<Store>> MemoryDisk::open() {
  const std::lock_guard lock(state_->mutex);
  if (state_->open || !state_->readers.empty()) {
    return Error(ErrorCode::store_locked, "The store is already open.");
  }
  state_->open = true;
  state_->failed = false;
  const std::uint64_t opening = ++state_->opening;
  if (state_->landing) state_->apply(*std::exchange(state_->landing, std::nullopt));
  return std::unique_ptr<Store>(std::make_unique<MemoryStore>(state_, opening));
}

void MemoryDisk::crash(std::size_t buffered_kept) {
  const std::lock_guard lock(state_->mutex);
  const CommitNumber buffered = state_->committed - state_->synced;
  // The failed commit is the last one: it cannot survive if an earlier one is lost.
  if (buffered_kept < buffered) state_->landing.reset();
  const CommitNumber last = state_->synced + std::min<CommitNumber>(buffered, buffered_kept);
  for (VersionedMap& map : state_->families) map.roll_back(last);
  state_->committed = last;
  state_->synced = last;
  state_->readers.clear();
  state_->fault.reset();
  state_->open = false;
  ++state_->opening;
  state_->trim();
}

std::size_t MemoryDisk::buffered_commits() const {
  const std::lock_guard lock(state_->mutex);
  return state_->committed - state_->synced;
}

void MemoryDisk::fail_writes(WriteFault fault) {
  const std::lock_guard lock(state_->mutex);
  state_->fault = fault;
}

bool MemoryDisk::damage(Family family, BytesView key) {
  const std::lock_guard lock(state_->mutex);
  return state_->family(family).damage(key);
}

std::size_t MemoryDisk::version_count() const {
  const std::lock_guard lock(state_->mutex);
  std::size_t count = 0;
  for (const VersionedMap& map : state_->families) count += map.version_count();
  return count;
}

std::unique_ptr<Store> make_memory_store() { return MemoryDisk().open().value(); }

}  // namespace relais::store
