#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "base/coding.h"
#include "base/limits.h"
#include "store/memory/memory_store.h"
#include "store/tables/peer_memory.h"

/// A store in memory whose logs grow, and peers that are remembered in it.
namespace relais::store {

/// Ids that are easy to tell apart.
template <class Id>
Id numbered(std::uint32_t number) {
  Id id;
  for (std::size_t i = 0; i < 4; ++i) {
    id.data()[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  return id;
}

inline DeviceId device(std::uint32_t number) { return numbered<DeviceId>(number); }

using Ends = std::map<LogNo, std::uint64_t>;
/// Generation and log → its seq before.
using Notes = std::map<std::pair<std::uint64_t, LogNo>, std::uint64_t>;

class PeerMemoryTest : public ::testing::Test {
 protected:
  PeerMemoryTest() { reopen(); }

  void reopen() {
    logs_.reset();
    store_.reset();
    store_ = disk_.open().value();
    logs_.emplace(LogTable::load(*store_).value());
  }

  /// The log grows to `seq` in this commit; its number is that of the order of first growth.
  LogNo grow(Commit& commit, std::uint32_t number, std::uint64_t seq) {
    const log::LogId id{numbered<CompartmentId>(1), numbered<AuthorId>(number)};
    LogRow row = commit.intern(id, {}, {});
    row.head = {seq, numbered<crypto::Hash>(static_cast<std::uint32_t>(seq))};
    commit.update(row);
    return row.no;
  }
  LogNo grow(std::uint32_t number, std::uint64_t seq) {
    Commit commit(*logs_);
    const LogNo no = grow(commit, number, seq);
    EXPECT_TRUE(write(commit));
    return no;
  }

  static PeerMemory memory_of(char checkpoint, Ends ends = {}) {
    return {0, Bytes(limits::kCheckpointBytes, checkpoint), std::move(ends)};
  }
  /// Returns the generation.
  std::uint64_t remember(std::uint32_t peer, char checkpoint = 'c', Ends ends = {}) {
    Commit commit(*logs_);
    EXPECT_TRUE(remember_peer(commit, *store_, device(peer), memory_of(checkpoint, ends)));
    const std::uint64_t generation = commit.generation();
    EXPECT_TRUE(write(commit));
    return generation;
  }
  std::optional<PeerMemory> find(std::uint32_t peer) const {
    return find_peer_memory(*store_, device(peer)).value();
  }
  Ends grown(std::uint32_t peer) const { return grown_since(*store_, find(peer).value()).value(); }

  Status write(Commit& commit) { return commit.write(*store_, Durability::buffered); }
  /// A commit that the store refuses, and goes on.
  void fail(Commit& commit) {
    commit.batch().put(Family::meta, Bytes(limits::kStoreKeyBytes + 1, 'k'), "");
    const Status written = write(commit);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), ErrorCode::limit_exceeded);
    EXPECT_FALSE(store_->failed());
  }

  Notes notes() const {
    Notes notes;
    const auto cursor = store_->scan_prefix(Family::meta, meta_key(meta::kGrowth));
    for (; cursor->valid(); cursor->next()) {
      Reader key(cursor->key().substr(1));
      const std::uint64_t generation = key.u64();
      notes[{generation, key.u32()}] = Reader(cursor->value()).varint();
    }
    return notes;
  }
  std::size_t peers() const {
    std::size_t count = 0;
    const auto cursor = store_->scan_prefix(Family::meta, meta_key(meta::kPeer));
    for (; cursor->valid(); cursor->next()) ++count;
    return count;
  }
  /// Generations in each of which a log grows and this peer is remembered, until `last`.
  void pass_generations(std::uint64_t last, std::uint32_t peer) {
    for (std::uint64_t generation = Commit(*logs_).generation(); generation < last; ++generation) {
      grow(1, logs_->rows().begin()->second.head.seq + 1);
      ASSERT_EQ(remember(peer), generation + 1);
    }
  }

  MemoryDisk disk_;
  std::unique_ptr<Store> store_;
  std::optional<LogTable> logs_;
};

}  // namespace relais::store
