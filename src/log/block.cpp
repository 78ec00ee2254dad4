#include "log/block.h"

#include "base/check.h"
#include "base/limits.h"

namespace relais::log {

crypto::SymmetricKey block_key(const crypto::SymmetricKey& epoch_key, const SpaceId& space,
                               const LogId& log, const RunHeader& run) {
  return crypto::derive(epoch_key, "block",
                        {space.view(), log.compartment.view(), log.author.view(), run.salt.view()});
}

void seal_block(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key,
                std::uint64_t seq, BytesView associated, BytesView packed) {
  RELAIS_CHECK(run.format == RunHeader::Format::sealed && !packed.empty());
  out.clear();
  crypto::seal(out, key, seq, associated, packed);
}

struct BlockCodec::Contexts {
  Packer packer;
  Bytes packed;
};

BlockCodec::BlockCodec() : contexts_(std::make_unique<Contexts>()) {}
BlockCodec::~BlockCodec() = default;
BlockCodec::BlockCodec(BlockCodec&&) noexcept = default;
BlockCodec& BlockCodec::operator=(BlockCodec&&) noexcept = default;
Packer& BlockCodec::packer() { return contexts_->packer; }

void BlockCodec::close(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key,
                       std::uint64_t seq, BytesView associated, BytesView change) {
  RELAIS_CHECK(!change.empty());
  seal_block(out, run, key, seq, associated, contexts_->packer.pack(change, run.dictionary));
}

Status BlockCodec::open(Bytes& out, const RunHeader& run, const crypto::SymmetricKey& key,
                        std::uint64_t seq, BytesView associated, BytesView block) {
  out.clear();
  if (block.size() > limits::kBlockBytes) {
    return Error(ErrorCode::limit_exceeded, "A block is larger than allowed.");
  }
  const bool sealed = run.format == RunHeader::Format::sealed;
  if (!sealed || !crypto::open(contexts_->packed, key, seq, associated, block)) {
    return Error(ErrorCode::corrupt, "A block can't be decrypted with its key.");
  }
  return contexts_->packer.unpack(out, contexts_->packed, run.dictionary);
}

}  // namespace relais::log
