#pragma once

#include <optional>

#include "peer/outbox.h"
#include "peer/stage.h"
#include "peer/sync_delegate.h"

namespace relais::peer {

/// How the two sides of a stage find out what they hold differently: messages of vectors, the last
/// of which states the differences. docs/spec/reconcile.md, "Comparison". Inside src/peer only.
class Comparison {
 public:
  /// Which vectors the peer has to send next.
  enum class Awaits : std::uint8_t {
    opening,      ///< logs or a summary
    logs,         ///< in answer to our summary
    differences,  ///< in answer to our logs
    changes,      ///< those that came with the peer's Hello
    agreement,    ///< in answer to our changes: agreed, or differences
  };
  struct Outcome {
    reconcile::Differences differences;
    bool stated_here = false;  ///< by this side
    /// Only the peer has changed since the checkpoint: the caller has to send `agreed`.
    bool agrees = false;
  };

  Comparison(const reconcile::SessionKey& key, const Stage& stage, Outbox& outbox)
      : key_(key), stage_(stage), outbox_(outbox) {}

  /// Sends the first vectors. `early`: with Hello. Fails: limit_exceeded.
  Status open(bool early);
  /// Initiator: sends its changes since the checkpoint with its Hello. Fails: limit_exceeded.
  Status open_with(const reconcile::Bases& changed);
  /// Our changes since a checkpoint that both have; the peer sends its own, if it has any.
  Result<std::optional<Outcome>> await_changes(const reconcile::Bases& changed, bool peer_has_some);

  /// Takes the next page. Nothing: the comparison goes on. Fails: peer_misbehaved, limit_exceeded.
  Result<std::optional<Outcome>> handle(wire::message::Vectors page);
  /// Whether it compares what changed since a checkpoint.
  bool since_checkpoint() const { return changed_.has_value(); }
  /// The log of a piece that came with the peer's Hello; null if its changes don't name it.
  const log::LogId* early_log(std::uint32_t number) const {
    return number < their_changes_.size() ? &their_changes_[number].log : nullptr;
  }

 private:
  Result<std::optional<Outcome>> handle_all(const wire::message::Vectors& theirs);
  Result<std::optional<Outcome>> handle_logs(const wire::message::Vectors& theirs);
  Result<std::optional<Outcome>> handle_changes(const wire::message::Vectors& theirs);
  bool expects(wire::message::Vectors::Kind kind) const;
  void send(wire::message::Vectors vectors);

  const reconcile::SessionKey& key_;
  const Stage& stage_;
  Outbox& outbox_;
  Awaits awaits_ = Awaits::opening;
  std::optional<reconcile::Bases> changed_;
  reconcile::Differences their_changes_;
  wire::message::Vectors theirs_;  // pages received so far
};

}  // namespace relais::peer
