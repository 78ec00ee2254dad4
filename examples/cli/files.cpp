#include "files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "relais/text.h"
#include "report.h"

namespace cli {
namespace {

using relais::Error;
using relais::ErrorCode;
using relais::Status;

constexpr std::size_t kReadBytes = 1 << 20;
constexpr std::size_t kWriteBytes = 1 << 18;

constexpr std::string_view kStandardInput = "standard input";
constexpr std::string_view kStandardOutput = "standard output";

std::string said(int error) { return std::generic_category().message(error); }

/// A sentence begins with a word: a path would get a capital.
std::string file_named(const std::string& path) {
  return path == kStandardInput || path == kStandardOutput ? path : "The file " + path;
}

Error cannot_read(const std::string& path, int error) {
  if (error == ENOENT) return Error(ErrorCode::not_found, "There is no file " + path + ".");
  if (error == EISDIR) {
    return Error(ErrorCode::bad_input, "A file is needed, and " + path + " is a folder.");
  }
  return Error(ErrorCode::bad_input, file_named(path) + " can't be read: " + said(error) + ".");
}

Error cannot_create(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return Error(ErrorCode::disk_full, "There is no space left for " + path + ".");
  }
  if (error == EISDIR) {
    return Error(ErrorCode::invalid_argument, "A file is needed, and " + path + " is a folder.");
  }
  return Error(ErrorCode::invalid_argument,
               file_named(path) + " can't be written: " + said(error) + ".");
}

bool is_open_to_others(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && (info.st_mode & 077) != 0;
}

/// Reads to the end; 0 or an error number.
int read_all(int file, std::string& into) {
  while (true) {
    const std::size_t size = into.size();
    into.resize(size + kReadBytes);
    const ssize_t got = ::read(file, into.data() + size, kReadBytes);
    into.resize(size + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got == 0) return 0;
    if (got < 0 && errno != EINTR) return errno;
  }
}

/// Whether the folder is a store's, be it damaged, or not made to the end: docs/spec/store.md,
/// "Folder".
bool is_store(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool named =
      fs::exists(folder / "STORE", error) || fs::exists(folder / "STORE.unfinished", error);
  return named && fs::is_directory(folder / "db", error);
}

/// What a symbolic link leads to, else the path itself.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : path;
}

}  // namespace

relais::Result<InputFile> InputFile::open(const std::string& path) {
  const bool standard = path == "-";
  const std::string name = standard ? std::string(kStandardInput) : path;
  const int file = standard ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot_read(name, errno);
  struct stat info;
  int error = ::fstat(file, &info) == 0 ? 0 : errno;
  InputFile input;
  if (error == 0 && S_ISDIR(info.st_mode)) error = EISDIR;
  if (error == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && !standard) {
    const auto size = static_cast<std::size_t>(info.st_size);
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    error = mapped == MAP_FAILED ? errno : 0;
    if (error == 0) {
      input.mapped_ = mapped;
      input.mapped_size_ = size;
      ::madvise(mapped, size, MADV_SEQUENTIAL);
    }
  } else if (error == 0) {
    error = read_all(file, input.read_);
  }
  ::close(file);
  if (error != 0) return cannot_read(name, error);
  return input;
}

InputFile::InputFile(InputFile&& other) noexcept
    : mapped_(std::exchange(other.mapped_, nullptr)),
      mapped_size_(other.mapped_size_),
      read_(std::move(other.read_)) {}

InputFile::~InputFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
}

std::string_view InputFile::text() const {
  if (mapped_ == nullptr) return read_;
  return {static_cast<const char*>(mapped_), mapped_size_};
}

relais::Result<OutputFile> OutputFile::create(const std::string& path) {
  if (path.empty() || path == "-")
    return OutputFile(std::string(kStandardOutput), "", STDOUT_FILENO);
  struct stat info;
  const bool exists = ::stat(path.c_str(), &info) == 0;
  // A device or a pipe is written to; a file must not take its place.
  const bool in_place = exists && !S_ISREG(info.st_mode);
  const std::string aim = in_place ? path : resolved(path);
  std::string beside = in_place ? "" : aim + ".unfinished";
  const int flags = O_WRONLY | O_CLOEXEC | (in_place ? 0 : O_CREAT | O_TRUNC);
  const int file = ::open((in_place ? aim : beside).c_str(), flags, 0600);
  if (file < 0) return cannot_create(path, errno);
  return OutputFile(aim, std::move(beside), file);
}

OutputFile::OutputFile(std::string path, std::string beside, int file)
    : path_(std::move(path)),
      beside_(std::move(beside)),
      file_(file),
      on_terminal_(::isatty(file) == 1) {
  if (beside_.empty()) return;
  on_interruption_ = std::make_unique<OnInterruption>([file = beside_] { ::unlink(file.c_str()); });
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      beside_(std::exchange(other.beside_, {})),
      file_(std::exchange(other.file_, -1)),
      on_terminal_(other.on_terminal_),
      buffer_(std::move(other.buffer_)),
      error_(other.error_),
      on_interruption_(std::move(other.on_interruption_)) {}

OutputFile::~OutputFile() {
  if (file_ >= 0 && file_ != STDOUT_FILENO) ::close(file_);
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

Status OutputFile::write_line(std::string_view line) {
  if (error_ != 0) return failed(error_);
  if (on_terminal_) {
    buffer_.append(relais::printable(line)).append(1, '\n');
  } else {
    buffer_.append(line).append(1, '\n');
  }
  if (buffer_.size() < kWriteBytes) return {};
  return flush();
}

Status OutputFile::flush() {
  std::string_view rest = buffer_;
  while (error_ == 0 && !rest.empty()) {
    const ssize_t put = ::write(file_, rest.data(), rest.size());
    if (put > 0) rest.remove_prefix(static_cast<std::size_t>(put));
    if (put < 0 && errno != EINTR) error_ = errno;
  }
  buffer_.clear();
  if (error_ != 0) return failed(error_);
  return {};
}

Status OutputFile::finish() {
  if (error_ != 0) return failed(error_);
  if (Status flushed = flush(); !flushed || beside_.empty()) return flushed;
  if (::fsync(file_) != 0) return failed(error_ = errno);
  const int closed = ::close(std::exchange(file_, -1));
  if (closed != 0 || ::rename(beside_.c_str(), path_.c_str()) != 0) return failed(error_ = errno);
  beside_.clear();
  on_interruption_.reset();
  sync_folder(folder_of(path_));
  return {};
}

Error OutputFile::failed(int error) const {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return Error(ErrorCode::disk_full, "There is no space left for " + path_ + ".");
  }
  return Error(ErrorCode::store_failed,
               file_named(path_) + " can't be written: " + said(error) + ".");
}

WatchedFolder::WatchedFolder(std::string path, bool json)
    : path_(std::move(path)), json_(json), was_open_(is_open_to_others(path_)) {}

WatchedFolder::~WatchedFolder() {
  if (!was_open_ || is_open_to_others(path_)) return;
  report_note(
      "Other users of this machine could read the folder " + path_ + ": from now on only you can.",
      json_);
}

void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

bool exists(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0;
}

bool is_in_a_store(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path above = fs::weakly_canonical(fs::absolute(path, error), error);
  if (!above.has_filename()) above = above.parent_path();  // a slash at the end
  while (above.has_relative_path()) {
    above = above.parent_path();
    if (is_store(above)) return true;
  }
  return false;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  const int error = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  errno = error;
  return error == 0;
}

}  // namespace cli
