#include "store/rocksdb/store_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"
#include "base/try.h"
#include "store/rocksdb/rocksdb_store.h"

namespace relais::store {
namespace {

constexpr std::string_view kFirstLine = "relais store\nversion ";
constexpr std::size_t kVersionFileBytes = 64;
constexpr mode_t kOthersModes = 077;

Error disk_error(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return Error(ErrorCode::disk_full, "There is no space left for the store at " + path + ".");
  }
  return Error(
      ErrorCode::store_failed,
      "The store at " + path + " can't be used: " + std::generic_category().message(error) + ".",
      Retry::after_user_acts);
}

Error corrupt(const std::string& path, std::string_view why) {
  return Error(ErrorCode::store_corrupt,
               "The store at " + path + " is damaged: " + std::string(why) + ".");
}

bool exists(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

Status sync_folder(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return disk_error(path, errno);
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (error != 0) return disk_error(path, error);
  return {};
}

/// Writes or overwrites a file durably, except for its directory entry.
Status write_file(const std::string& path, BytesView content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return disk_error(path, errno);
  errno = EIO;                 // the error of a short write
  (void)::fchmod(file, 0600);  // whatever the umask, also for a file that existed
  const bool written =
      ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const int error = written && ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (error != 0) return disk_error(path, error);
  return {};
}

/// Up to `limit` bytes of the file; nothing, with errno set, if it cannot be read.
std::optional<Bytes> read_file(const std::string& path, std::size_t limit) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  Bytes content(limit, '\0');
  const ssize_t size = ::read(file, content.data(), limit);
  const int error = errno;
  ::close(file);
  errno = error;
  if (size < 0) return std::nullopt;
  content.resize(static_cast<std::size_t>(size));
  return content;
}

/// Nothing if no version of Relais writes such a file.
std::optional<std::uint32_t> parse_version(BytesView content) {
  if (content.substr(0, kFirstLine.size()) != kFirstLine) return std::nullopt;
  content.remove_prefix(kFirstLine.size());
  std::uint32_t version = 0;
  const auto [end, error] =
      std::from_chars(content.data(), content.data() + content.size(), version);
  const bool whole = error == std::errc() && end != content.data() + content.size() && *end == '\n';
  if (!whole || version == 0) return std::nullopt;
  return version;
}

std::string parent_of(const std::string& path) {
  const std::filesystem::path parent =
      std::filesystem::path(path + "/.").lexically_normal().parent_path().parent_path();
  return parent.empty() ? "." : parent.string();
}

Status make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    (void)::chmod(path.c_str(), 0700);  // whatever the umask
    return sync_folder(parent_of(path));
  }
  if (errno == ENOENT) {
    return Error(ErrorCode::not_found, "There is no folder to make the store " + path + " in.");
  }
  if (errno == EEXIST) return {};
  return disk_error(path, errno);
}

/// Makes the entries of a folder private, not recursively.
void close_to_others(const std::string& folder) {
  std::error_code ended;
  std::filesystem::directory_iterator entry(folder, ended);
  for (; !ended && entry != std::filesystem::directory_iterator(); entry.increment(ended)) {
    struct stat info;
    const char* const path = entry->path().c_str();
    if (::lstat(path, &info) != 0 || (info.st_mode & kOthersModes) == 0) continue;
    if (S_ISREG(info.st_mode)) (void)::chmod(path, 0600);
    if (S_ISDIR(info.st_mode)) (void)::chmod(path, 0700);
  }
}

Error not_a_folder(const std::string& path, ErrorCode code) {
  return Error(code, "The path " + path + " names a file, and a store is a folder.");
}

}  // namespace

StoreFolder::~StoreFolder() {
  if (lock_ >= 0) ::close(lock_);
}

Result<StoreFolder> StoreFolder::lock(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    if (errno == ENOTDIR) return not_a_folder(path, ErrorCode::store_missing);
    if (errno == ENOENT) {
      return Error(ErrorCode::store_missing, "There is no store at " + path + ".");
    }
    return disk_error(path, errno);
  }
  StoreFolder locked(path, folder);
  if (::flock(folder, LOCK_EX | LOCK_NB) == 0) return locked;
  if (errno != EWOULDBLOCK) return disk_error(path, errno);
  return Error(ErrorCode::store_locked,
               "The store at " + path + " is already open, here or in another program.");
}

