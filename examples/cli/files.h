#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "interruption.h"
#include "relais/result.h"

namespace cli {

/// A file read as a whole, or standard input for "-". Regular files are mapped, not copied: one
/// that shrinks while it is read ends the program.
class InputFile {
 public:
  /// Fails: not_found, bad_input (a folder, not readable), naming the path.
  static relais::Result<InputFile> open(const std::string& path);

  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  std::string_view text() const;

 private:
  InputFile() = default;

  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
  std::string read_;
};

/// A file that is either whole or not there: written beside its name, renamed at the end. For "-"
/// or no path: standard output. A device or a pipe is written to as it is.
class OutputFile {
 public:
  /// Fails: invalid_argument (the folder is missing or not ours to write in, a folder has the
  /// name).
  static relais::Result<OutputFile> create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  /// What was not finished is removed.
  ~OutputFile();

  /// Fails: disk_full, store_failed; then every later call fails likewise.
  relais::Status write_line(std::string_view line);
  /// Makes it durable and gives it its name.
  relais::Status finish();

 private:
  OutputFile(std::string path, std::string beside, int file);
  relais::Status flush();
  relais::Error failed(int error) const;

  std::string path_;
  std::string beside_;  ///< empty: written in place
  int file_ = -1;
  bool on_terminal_ = false;  ///< lines are escaped, as all that is said
  std::string buffer_;
  int error_ = 0;
  std::unique_ptr<OnInterruption> on_interruption_;  ///< removes what is beside it
};

/// Says, when it goes, that a folder was open to other users of the machine and is so no more.
class WatchedFolder {
 public:
  WatchedFolder(std::string path, bool json);
  WatchedFolder(const WatchedFolder&) = delete;
  WatchedFolder& operator=(const WatchedFolder&) = delete;
  ~WatchedFolder();

 private:
  std::string path_;
  bool json_;
  bool was_open_;
};

/// Where a standard stream is closed, a file must not get its number: what is printed would be
/// written into it. Reading and writing there fails.
void occupy_closed_streams();

/// Whether anything has the name, be it a link that leads nowhere.
bool exists(const std::string& path);
/// Whether the path is in the folder of a store, or in a folder in it; links are followed.
bool is_in_a_store(const std::string& path);
/// The folder that a file or a folder is in.
std::string folder_of(const std::string& path);
/// A rename is durable once its folder is. False: errno says why.
bool sync_folder(const std::string& path);

}  // namespace cli
