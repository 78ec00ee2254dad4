#pragma once

#include <rocksdb/status.h>

#include <string>

#include "relais/error.h"

/// Errors for RocksDB statuses. RocksDB's own text is left out, as it may hold keys; the operating
/// system's text of a failed call is kept.
namespace relais::store {

Error open_error(const rocksdb::Status& status, const std::string& path);
Error read_error(const rocksdb::Status& status);
Error write_error(const rocksdb::Status& status);

}  // namespace relais::store
