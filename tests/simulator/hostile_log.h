#pragma once

#include <set>
#include <vector>

#include "crypto/crypto.h"
#include "log/log.h"
#include "peer/sync_delegate.h"
#include "replica/core.h"
#include "support/chance.h"

namespace relais::simulator {

/// What a member's device writes under, in the hands of someone else.
struct StolenKeys {
  SpaceId space;
  crypto::SigningKeyPair signing;
  log::Instance instance;  ///< an incarnation of its own
};

/// How the heads of a log are signed.
enum class Sealing {
  repeating,     ///< as the spec says: each seal repeats the heads of the one before
  bare,          ///< a seal for each piece, with its end alone
  scattered,     ///< some of the heads before, others not
  false_ahead,   ///< beside the true end, a head further on that is not the log's
  false_middle,  ///< a wrong head among true ones
  far_ahead,     ///< a head at the last place that a log may have
};
inline constexpr std::size_t kSealings = 6;
/// Whether such a seal signs what may not be the log's.
inline bool is_false(Sealing sealing) { return sealing >= Sealing::false_ahead; }

/// A log that is written by hand: blocks, transactions and seals as one likes, and more than one
/// history. Each history is a branch; they share their first places.
class HostileLog {
 public:
  struct Run {
    log::RunHeader header;
    crypto::SymmetricKey key;  ///< of the epoch; of a sealed run
  };
  HostileLog(StolenKeys keys, const CompartmentId& compartment, Run run);

  const log::LogId& id() const { return id_; }
  std::size_t branches() const { return branches_.size(); }
  std::uint64_t last(std::size_t branch) const { return branches_[branch].size(); }
  document::HeadPrefix prefix(std::size_t branch, std::uint64_t seq) const;

  /// What comes next is written under this run.
  void start_run(Run run);
  /// A block, which opens as `packed`; of a plain run, the record itself.
  void append(std::size_t branch, BytesView packed, bool transaction_end);
  /// Another history, which shares the places up to `shared` with the first.
  void fork(std::uint64_t shared);
  /// Places where a transaction ends, of the first history.
  std::vector<std::uint64_t> ends() const;

  /// What one piece and its seals came to.
  struct Brought {
    std::size_t bytes = 0;
    Result<peer::InboundResult> result;
  };
  using OnPiece = std::function<void(const std::function<Brought()>& take)>;
  /// Brings what a device lacks of one history, piece by piece, as a meeting with it would: checks
  /// what a session checks. `on_piece` runs each piece's taking-in. Ends where it isn't taken.
  void bring(replica::Core& to, std::size_t branch, Sealing sealing, testing::Chance& chance,
             const OnPiece& on_piece);

 private:
  struct Block {
    Bytes bytes;
    bool transaction_end = false;
    std::size_t run = 0;
    crypto::Hash hash;  ///< of the log up to here
  };
  using Branch = std::vector<Block>;

  log::Head head(const Branch& branch, std::uint64_t seq) const;
  std::uint64_t piece_end(const Branch& branch, std::uint64_t first) const;
  std::vector<Bytes> seals(const Branch& branch, std::uint64_t end, Sealing sealing,
                           testing::Chance& chance) const;
  Bytes sign(std::vector<log::SignedHead> heads) const;
  Brought store_inbound(replica::Core& to, const Branch& branch, const log::Head& held,
                        std::uint64_t end, const std::vector<Bytes>& seals) const;

  const StolenKeys keys_;
  const log::LogId id_;
  std::vector<Run> runs_;
  std::vector<Branch> branches_;
};

}  // namespace relais::simulator
