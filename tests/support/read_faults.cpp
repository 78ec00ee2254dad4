#include "support/read_faults.h"

#include <algorithm>

#include "base/try.h"

namespace relais::testing {
namespace {

Status count_read(ReadFaults& calls) {
  ++calls.reads;
  if (!calls.reads_left) return {};
  if (*calls.reads_left > 0) return --*calls.reads_left, Status();
  if (calls.failing > 1) {
    --calls.failing;
  } else {
    calls.reads_left.reset();
  }
  calls.failed = true;
  return Error(ErrorCode::store_failed, "Too many open files.");
}

/// An iterator that fails at once, or follows the inner one; each step may fail.
class FaultyIterator final : public store::Iterator {
 public:
  FaultyIterator(std::unique_ptr<store::Iterator> inner, std::shared_ptr<ReadFaults> calls)
      : inner_(std::move(inner)), calls_(std::move(calls)), status_(count_read(*calls_)) {}

  bool valid() const override { return status_ && inner_->valid(); }
  void next() override {
    inner_->next();
    status_ = count_read(*calls_);
  }
  BytesView key() const override { return inner_->key(); }
  BytesView value() const override { return inner_->value(); }
  Status status() const override { return status_ ? inner_->status() : status_; }

 private:
  std::unique_ptr<store::Iterator> inner_;
  std::shared_ptr<ReadFaults> calls_;
  Status status_;
};

/// Reads of a store or of a snapshot, each of which may fail.
class FaultyReads final : public store::Reads {
 public:
  FaultyReads(const store::Reads& inner, std::shared_ptr<ReadFaults> calls)
      : inner_(inner), calls_(std::move(calls)) {}
  FaultyReads(std::unique_ptr<store::Reads> snapshot, std::shared_ptr<ReadFaults> calls)
      : owned_(std::move(snapshot)), inner_(*owned_), calls_(std::move(calls)) {}

  Result<bool> get_into(store::Family family, BytesView key, Bytes& out) const override {
    RELAIS_TRY(count_read(*calls_));
    return inner_.get_into(family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      store::Family family, std::span<const BytesView> keys) const override {
    RELAIS_TRY(count_read(*calls_));
    return inner_.multi_get(family, keys);
  }
  std::unique_ptr<store::Iterator> scan(store::Family family, BytesView from,
                                        BytesView to) const override {
    return std::make_unique<FaultyIterator>(inner_.scan(family, from, to), calls_);
  }

 private:
  std::unique_ptr<store::Reads> owned_;  ///< null: the store's own
  const store::Reads& inner_;
  std::shared_ptr<ReadFaults> calls_;
};

class FaultyReadsStore final : public store::Store {
 public:
  FaultyReadsStore(std::unique_ptr<store::Store> inner, std::shared_ptr<ReadFaults> calls)
      : inner_(std::move(inner)), reads_(*inner_, calls), calls_(std::move(calls)) {}

  Result<bool> get_into(store::Family family, BytesView key, Bytes& out) const override {
    return reads_.get_into(family, key, out);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(
      store::Family family, std::span<const BytesView> keys) const override {
    return reads_.multi_get(family, keys);
  }
  std::unique_ptr<store::Iterator> scan(store::Family family, BytesView from,
                                        BytesView to) const override {
    return reads_.scan(family, from, to);
  }
  std::unique_ptr<store::Reads> snapshot() const override {
    return std::make_unique<FaultyReads>(inner_->snapshot(), calls_);
  }
  Status commit(const store::Batch& batch, store::Durability durability) override {
    ++calls_->commits;
    calls_->largest_commit = std::max(calls_->largest_commit, batch.size_bytes());
    return inner_->commit(batch, durability);
  }
  Status sync() override { return inner_->sync(); }
  bool failed() const override { return inner_->failed(); }

 private:
  std::unique_ptr<store::Store> inner_;
  FaultyReads reads_;
  std::shared_ptr<ReadFaults> calls_;
};

}  // namespace

std::unique_ptr<store::Store> with_read_faults(std::unique_ptr<store::Store> inner,
                                               std::shared_ptr<ReadFaults> calls) {
  return std::make_unique<FaultyReadsStore>(std::move(inner), std::move(calls));
}

}  // namespace relais::testing
