#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "support/chance.h"

namespace relais::testing {

/// Operations that change a disk.
enum class Operation : std::uint8_t { append, truncate, sync, sync_folder, create, rename, remove };
inline constexpr std::size_t kOperations = 7;
inline constexpr std::array<const char*, kOperations> kOperationNames = {
    "append", "truncate", "sync", "sync_folder", "create", "rename", "remove"};

/// A file that was written.
struct WrittenFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t durable = 0;  ///< bytes that a power cut leaves
  bool poisoned = false;      ///< a sync failed: no later one makes it durable
};

/// A changed directory entry; a power cut undoes it unless the folder was synced since.
struct NameChange {
  Operation operation;
  std::string from;  ///< rename
  std::string path;
  std::string kept;  ///< the previous file at `path`, set aside; empty: none
};

/// The losses of a power cut.
struct Losses {
  std::uint64_t bytes = 0;         ///< of files
  std::uint64_t written_over = 0;  ///< files with zeros or noise in place of data
  std::uint64_t names = 0;         ///< creations, renames and removals undone
};

/// Applies one power cut to real files: in place, or to a copy of them.
///
/// - Of a file, the data appended since its last sync: all, the end of it, or none is lost; or it
/// is replaced by zeros or noise, where the file grew but its blocks were not written.
/// - Of a folder, the names changed since its last sync: in the order of a journal, so that a first
/// part of them survives.
///
/// The losses of one kind of file do not depend on those of others.
class PowerLoss {
 public:
  /// `manifest_lies`: a MANIFEST's lost tail may be zeros or noise too.
  PowerLoss(const Chance& chance, bool manifest_lies)
      : chance_(chance), manifest_lies_(manifest_lies) {}

  /// The files to lose from are copies, below `to`, of those that are named, below `from`.
  void in_copy(std::string from, std::string to);

  void lose_tail(const WrittenFile& file);
  void undo(const std::vector<NameChange>& of_a_folder);
  const Losses& losses() const { return losses_; }

 private:
  std::string copy_of(const std::string& path) const;
  void undo_one(const NameChange& change);

  const Chance chance_;
  const bool manifest_lies_;
  std::string from_;
  std::string to_;
  std::uint64_t files_ = 0;
  Losses losses_;
};

}  // namespace relais::testing