Result<StoreFolder> StoreFolder::create(const std::string& path) {
  RELAIS_TRY(make_folder(path));
  auto folder = lock(path);
  if (!folder && folder.error().code() == ErrorCode::store_missing) {
    return not_a_folder(path, ErrorCode::already_exists);
  }
  if (!folder) return folder;
  RELAIS_TRY(folder->begin());
  return folder;
}

Status StoreFolder::begin() {
  if (exists(path_ + "/STORE")) {
    return Error(ErrorCode::already_exists, "There is already a store at " + path_ + ".");
  }
  std::error_code error;
  if (exists(path_ + "/STORE.unfinished")) {
    // The creation never returned, so nothing was ever committed to this database.
    std::filesystem::remove_all(database(), error);
  } else if (!std::filesystem::is_empty(path_, error) && !error) {
    return Error(ErrorCode::already_exists,
                 "The folder " + path_ + " is not empty; a store needs one of its own.");
  }
  if (error) return disk_error(path_, error.value());
  RELAIS_TRY(make_private());
  RELAIS_TRY(write_file(path_ + "/STORE.unfinished",
                        Bytes(kFirstLine) + std::to_string(kStoreVersion) + "\n"));
  return sync_folder(path_);
}

Status StoreFolder::finish() {
  if (::rename((path_ + "/STORE.unfinished").c_str(), (path_ + "/STORE").c_str()) != 0) {
    return disk_error(path_, errno);
  }
  return sync_folder(path_);
}

Result<StoreFolder> StoreFolder::open(const std::string& path) {
  RELAIS_ASSIGN(StoreFolder folder, lock(path));
  RELAIS_TRY(folder.check_version());
  RELAIS_TRY(folder.make_private());
  RELAIS_TRY(folder.check_writable());
  return folder;
}

/// Removes permissions of other users from the folder and its contents. A file system without modes
/// is left as it is.
Status StoreFolder::make_private() const {
  struct stat info;
  if (::fstat(lock_, &info) != 0) return disk_error(path_, errno);
  if (info.st_uid != ::geteuid() && ::geteuid() != 0) {
    return Error(ErrorCode::store_failed,
                 "The folder " + path_ +
                     " belongs to another user, who could read what is kept in it: use a folder of "
                     "your own.",
                 Retry::after_user_acts);
  }
  if ((info.st_mode & kOthersModes) != 0) (void)::fchmod(lock_, 0700);
  close_to_others(path_);
  close_to_others(database());
  return {};
}

Status StoreFolder::check_version() const {
  const auto content = read_file(path_ + "/STORE", kVersionFileBytes);
  if (!content && errno != ENOENT) return disk_error(path_, errno);
  if (!content && exists(path_ + "/STORE.unfinished")) {
    return Error(ErrorCode::store_missing,
                 "The creation of the store at " + path_ + " was cut short. Create it again.");
  }
  if (!content && exists(database())) return corrupt(path_, "its file STORE is missing");
  if (!content) return Error(ErrorCode::store_missing, "There is no store at " + path_ + ".");

  const auto version = parse_version(*content);
  if (!version) return corrupt(path_, "its file STORE can't be read");
  if (*version > kStoreVersion) {
    return Error(ErrorCode::store_too_new,
                 "The store at " + path_ +
                     " was written by a newer version of Relais (its format is " +
                     std::to_string(*version) + ", this one reads up to " +
                     std::to_string(kStoreVersion) + "). Update this program.");
  }
  if (!exists(database())) return corrupt(path_, "its folder db is missing");
  return {};
}

Status StoreFolder::check_writable() const {
  for (const std::string& folder : {path_, database()}) {
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) return disk_error(path_, errno);
  }
  return {};
}

}  // namespace relais::store
