#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "support/chance.h"

namespace relais::testing {

/// What changes a disk.
enum class Operation : std::uint8_t { append, truncate, sync, sync_folder, create, rename, remove };
inline constexpr std::size_t kOperations = 7;
inline constexpr std::array<const char*, kOperations> kOperationNames = {
    "append", "truncate", "sync", "sync_folder", "create", "rename", "remove"};

/// A file that was written.
struct WrittenFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t durable = 0;  ///< the part of it that a power cut leaves
  bool poisoned = false;      ///< a sync failed: no other makes it durable
};

/// A name that changed; undone by a power cut unless its folder was synced since.
struct NameChange {
  Operation operation;
  std::string from;  ///< rename
  std::string path;
  std::string kept;  ///< what stood at `path` before, set aside; empty: nothing
};

/// What a power cut took.
struct Losses {
  std::uint64_t bytes = 0;         ///< of files
  std::uint64_t written_over = 0;  ///< files with zeros or noise where bytes were
  std::uint64_t names = 0;         ///< created, renamed or removed, and undone
};

/// One power cut, done to real files: in place, or to a copy of them.
///   - of a file, what was appended since its last sync: all, the end of it, or none is lost; or
///     what is there instead are zeros or noise, where the file grew but its blocks weren't
///     written;
///   - of a folder, the names changed since it was last synced: a journal's order is kept, so that
///     what survives is a first part of them.
/// The same chance gives the same fate to files of a kind, whatever befalls others.
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
