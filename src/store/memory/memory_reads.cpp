#include "base/check.h"
#include "base/try.h"
#include "store/memory/memory_state.h"

namespace relais::store {
namespace {

using State = MemoryDisk::State;

Error damaged() { return Error(ErrorCode::corrupt, "A stored record is damaged."); }

/// Pins a commit number against trimming while it lives.
class PinnedCommit {
 public:
  /// With the state's lock held.
  PinnedCommit(std::shared_ptr<State> state, CommitNumber at, std::uint64_t opening)
      : state_(std::move(state)), at_(at), opening_(opening) {
    if (alive()) state_->readers.insert(at_);
  }
  PinnedCommit(const PinnedCommit&) = delete;
  PinnedCommit& operator=(const PinnedCommit&) = delete;
  ~PinnedCommit() {
    const std::lock_guard lock(state_->mutex);
    if (alive()) state_->readers.erase(state_->readers.find(at_));
  }

  State& state() const { return *state_; }
  const std::shared_ptr<State>& shared_state() const { return state_; }
  CommitNumber at() const { return at_; }
  std::uint64_t opening() const { return opening_; }
  bool alive() const { return state_->opening == opening_; }

 private:
  std::shared_ptr<State> state_;
  CommitNumber at_;
  std::uint64_t opening_;
};

/// Copies the current record, so that the store may change under it.
class MemoryIterator final : public Iterator {
 public:
  /// With the state's lock held.
  MemoryIterator(std::shared_ptr<State> state, CommitNumber at, std::uint64_t opening,
                 Family family, BytesView from, BytesView to)
      : pin_(std::move(state), at, opening), map_(pin_.state().family(family)), to_(to) {
    if (!pin_.alive()) {
      error_ = closed_by_crash();
      return;
    }
    move_to(map_.first(from, at));
  }

  bool valid() const override { return valid_; }
  BytesView key() const override { return key_; }
  BytesView value() const override { return value_; }
  Status status() const override { return error_ ? Status(*error_) : Status(); }

  void next() override {
    RELAIS_CHECK(valid_);
    const std::lock_guard lock(pin_.state().mutex);
    if (pin_.alive()) {
      move_to(map_.after(position_, pin_.at()));
    } else {
      valid_ = false;
      error_ = closed_by_crash();
    }
  }

 private:
  void move_to(VersionedMap::Position position) {
    position_ = position;
    valid_ = position != map_.end() && (to_.empty() || position->first < to_);
    if (!valid_) return;
    const VersionedMap::Version* version = VersionedMap::visible(position->second, pin_.at());
    if (version->damaged) {
      valid_ = false;
      error_ = damaged();
      return;
    }
    key_ = position->first;
    value_ = *version->value;
  }

  PinnedCommit pin_;
  const VersionedMap& map_;
  Bytes to_;
  VersionedMap::Position position_;
  bool valid_ = false;
  Bytes key_;
  Bytes value_;
  std::optional<Error> error_;
};

class MemorySnapshot final : public Reads {
 public:
  /// With the state's lock held.
  MemorySnapshot(std::shared_ptr<State> state, CommitNumber at, std::uint64_t opening)
      : pin_(std::move(state), at, opening) {}

  Result<bool> get_into(Family family, BytesView key, Bytes& out) const override {
    const std::lock_guard lock(pin_.state().mutex);
    if (!pin_.alive()) return closed_by_crash();
    return read_at(pin_.state(), pin_.at(), family, key, out);
  }

  Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const override {
    const std::lock_guard lock(pin_.state().mutex);
    if (!pin_.alive()) return closed_by_crash();
    return read_all_at(pin_.state(), pin_.at(), family, keys);
  }

  std::unique_ptr<Iterator> scan(Family family, BytesView from, BytesView to) const override {
    const std::lock_guard lock(pin_.state().mutex);
    return std::make_unique<MemoryIterator>(pin_.shared_state(), pin_.at(), pin_.opening(), family,
                                            from, to);
  }

 private:
  PinnedCommit pin_;
};

}  // namespace

Error closed_by_crash() { return Error(ErrorCode::closed, "The store was closed."); }

Result<bool> read_at(const MemoryDisk::State& state, CommitNumber at, Family family, BytesView key,
                     Bytes& out) {
  const VersionedMap::Version* version = state.family(family).find(key, at);
  if (version == nullptr) return false;
  if (version->damaged) return damaged();
  out = *version->value;
  return true;
}

Result<std::vector<std::optional<Bytes>>> read_all_at(const MemoryDisk::State& state,
                                                      CommitNumber at, Family family,
                                                      std::span<const BytesView> keys) {
  std::vector<std::optional<Bytes>> values(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    Bytes value;
    RELAIS_ASSIGN(const bool found, read_at(state, at, family, keys[i], value));
    if (found) values[i] = std::move(value);
  }
  return values;
}

std::unique_ptr<Iterator> scan_at(std::shared_ptr<State> state, CommitNumber at,
                                  std::uint64_t opening, Family family, BytesView from,
                                  BytesView to) {
  return std::make_unique<MemoryIterator>(std::move(state), at, opening, family, from, to);
}

std::unique_ptr<Reads> snapshot_at(std::shared_ptr<State> state, CommitNumber at,
                                   std::uint64_t opening) {
  return std::make_unique<MemorySnapshot>(std::move(state), at, opening);
}

}  // namespace relais::store
