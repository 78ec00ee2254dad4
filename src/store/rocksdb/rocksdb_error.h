#pragma once

#include <rocksdb/status.h>

#include <string>

#include "relais/error.h"

/// RocksDB's statuses in our words. Its own text stays out, as it may hold keys; of a failed
/// system call the system's words are kept.
namespace relais::store {

Error open_error(const rocksdb::Status& status, const std::string& path);
Error read_error(const rocksdb::Status& status);
Error write_error(const rocksdb::Status& status);

}  // namespace relais::store
