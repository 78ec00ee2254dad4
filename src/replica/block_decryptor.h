#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "log/joint.h"
#include "replica/control.h"

namespace relais::replica {

/// Consecutive blocks of a log that were made here from their changes, so that opening them need
/// not undo it.
class RestoredBlocks {
 public:
  void clear() { blocks_.clear(); }
  void add(const log::Associated& associated, BytesView block, BytesView change) {
    blocks_.push_back({associated, Bytes(block), Bytes(change)});
  }
  /// The change of a block; null if it isn't one of them at this very place.
  const Bytes* find(const log::Associated& associated, BytesView block) const;

 private:
  struct Block {
    log::Associated associated;
    Bytes block;
    Bytes change;
  };
  std::vector<Block> blocks_;
};

/// Opens stored blocks. Caches the key of each run it has opened.
/// Threads: one at a time.
class BlockDecryptor {
 public:
  BlockDecryptor(const SpaceId& space, const store::LogNames& logs) : space_(space), logs_(logs) {}

  /// A block and what its encryption is bound to. `block` refers to the caller's bytes.
  struct Block {
    std::uint64_t seq = 0;
    bool transaction_end = false;
    crypto::Hash before;  ///< h of the previous position
    BytesView block;
  };

  /// Stores the change of a block in `out`.
  /// Fails: not_found if the epoch's key isn't held; corrupt, limit_exceeded, unsupported_version
  /// as log::BlockCodec.
  Status open(Bytes& out, const Control& control, const store::LogName& log, const Block& position);
  /// The same for the block in the store. Fails also: not_found if there is none.
  Status load(Bytes& out, const Control& control, const store::Reads& store,
              const store::LogName& log, std::uint64_t seq);

  /// Whether the key of the block's epoch is held.
  bool has_key(const Control& control, const store::LogName& log, std::uint64_t seq);

  /// The run of an encoded run header, which is not cached. Fails: not_found if the key of its
  /// epoch isn't held; corrupt if that is another compartment's; as log::decode_run_header.
  Result<log::OpenRun> open_run(const Control& control, const log::LogId& log,
                                BytesView encoded) const;

  /// `open` looks here first; null: nowhere. Must outlive its use.
  void use(const RestoredBlocks* restored) { restored_ = restored; }

  /// Shared with the writers of blocks, because its contexts are large.
  log::BlockCodec& codec() { return codec_; }
  /// Call after control has changed: keys may have arrived.
  void forget_runs() { runs_.clear(); }

 private:
  Result<const log::OpenRun*> run_at(const Control& control, const store::LogName& log,
                                     std::uint64_t seq);

  const SpaceId space_;
  const store::LogNames& logs_;
  log::BlockCodec codec_;
  std::map<std::pair<store::LogNo, Bytes>, log::OpenRun> runs_;
  const RestoredBlocks* restored_ = nullptr;
};

/// Reusable decryptors for concurrent readers, one each: a decryptor is large. Threads: any.
class DecryptorPool {
 public:
  DecryptorPool(const SpaceId& space, const store::LogNames& logs) : space_(space), logs_(logs) {}

 private:
  struct Item {
    std::unique_ptr<BlockDecryptor> decryptor;
    std::shared_ptr<const Control> control;  ///< from which its keys were taken
  };

 public:
  /// RAII: exclusive use of a decryptor. It must not outlive the pool.
  class Lease {
   public:
    Lease(DecryptorPool& pool, std::shared_ptr<const Control> control);
    ~Lease();
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    BlockDecryptor& operator*() const { return *item_.decryptor; }

   private:
    DecryptorPool* pool_;
    Item item_;
  };

 private:
  const SpaceId space_;
  const store::LogNames& logs_;
  std::mutex mutex_;
  std::vector<Item> idle_;
};

}  // namespace relais::replica
