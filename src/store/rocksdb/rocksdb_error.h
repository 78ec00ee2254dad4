#pragma once

#include <rocksdb/status.h>

#include "relais/error.h"
#include "store/rocksdb/store_folder.h"

/// Errors for RocksDB statuses. RocksDB's own text is left out, as it may hold keys; the operating
/// system's text of a failed call is kept.
namespace relais::store {

Error open_error(const rocksdb::Status& status, const StoreFolder& folder);
Error read_error(const rocksdb::Status& status);
Error write_error(const rocksdb::Status& status);

}  // namespace relais::store
