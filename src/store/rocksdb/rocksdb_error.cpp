#include "store/rocksdb/rocksdb_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace relais::store {
namespace {

using rocksdb::Status;

std::string_view text(const Status& status) {
  return status.getState() == nullptr ? std::string_view() : status.getState();
}

/// The text of strerror: RocksDB puts it last, after the file name and a colon.
std::string reason(const Status& status) {
  const std::string_view all = text(status);
  const std::size_t colon = all.rfind(": ");
  if (!status.IsIOError() || colon == std::string_view::npos) return "";
  return " (" + std::string(all.substr(colon + 2)) + ")";
}

bool is_lock(const Status& status) {
  return text(status).find("/LOCK") != std::string_view::npos &&
         (text(status).find("lock hold by current process") != std::string_view::npos ||
          text(status).find("While lock file") != std::string_view::npos);
}

bool is_damage(const Status& status) {
  // A file missing from the MANIFEST's list is damage too, as is a database without CURRENT or with
  // other families than its version has.
  return status.IsCorruption() || status.IsPathNotFound() || status.IsNotFound() ||
         status.IsInvalidArgument() || status.IsNotSupported();
}

/// Why a file of the database can't be opened, or a few at once; 0: they can. RocksDB may report
/// that as damage.
int open_failure(const std::string& database) {
  constexpr std::size_t kAtOnce = 16;
  std::vector<int> open;
  int failure = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator file(database, ignored), end; file != end;
       file.increment(ignored)) {
    const int descriptor = ::open(file->path().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
      failure = errno;
      break;
    }
    if (open.size() < kAtOnce) {
      open.push_back(descriptor);
    } else {
      ::close(descriptor);
    }
  }
  for (const int descriptor : open) ::close(descriptor);
  return failure;
}

}  // namespace

Error open_error(const Status& status, const StoreFolder& folder) {
  const std::string& path = folder.path();
  if (is_lock(status)) {
    return Error(ErrorCode::store_locked,
                 "The store at " + path + " is already open, here or in another program.");
  }
  const int failure = is_damage(status) ? open_failure(folder.database()) : 0;
  if (failure != 0) {
    return Error(ErrorCode::store_failed,
                 "The store at " + path + " can't be opened (" +
                     std::generic_category().message(failure) + ").",
                 Retry::after_user_acts);
  }
  if (is_damage(status)) {
    return Error(ErrorCode::store_corrupt,
                 "The store at " + path + " is damaged: its database can't be read.");
  }
  if (status.IsNoSpace()) {
    return Error(ErrorCode::disk_full, "There is no space left for the store at " + path + ".");
  }
  return Error(ErrorCode::store_failed,
               "The store at " + path + " can't be opened" + reason(status) + ".",
               Retry::after_user_acts);
}

Error read_error(const Status& status) {
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return Error(ErrorCode::corrupt, "A stored record is damaged.");
  }
  return Error(ErrorCode::store_failed, "The store can't be read" + reason(status) + ".");
}

Error write_error(const Status& status) {
  if (status.IsNoSpace()) {
    return Error(ErrorCode::disk_full, "There is no space left for the store.");
  }
  return Error(ErrorCode::store_failed, "The store can't be written" + reason(status) + ".");
}

}  // namespace relais::store
