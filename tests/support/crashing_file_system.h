#pragma once

#include <rocksdb/file_system.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/chance.h"
#include "support/power_loss.h"

namespace relais::testing {

enum class Fault : std::uint8_t {
  power_cut,    ///< nothing after it reaches the disk, and what wasn't synced may be lost
  io_error,     ///< EIO, nothing done; after a failed sync, what it covered may be lost for good
  no_space,     ///< ENOSPC, nothing done
  short_write,  ///< ENOSPC after a part of the append was written
  late_error,   ///< EIO, although the operation was done
};
inline constexpr std::size_t kFaults = 5;
inline constexpr std::array<const char*, kFaults> kFaultNames = {
    "power_cut", "io_error", "no_space", "short_write", "late_error"};

struct FaultPlan {
  Fault fault = Fault::power_cut;
  /// The fault hits this operation, counted from 1, or the next one that it can hit; 0: none.
  std::uint64_t at = 0;
  bool lasts = false;  ///< and every later one, until `recover`
  std::string files;   ///< only files whose names end so; empty: all files
  /// The lost tail of a MANIFEST may become zeros or noise too; otherwise it is cut off. RocksDB
  /// takes a short last record for the end of a MANIFEST, and a wrong one for damage: it then does
  /// not open. File systems that write data before a file's size (ext4 unless data=writeback, XFS,
  /// btrfs) leave no such tails.
  bool manifest_lies = false;
};

/// A file system that tracks what is durable and loses the rest at a power cut, as PowerLoss says.
/// After a failed sync, what it covered counts as lost, even if a later sync of the file succeeds,
/// as Linux drops such pages (Rebello et al., "Can Applications Recover from fsync Failures?",
/// 2020).
///
/// The files lie in a real folder, where each operation is done at once and nothing is really
/// synced. The threads of RocksDB make the order of operations vary: a seed gives the same plan,
/// not the same run.
///
/// Threads: any; one operation at a time.
class CrashingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  /// `attic`: an existing folder on the same disk, for removed files that may come back.
  /// `on_power_cut` is called after the losses; it must end the process, as other operations would
  /// continue. Null where only `leave` cuts the power.
  CrashingFileSystem(std::string attic, const FaultPlan& plan, const Chance& chance,
                     std::function<void(const char* operation)> on_power_cut);

  const char* Name() const override { return "CrashingFileSystem"; }

  /// A fault has hit an operation, or a lasting one is active.
  bool fault_happened() const;
  /// The operation that the fault hit.
  Operation fault_operation() const;
  /// Ends a lasting fault.
  void recover();
  /// The fault hits the next operation on a file whose name ends so.
  void fail_next(Fault fault, const std::string& files);
  /// Cuts the power now, between two operations.
  [[noreturn]] void cut_power(const char* between);
  /// Copies the folder `from`, which holds the files and the attic, to `to`, as a power cut now
  /// would leave it. Open files stay open on `from`. Without losses the copy has everything that
  /// was written.
  Losses leave(const std::string& from, const std::string& to, bool with_losses);

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  // Not used by the store; if that changes, model their losses here.
  rocksdb::IOStatus ReuseWritableFile(const std::string&, const std::string&,
                                      const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSWritableFile>*,
                                      rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("reuse");
  }
  rocksdb::IOStatus NewRandomRWFile(const std::string&, const rocksdb::FileOptions&,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>*,
                                    rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("random writes");
  }
  rocksdb::IOStatus LinkFile(const std::string&, const std::string&, const rocksdb::IOOptions&,
                             rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("link");
  }

 private:
  friend class CrashingFile;
  friend class CrashingFolder;

  /// Counts the operation and applies the fault if it is due. `action` does the operation; `part`
  /// does a part of it, for a short write.
  template <class Action>
  rocksdb::IOStatus perform(Operation operation, const std::string& path, Action&& action);
  template <class Action, class Part>
  rocksdb::IOStatus perform(Operation operation, const std::string& path, Action&& action,
                            Part&& part);
  rocksdb::IOStatus error() const;
  bool due(Operation operation, const std::string& path) const;

  rocksdb::IOStatus sync(WrittenFile& file);
  rocksdb::IOStatus sync_folder(const std::string& path);
  std::unique_ptr<rocksdb::FSWritableFile> opened(const std::string& path,
                                                  std::unique_ptr<rocksdb::FSWritableFile> inner);
  void add_change(NameChange change);
  /// The file at `path` was moved to `kept`; its unsynced part stays unsynced.
  void set_aside(const std::string& path, const std::string& kept);
  std::string in_attic();

  void lose(PowerLoss& loss) const;
  [[noreturn]] void lose_and_end(const char* at);

  const std::string attic_;
  FaultPlan plan_;
  const bool manifest_lies_;
  Chance chance_;
  std::function<void(const char*)> on_power_cut_;

  // Recursive: a signal handler may cut the power during an operation.
  mutable std::recursive_mutex mutex_;
  std::uint64_t operations_ = 0;
  std::uint64_t kept_ = 0;
  bool fault_happened_ = false;
  Operation fault_operation_ = Operation::append;
  std::map<std::string, std::shared_ptr<WrittenFile>> files_;  ///< by path
  std::vector<std::shared_ptr<WrittenFile>> removed_;          ///< removed files that may come back
  std::map<std::string, std::vector<NameChange>> changes_;     ///< by folder
};

}  // namespace relais::testing
