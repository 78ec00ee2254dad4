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
  io_error,     ///< EIO, nothing done; of a sync: what it should have synced may be lost for good
  no_space,     ///< ENOSPC, nothing done
  short_write,  ///< ENOSPC after a part of what was to be appended
  late_error,   ///< EIO, though it was done
};
inline constexpr std::size_t kFaults = 5;
inline constexpr std::array<const char*, kFaults> kFaultNames = {
    "power_cut", "io_error", "no_space", "short_write", "late_error"};

struct FaultPlan {
  Fault fault = Fault::power_cut;
  /// The fault meets this operation, counted from 1, or the next that it can meet; 0: none.
  std::uint64_t at = 0;
  bool lasts = false;  ///< and each one after it, until `recover`
  std::string files;   ///< only at files whose names end so; empty: at all
  /// A MANIFEST's lost tail may be zeros or noise too, where it is cut short otherwise. RocksDB
  /// takes a short last record for the end of a MANIFEST and a wrong one for damage: it doesn't
  /// open then. File systems that write data before a file's size (ext4 unless data=writeback,
  /// XFS, btrfs) leave no such tails.
  bool manifest_lies = false;
};

/// A file system that keeps account of what is durable, and loses what isn't when the power goes:
/// as PowerLoss says. A sync that failed is worse than none: what it covered counts as lost, though
/// a later sync of the file succeeds, as Linux drops such pages (Rebello et al., "Can Applications
/// Recover from fsync Failures?", 2020).
///
/// The files lie in a real folder below, where each operation is done at once and nothing is really
/// synced. RocksDB's own threads make the order of operations vary: a seed gives the same plan, not
/// the same run.
///
/// Threads: any; one operation at a time.
class CrashingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  /// `attic`: an existing folder on the same disk, for what was removed and may come back.
  /// `on_power_cut` is called once the losses are made. It must end the process, as whatever else
  /// is under way would go on; null where the power goes by `leave` alone.
  CrashingFileSystem(std::string attic, const FaultPlan& plan, const Chance& chance,
                     std::function<void(const char* operation)> on_power_cut);

  const char* Name() const override { return "CrashingFileSystem"; }

  /// An error was given, or a lasting one.
  bool fault_happened() const;
  /// Which operation met it.
  Operation fault_operation() const;
  /// The disk is well again.
  void recover();
  /// The fault meets the next operation on a file whose name ends so.
  void fail_next(Fault fault, const std::string& files);
  /// The power goes now, between two operations.
  [[noreturn]] void cut_power(const char* between);
  /// What is on the disk if the power goes now, as a copy at `to` of the folder `from`, which holds
  /// the files and the attic. Whoever has files open goes on with the old ones. Without losses it
  /// is all that was written.
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
  // Not used by the store; if that changes, what is lost of them must be thought through here.
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

  /// Counts the operation and lets the fault meet it, if it is its turn. `action` does the work;
  /// `part` does some of it, for a write cut short.
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
  /// The file at `path` lies at `kept` now, and what is unsynced of it is still unsynced.
  void set_aside(const std::string& path, const std::string& kept);
  std::string in_attic();

  void lose(PowerLoss& loss) const;
  [[noreturn]] void lose_and_end(const char* at);

  const std::string attic_;
  FaultPlan plan_;
  const bool manifest_lies_;
  Chance chance_;
  std::function<void(const char*)> on_power_cut_;

  // Recursive: a signal's handler may cut the power within an operation.
  mutable std::recursive_mutex mutex_;
  std::uint64_t operations_ = 0;
  std::uint64_t kept_ = 0;
  bool fault_happened_ = false;
  Operation fault_operation_ = Operation::append;
  std::map<std::string, std::shared_ptr<WrittenFile>> files_;  ///< by path
  std::vector<std::shared_ptr<WrittenFile>> removed_;          ///< those that may come back
  std::map<std::string, std::vector<NameChange>> changes_;     ///< by folder
};

}  // namespace relais::testing
