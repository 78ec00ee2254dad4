#include "store/rocksdb/database.h"

#include <utility>

#include "base/limits.h"
#include "base/try.h"
#include "store/rocksdb/rocksdb_error.h"
#include "store/rocksdb/rocksdb_options.h"
#include "store/rocksdb/small_tables.h"

namespace relais::store {
namespace {

constexpr std::size_t kScratchBytes = 2 * limits::kCommitBatchBytes;
/// Above every possible key.
const Bytes& end_of_family() {
  static const Bytes kEnd(limits::kStoreKeyBytes + 1, '\xff');
  return kEnd;
}

}  // namespace

void WriteFailure::set(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  happened_.store(true, std::memory_order_release);
}

Error WriteFailure::stopped() const {
  const std::lock_guard lock(mutex_);
  return Error(
      ErrorCode::store_failed,
      "The store stopped after a write error. Close it and open it again. The error was: " +
          error_->message(),
      error_->retry());
}

void WriteFailure::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                     rocksdb::Status* status) {
  // A damaged block found in compaction does not affect current writes, so a device in the field
  // goes on. The files stay as they are, and a read of the block fails.
  if (reason == rocksdb::BackgroundErrorReason::kCompaction && status->IsCorruption()) {
    *status = rocksdb::Status::OK();
    damage_.store(true);
    return;
  }
  set(write_error(*status));
}

Result<std::shared_ptr<Database>> Database::open(StoreFolder folder, OpenMode mode,
                                                 const RocksDbOptions& options) {
  auto failure = std::make_shared<WriteFailure>();
  rocksdb::Env* const env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  auto database = std::make_shared<Database>(std::move(folder), failure, env);
  rocksdb::DBOptions db_options = database_options(options, failure, database->env_);
  if (mode == OpenMode::create) {
    db_options.create_if_missing = true;
    db_options.create_missing_column_families = true;
    db_options.error_if_exists = true;
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(db_options, database->folder_.database(), column_families(options),
                        &database->families_, &db);
  if (!status.ok()) return open_error(status, database->folder_);
  database->db_.reset(db);
  if (mode == OpenMode::create) RELAIS_TRY(database->folder_.finish());
  merge_small_tables(*db, database->families_, options.small_tables);
  return database;
}

Database::~Database() {
  if (!db_) return;
  if (!failed()) {
    // Leaves nothing for the next opening to replay. If it fails, the write-ahead log still has
    // everything.
    db_->Flush(rocksdb::FlushOptions(), families_).PermitUncheckedError();
  }
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
  db_->Close().PermitUncheckedError();
}

void Database::translate(const Batch& batch) {
  if (scratch_.GetDataSize() > kScratchBytes) {
    scratch_ = rocksdb::WriteBatch();
  } else {
    scratch_.Clear();
  }
  batch.each([this](const Batch::Op& op) {
    rocksdb::ColumnFamilyHandle* in = family(op.family);
    switch (op.kind) {
      case Batch::Kind::put: scratch_.Put(in, slice(op.key), slice(op.value)); break;
      case Batch::Kind::remove: scratch_.Delete(in, slice(op.key)); break;
      case Batch::Kind::remove_range:
        scratch_.DeleteRange(in, slice(op.key),
                             slice(op.value.empty() ? BytesView(end_of_family()) : op.value));
        break;
    }
  });
}

Status Database::write(const Batch& batch, bool synced) {
  RELAIS_TRY(batch.check());
  const std::lock_guard lock(write_mutex_);
  if (failed()) return failure_->stopped();
  if (batch.empty()) return synced ? sync_locked() : Status();
  if (failure_->take_damage()) stop_compaction();
  translate(batch);
  rocksdb::WriteOptions options;
  options.sync = synced;
  unsynced_ = !synced;
  return after_write(db_->Write(options, &scratch_));
}

/// Otherwise RocksDB would retry the same files every second and in the end stall writes.
void Database::stop_compaction() {
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->SetOptions(family, {{"disable_auto_compactions", "true"}}).PermitUncheckedError();
  }
}

Status Database::sync() {
  const std::lock_guard lock(write_mutex_);
  if (failed()) return failure_->stopped();
  return sync_locked();
}

Status Database::sync_locked() {
  if (!unsynced_) return {};
  unsynced_ = false;
  return after_write(db_->SyncWAL());
}

Status Database::after_write(const rocksdb::Status& status) {
  if (status.ok()) return {};
  Error error = write_error(status);
  failure_->set(error);
  return error;
}

}  // namespace relais::store
