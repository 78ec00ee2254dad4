#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "relais/result.h"
#include "store/batch.h"

/// Where a replica keeps what it holds: five ordered maps of bytes, written together or not at
/// all. Two back ends, `memory/` and `rocksdb/`, pass one suite of tests
/// (tests/conformance/store_conformance.h). See docs/spec/store.md.
namespace relais::store {

/// Walks a range in the order of its keys, over the state at the time of `scan`; later commits
/// don't show. Fails: a damaged record ends the walk with `status()` `corrupt`, so ask it once
/// `valid()` is false. Threads: one at a time.
class Iterator {
 public:
  virtual ~Iterator() = default;

  virtual bool valid() const = 0;
  virtual void next() = 0;  ///< only while valid
  /// Until `next`; only while valid.
  virtual BytesView key() const = 0;
  virtual BytesView value() const = 0;
  /// Success at the range's end, else why the walk ended before it.
  virtual Status status() const = 0;
};

/// What can be read: the store as it is, or a snapshot of it.
/// Threads: any. Fails: corrupt (the bytes on the disk are not those written; other keys may
/// still be read), store_failed (the disk doesn't answer).
class Reads {
 public:
  virtual ~Reads() = default;

  /// Whether there is such a key; `out` becomes its value, and reuses its memory. `out` is
  /// unspecified otherwise.
  virtual Result<bool> get_into(Family family, BytesView key, Bytes& out) const = 0;
  /// The values of all the keys, in their order, as of one moment: several times faster than as
  /// many `get`s. Sorted keys are a little faster still. Fails as a whole if one is damaged.
  virtual Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const BytesView> keys) const = 0;
  /// The keys k with from ≤ k < to; an empty `to` is the family's end. Never null.
  virtual std::unique_ptr<Iterator> scan(Family family, BytesView from, BytesView to) const = 0;

  Result<std::optional<Bytes>> get(Family family, BytesView key) const;
  /// The keys that begin with `prefix`.
  std::unique_ptr<Iterator> scan_prefix(Family family, BytesView prefix) const;
};

/// How far a commit must have got when `commit` returns.
enum class Durability : std::uint8_t {
  buffered,  ///< with the operating system: survives the process, not a power cut
  synced,    ///< on the disk: survives a power cut, and so does everything committed before it
};

/// A store that is open. Commits are atomic over all families, become visible to new readers as
/// a whole, and reach the disk in their order: what a crash leaves is a prefix of them.
///
/// A failed write is indeterminate: it may be there after the next opening. So the store stops at
/// the first one: every later write fails, and who holds it closes it, opens it again and
/// derives again what it counted. Reading goes on, and doesn't show the failed write.
///
/// Threads: any; commits are made one at a time. Blocks: commit and sync, on the disk.
/// Owns: its files until it, its snapshots and its cursors are all gone. Going, it leaves
/// nothing for the next opening to replay; a commit that was only buffered is synced then too,
/// unless that fails, which nobody hears of: `sync` first where it matters.
class Store : public Reads {
 public:
  /// The state as it is now, unchanged while it is held. Holding one keeps what is overwritten.
  virtual std::unique_ptr<Reads> snapshot() const = 0;

  /// Fails: limit_exceeded (nothing was written and the store goes on); disk_full, store_failed
  /// (the store stops).
  virtual Status commit(const Batch& batch, Durability durability) = 0;
  /// Everything committed so far survives a power cut. Fails: as commit.
  virtual Status sync() = 0;
  /// A write failed, and no other will be taken.
  virtual bool failed() const = 0;
  /// Reads the files as a whole, parts that no key leads to included, and compares their checksums;
  /// a store without files has nothing to compare. Fails: corrupt, store_failed.
  virtual Status check_files() const { return {}; }
};

/// The least key above all that begin with `prefix`; empty, "the end", if there is none.
Bytes after_prefix(BytesView prefix);

}  // namespace relais::store
