#pragma once

#include <set>
#include <vector>

#include "crypto/crypto.h"
#include "log/log.h"
#include "peer/sync_delegate.h"
#include "replica/core.h"
#include "support/chance.h"

namespace relais::simulator {

/// The keys of a member's device, in the hands of an attacker.
struct StolenKeys {
  SpaceId space;
  crypto::SigningKeyPair signing;
  log::Instance instance;  ///< an incarnation made by the attacker
};

/// How the heads of a log are signed.
enum class Sealing {
  repeating,     ///< as specified: each seal repeats the heads of the previous one
  bare,          ///< one seal for each piece, with its end only
  scattered,     ///< some of the previous heads, not others
  false_ahead,   ///< the true end, and a later head that is not of the log
  false_middle,  ///< a wrong head among true ones
  far_ahead,     ///< a head at the last possible place of a log
};
inline constexpr std::size_t kSealings = 6;
/// Whether such a seal may sign a head that is not of the log.
inline bool is_false(Sealing sealing) { return sealing >= Sealing::false_ahead; }

/// A log written by hand: arbitrary blocks, transactions and seals, and several histories. Each
/// history is a branch; all share their first places.
class HostileLog {
 public:
  struct Run {
    log::RunHeader header;
    crypto::SymmetricKey key;  ///< of the epoch; unused in a plain run
  };
  HostileLog(StolenKeys keys, const CompartmentId& compartment, Run run);

  const log::LogId& id() const { return id_; }
  std::size_t branches() const { return branches_.size(); }
  std::uint64_t last(std::size_t branch) const { return branches_[branch].size(); }
  document::HeadPrefix prefix(std::size_t branch, std::uint64_t seq) const;

  /// Later blocks are written under this run.
  void start_run(Run run);
  /// Appends a block that decrypts to `packed`; in a plain run, the record itself.
  void append(std::size_t branch, BytesView packed, bool transaction_end);
  /// Adds another history, which shares the places up to `shared` with the first.
  void fork(std::uint64_t shared);
  /// Ends of the transactions of the first history.
  std::vector<std::uint64_t> ends() const;

  /// Result of bringing one piece with its seals.
  struct Brought {
    std::size_t bytes = 0;
    Result<peer::InboundResult> result;
  };
  using OnPiece = std::function<void(const std::function<Brought()>& take)>;
  /// Brings what a device lacks of one history, piece by piece, with the checks of a sync.
  /// `on_piece` runs the storing of each piece. Stops at the first piece that is not stored.
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
