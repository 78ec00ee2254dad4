#pragma once

#include <map>

#include "peer/sync_delegate.h"

namespace relais::replica {

/// A joiner's side of its first session: it holds nothing, and collects the control logs it
/// receives. They are checked by finish_joining.
class JoinDelegate final : public peer::SyncDelegate {
 public:
  struct Arrived {
    log::VerifiedPiece piece;
    std::vector<Bytes> seals;
  };

  explicit JoinDelegate(const SpaceId& space) : space_(space) {}

  const access::Membership* membership() override { return nullptr; }
  reconcile::Inventory control_inventory(const DeviceId&) override;
  reconcile::Inventory data_inventory(const DeviceId&) override { return {}; }
  std::optional<Memory> memory(const DeviceId&) override { return std::nullopt; }
  void remember(const DeviceId&, const reconcile::Checkpoint&,
                const reconcile::Inventory&) override {}
  void forget(const DeviceId&) override {}
  bool is_remembered(const DeviceId&) override { return false; }
  Result<std::optional<SealedPiece>> read(const log::LogId&, std::uint64_t, std::size_t) override {
    return std::optional<SealedPiece>{};
  }
  Result<peer::InboundResult> store(log::VerifiedPiece piece,
                                    const std::vector<Bytes>& seals) override;
  /// The first seal of a log names its author.
  Result<log::SealAuthor> author_of(const log::LogId&) override;
  Result<crypto::Hash> hash_at(const log::LogId& log, std::uint64_t seq) override;
  Result<Bytes> run_at(const log::LogId& log, std::uint64_t seq) override;
  Status make_durable() override { return {}; }  // finish_joining commits everything
  void report_fork(const log::LogId&, const std::vector<Bytes>&) override {}
  void seek_proof(const log::LogId&) override {}
  bool is_forked(const log::LogId&) override { return false; }
  std::vector<Bytes> evidence(const log::LogId&) override { return {}; }
  Result<Bytes> admit(const access::JoinRequest&, std::size_t) override;

  std::vector<Arrived>& arrived() { return arrived_; }

 private:
  /// The piece that has this block; null if none has arrived.
  const log::VerifiedPiece* piece_with(const log::LogId& log, std::uint64_t seq) const;

  SpaceId space_;
  std::vector<Arrived> arrived_;
  std::size_t bytes_ = 0;
};

}  // namespace relais::replica
