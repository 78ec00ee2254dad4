#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "log/block.h"
#include "replica/control.h"

namespace relais::replica {

/// Opens stored blocks. Keeps the key of each run it has met.
/// Threads: one at a time.
class BlockDecryptor {
 public:
  BlockDecryptor(const SpaceId& space, const store::LogNames& logs) : space_(space), logs_(logs) {}

  /// A block, with what its encryption is bound to. Views: as long as what they were taken from.
  struct Block {
    std::uint64_t seq = 0;
    bool transaction_end = false;
    crypto::Hash before;  ///< h of the place before
    BytesView block;
  };

  /// Replaces `out` with the change of a block.
  /// Fails: not_found if the epoch's key isn't held; corrupt, limit_exceeded, unsupported_version
  /// as log::BlockCodec.
  Status open(Bytes& out, const Control& control, const store::LogName& log, const Block& place);
  /// The same, of the block in the store. Fails also: not_found if there is none.
  Status load(Bytes& out, const Control& control, const store::Reads& store,
              const store::LogName& log, std::uint64_t seq);

  /// Whether the key of the block's epoch is here.
  bool has_key(const Control& control, const store::LogName& log, std::uint64_t seq);

  /// Shared with who writes blocks: its contexts are large.
  log::BlockCodec& codec() { return codec_; }
  /// After a change of control: keys may have come.
  void forget_runs() { runs_.clear(); }

 private:
  struct Run {
    log::RunHeader header;
    crypto::Hash hash;
    crypto::SymmetricKey key;
  };
  Result<const Run*> run_at(const Control& control, const store::LogName& log, std::uint64_t seq);

  const SpaceId space_;
  const store::LogNames& logs_;
  log::BlockCodec codec_;
  std::map<std::pair<store::LogNo, Bytes>, Run> runs_;
};

/// Decryptors for readers that run beside the writer, one each: a decryptor's memory is large, so
/// it is used again. Threads: any.
class DecryptorPool {
 public:
  DecryptorPool(const SpaceId& space, const store::LogNames& logs) : space_(space), logs_(logs) {}

 private:
  struct Item {
    std::unique_ptr<BlockDecryptor> decryptor;
    std::shared_ptr<const Control> control;  ///< whose keys its runs have
  };

 public:
  /// A decryptor that nobody else uses; destruction gives it back. It must not outlive the pool.
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
