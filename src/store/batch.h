#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "relais/result.h"

namespace relais::store {

/// The parts of the store: each an ordered map from key to value. A batch and a snapshot span all
/// of them. The values are stable; docs/spec/store.md says what each holds.
enum class Family : std::uint8_t {
  meta = 0,       ///< settings, heads, seals, interned ids
  log = 1,        ///< blocks, as they were sealed
  documents = 2,  ///< one record for each document
  index = 3,      ///< conflicts, waiting changes
  held = 4,       ///< quarantined pieces, and pieces waiting for a certificate
};
inline constexpr std::size_t kFamilyCount = 5;

/// Writes that a `Store` commits together: a plain value, built in any thread. Later operations
/// override earlier ones on the same key. All bytes lie in one arena, so an operation costs two
/// copies and no allocation.
class Batch {
 public:
  enum class Kind : std::uint8_t { put, remove, remove_range };

  /// One operation. For `remove_range`, `key` is its first key and `value` its end.
  struct Op {
    Kind kind;
    Family family;
    BytesView key;
    BytesView value;
  };

  void put(Family family, BytesView key, BytesView value) { add(Kind::put, family, key, value); }
  void remove(Family family, BytesView key) { add(Kind::remove, family, key, {}); }
  /// Removes every key k with from ≤ k < to; an empty `to` is the end of the family. Writing it is
  /// cheap and reading across it is expensive: not a substitute for a few `remove`s.
  void remove_range(Family family, BytesView from, BytesView to);
  /// Appends all operations of `other`.
  void append(const Batch& other);

  /// Removes the operations and keeps the memory.
  void clear();

  bool empty() const { return ops_.empty(); }
  std::size_t count() const { return ops_.size(); }
  /// Bytes of keys and values, about what the commit writes: for deciding when to commit.
  std::size_t size_bytes() const { return arena_.size(); }

  /// Calls `visit(const Op&)` for each operation in order. The views are valid until the batch
  /// changes.
  template <class Visit>
  void each(Visit&& visit) const {
    BytesView rest = arena_;
    for (const Record& record : ops_) {
      visit(Op{record.kind, record.family, rest.substr(0, record.key_size),
               rest.substr(record.key_size, record.value_size)});
      rest.remove_prefix(std::size_t{record.key_size} + record.value_size);
    }
  }

  /// Fails: limit_exceeded for a key over limits::kStoreKeyBytes, a value over kStoreValueBytes or
  /// a batch over kStoreBatchBytes. An operation that is too long is not recorded, but makes this
  /// fail.
  Status check() const;

 private:
  struct Record {
    std::uint32_t key_size;
    std::uint32_t value_size;
    Kind kind;
    Family family;
  };

  void add(Kind kind, Family family, BytesView key, BytesView value);

  Bytes arena_;
  std::vector<Record> ops_;
  bool too_long_ = false;
};

}  // namespace relais::store
