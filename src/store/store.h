#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "relais/result.h"
#include "store/batch.h"

/// The storage of a replica: five ordered maps of bytes, written atomically. Two back ends,
/// `memory/` and `rocksdb/`, pass one test suite (tests/conformance/store_conformance.h). See
/// docs/spec/store.md.
namespace relais::store {

/// Iterates over a range in key order, as of the time of `scan`; later commits are not visible.
/// Fails: at a damaged record `valid()` becomes false and `status()` is `corrupt`, so check it
/// after the loop. Threads: one at a time.
class Iterator {
 public:
  virtual ~Iterator() = default;

  virtual bool valid() const = 0;
  virtual void next() = 0;  ///< only while valid
  /// Valid until `next`; only while valid.
  virtual BytesView key() const = 0;
  virtual BytesView value() const = 0;
  /// Ok at the end of the range, else why the iteration stopped before it.
  virtual Status status() const = 0;
};

/// Reads of a store or of a snapshot of it.
/// Threads: any. Fails: corrupt (the bytes on the disk are not those written; other keys may still
/// be readable), store_failed (I/O error).
class Reads {
 public:
  virtual ~Reads() = default;

  /// Whether the key exists; `out` then becomes its value, reusing its memory, and is unspecified
  /// otherwise.
  virtual Result<bool> get_into(Family family, BytesView key, Bytes& out) const = 0;
  /// The values of all the keys, in their order, as of one moment: several times faster than as
  /// many `get`s, a little more so if the keys are sorted. Fails as a whole if one value is
  /// damaged.
  virtual Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const = 0;
  /// The keys k with from ≤ k < to; an empty `to` is the end of the family. Never null.
  virtual std::unique_ptr<Iterator> scan(Family family, BytesView from, BytesView to) const = 0;

  Result<std::optional<Bytes>> get(Family family, BytesView key) const;
  /// The keys that begin with `prefix`.
  std::unique_ptr<Iterator> scan_prefix(Family family, BytesView prefix) const;
};

/// How durable a commit is when `commit` returns.
enum class Durability : std::uint8_t {
  buffered,  ///< handed to the operating system: survives a crash of the process, not a power cut
  synced,    ///< on the disk: survives a power cut, as does everything committed before it
};

/// An open store. Commits are atomic over all families, become visible to new readers as a whole,
/// and reach the disk in order: a crash leaves a prefix of them.
///
/// A failed write is indeterminate: it may be there after the next opening. So the store stops at
/// the first one: every later write fails, and the owner closes the store, opens it again and
/// derives its counters again. Reads still work, and do not show the failed write.
///
/// Threads: any; commits are made one at a time. Blocks: commit and sync, on the disk.
/// Owns: its files, until it, its snapshots and its iterators are all destroyed. The destructor
/// flushes, so that the next opening has nothing to replay, and syncs buffered commits; it cannot
/// report a failure, so call `sync` first where that matters.
class Store : public Reads {
 public:
  /// The state as of now; unchanged while the snapshot is held. Overwritten values are kept that
  /// long.
  virtual std::unique_ptr<Reads> snapshot() const = 0;

  /// Fails: limit_exceeded (nothing was written and the store goes on); disk_full, store_failed
  /// (the store stops).
  virtual Status commit(const Batch& batch, Durability durability) = 0;
  /// Everything committed so far survives a power cut on return. Fails: as commit.
  virtual Status sync() = 0;
  /// A write failed: every later write will too.
  virtual bool failed() const = 0;
  /// Reads all files, including parts that no key leads to, and verifies their checksums; a store
  /// without files has nothing to verify. Fails: corrupt, store_failed.
  virtual Status check_files() const { return {}; }
};

/// The least key above all keys that begin with `prefix`; empty (the end) if there is none.
Bytes after_prefix(BytesView prefix);

}  // namespace relais::store
