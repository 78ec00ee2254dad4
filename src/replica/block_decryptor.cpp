#include "replica/block_decryptor.h"

#include "base/limits.h"
#include "base/try.h"

namespace relais::replica {

Result<log::OpenRun> BlockDecryptor::open_run(const Control& control, const log::LogId& log,
                                              BytesView encoded) const {
  RELAIS_ASSIGN(const log::RunHeader header, log::decode_run_header(encoded));
  const access::Epoch* epoch = control.membership.epoch(header.epoch);
  const crypto::SymmetricKey* key = control.keyring.key(header.epoch);
  if (epoch == nullptr || key == nullptr) {
    return Error(ErrorCode::not_found, "The key of the block's epoch isn't held yet.");
  }
  if (epoch->compartment != log.compartment) {
    return Error(ErrorCode::corrupt, "A block was written under another compartment's key.");
  }
  return log::OpenRun{header, log::hash_run_header(encoded),
                      log::block_key(*key, space_, log, header)};
}

Result<const log::OpenRun*> BlockDecryptor::run_at(const Control& control,
                                                   const store::LogName& log, std::uint64_t seq) {
  const auto encoded = logs_.run(log.no, seq);
  if (encoded == nullptr)
    return Error(ErrorCode::corrupt, "A block's run header is missing in the store.");
  const auto known = runs_.find({log.no, *encoded});
  if (known != runs_.end()) return &known->second;
  RELAIS_ASSIGN(log::OpenRun run, open_run(control, log.id, *encoded));
  return &runs_.emplace(std::pair(log.no, *encoded), std::move(run)).first->second;
}

Status BlockDecryptor::open(Bytes& out, const Control& control, const store::LogName& log,
                            const Block& position) {
  RELAIS_ASSIGN(const log::OpenRun* run, run_at(control, log, position.seq));
  const auto associated = log::associated_data({position.seq - 1, position.before}, run->hash,
                                               position.transaction_end);
  const Bytes* restored =
      restored_ == nullptr ? nullptr : restored_->find(associated, position.block);
  if (restored != nullptr) {
    out = *restored;
    return {};
  }
  return codec_.open(out, run->header, run->key, position.seq, associated, position.block);
}

const Bytes* RestoredBlocks::find(const log::Associated& associated, BytesView block) const {
  if (blocks_.empty()) return nullptr;
  const std::uint64_t index = associated.seq() - blocks_.front().associated.seq();
  if (index >= blocks_.size()) return nullptr;
  const Block& there = blocks_[static_cast<std::size_t>(index)];
  const bool same = there.associated.view() == associated.view() && there.block == block;
  return same ? &there.change : nullptr;
}

bool BlockDecryptor::has_key(const Control& control, const store::LogName& log, std::uint64_t seq) {
  const auto run = run_at(control, log, seq);
  return run || run.error().code() != ErrorCode::not_found;
}

Status BlockDecryptor::load(Bytes& out, const Control& control, const store::Reads& store,
                            const store::LogName& log, std::uint64_t seq) {
  RELAIS_ASSIGN(const auto bytes, store.get(store::Family::log, store::block_key(log.no, seq)));
  if (!bytes) return Error(ErrorCode::not_found, "A block is missing in the store.");
  RELAIS_ASSIGN(const store::StoredBlock stored, store::decode_block(*bytes));
  return open(out, control, log, {seq, stored.transaction_end, stored.before, stored.block});
}

DecryptorPool::Lease::Lease(DecryptorPool& pool, std::shared_ptr<const Control> control)
    : pool_(&pool) {
  {
    const std::lock_guard lock(pool.mutex_);
    if (!pool.idle_.empty()) {
      item_ = std::move(pool.idle_.back());
      pool.idle_.pop_back();
    }
  }
  if (item_.decryptor == nullptr) {
    item_.decryptor = std::make_unique<BlockDecryptor>(pool.space_, pool.logs_);
  }
  if (item_.control != control) item_.decryptor->forget_runs();
  item_.control = std::move(control);
}

DecryptorPool::Lease::~Lease() {
  if (item_.decryptor == nullptr) return;
  const std::lock_guard lock(pool_->mutex_);
  if (pool_->idle_.size() < limits::kIdleDecryptors) pool_->idle_.push_back(std::move(item_));
}

}  // namespace relais::replica
