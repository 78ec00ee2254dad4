#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "log/joint.h"
#include "log/writer.h"
#include "peer/sync_delegate.h"
#include "tests/access/small_space.h"

namespace relais::peer::test {

using access::test::Actor;
using access::test::SeededRandom;

/// A delegate that keeps whole logs in memory: real writers, seals and pieces, no documents.
class FakeDelegate : public SyncDelegate {
 public:
  FakeDelegate(const SpaceId& space, const Actor& actor, SeededRandom& random);

  /// One transaction of `changes`, of about `bytes` each, into this device's own log.
  void write(const CompartmentId& compartment, int changes, std::size_t bytes);
  void write_text(const CompartmentId& compartment, BytesView text);
  /// A record of control by `author`, with its keys.
  void write_record(const Actor& author, const wire::ControlRecord& record);
  /// Takes all logs of another device.
  void adopt(FakeDelegate& other);
  /// Drops everything after `seq`, like a restored backup: the next write makes a fork.
  void roll_back(const log::LogId& log, std::uint64_t seq);

  log::LogId own_log(const CompartmentId& compartment) const { return {compartment, author_}; }
  std::uint64_t seq(const log::LogId& log) const;
  /// The last seq covered by `make_durable`.
  std::uint64_t durable_seq(const log::LogId& log) const;
  reconcile::Inventory everything() const;
  /// Seals of a log with heads beyond `after`, in order; signs those of its own log first.
  std::vector<Bytes> seals(const log::LogId& log, std::uint64_t after);
  /// Makes the log unreadable on the disk.
  void damage(const log::LogId& log) { damaged.insert(log); }
  /// The blocks of a log, in order.
  std::vector<Bytes> blocks(const log::LogId& log) const;
  std::size_t largest_in_memory() const { return largest_read_; }

  const access::Membership* membership() override { return member_of ? &*member_of : nullptr; }
  reconcile::Inventory control_inventory(const DeviceId& peer) override;
  reconcile::Inventory data_inventory(const DeviceId& peer) override;
  std::optional<Memory> memory(const DeviceId& peer) override;
  void remember(const DeviceId& peer, const reconcile::Checkpoint& checkpoint,
                const reconcile::Inventory& data) override;
  void forget(const DeviceId& peer) override { memories.erase(peer); }
  bool is_remembered(const DeviceId& peer) override { return memories.contains(peer); }
  int priority(const log::LogId& log) override;
  Result<std::optional<SealedPiece>> read(const log::LogId& log, std::uint64_t after,
                                          std::size_t max_bytes) override;
  Result<InboundResult> store(log::VerifiedPiece piece, const std::vector<Bytes>& seals) override;
  Result<log::SealAuthor> author_of(const log::LogId& log) override;
  Result<crypto::Hash> hash_at(const log::LogId& log, std::uint64_t seq) override;
  Result<Bytes> run_at(const log::LogId& log, std::uint64_t seq) override;
  std::optional<Bytes> join(const log::LogId& log, std::uint64_t after, BytesView entries,
                            std::uint32_t packer) override;
  std::optional<Bytes> split(const log::LogId& log, const log::Head& before,
                             BytesView joint) override;
  Status make_durable() override;
  void report_fork(const log::LogId& log, const std::vector<Bytes>& seals) override;
  void seek_proof(const log::LogId&) override {}
  bool is_forked(const log::LogId& log) override { return proven.contains(log); }
  std::vector<Bytes> evidence(const log::LogId& log) override;
  Result<Bytes> admit(const access::JoinRequest& request, std::size_t invitation) override;

  // Set by tests:
  std::optional<access::Membership> member_of;
  std::set<CompartmentId> shared;  ///< compartments shared with every peer
  struct Remembered {
    reconcile::Checkpoint checkpoint;
    reconcile::Inventory data;
  };
  std::map<DeviceId, Remembered> memories;  ///< of peers
  std::map<log::LogId, int> priorities;
  bool restores = true;  ///< the entries of joint pieces
  std::function<void()> on_split;
  std::function<InboundResult(const log::LogId&)> gate;
  std::function<Result<Bytes>(const access::JoinRequest&, std::size_t)> on_admit;
  std::optional<Error> store_fails;
  // Read by tests:
  std::size_t joined = 0;  ///< pieces
  std::set<log::LogId> forks;
  std::map<log::LogId, std::vector<Bytes>> fork_seals;
  std::map<log::LogId, std::vector<Bytes>> proven;  ///< evidence that it returns; set by tests
  std::vector<log::LogId> arrivals;                 ///< the log of each stored piece
  std::uint64_t reads = 0;
  std::uint64_t bytes_stored = 0;  ///< entries of pieces
  std::uint64_t changes_stored_again = 0;

 private:
  struct Block {
    Bytes run_header;
    Bytes block;
    bool transaction_end = false;
    crypto::Hash hash;  ///< of the log up to this block
  };
  struct Log {
    std::vector<Block> blocks;
    std::uint64_t durable = 0;
    std::vector<Bytes> seals;
    std::vector<std::vector<log::SignedHead>> heads;  ///< of each seal
    std::optional<log::Writer> writer;
    log::Sealer sealer;
  };

  log::Writer& writer(const log::LogId& log, const Actor& author);
  log::FindRun run_finder(const log::LogId& log, std::uint64_t seq);
  void append(const log::LogId& log, const Actor& author, const std::vector<Bytes>& changes);
  void take(Log& log, const log::VerifiedPiece& piece);
  void add_seal(Log& log, Bytes seal);
  void seal_own(const log::LogId& id, Log& log);
  log::Head head(const log::LogId& id, const Log& log) const;
  reconcile::Inventory of(const std::function<bool(const CompartmentId&)>& wanted) const;

  SpaceId space_;
  const Actor& actor_;
  AuthorId author_;
  SeededRandom& random_;
  log::BlockCodec codec_;
  std::map<log::LogId, Log> logs_;
  std::map<AuthorId, const Actor*> writers_;
  std::size_t largest_read_ = 0;
  std::set<log::LogId> damaged;
};

}  // namespace relais::peer::test
