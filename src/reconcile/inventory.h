#pragma once

#include <map>
#include <vector>

#include "log/log.h"
#include "wire/messages.h"

/// Compares the log heads of two replicas, never changes. docs/spec/reconcile.md.
namespace relais::reconcile {

using wire::Root;

/// The verified heads that a replica holds, of the compartments it shares with one peer. A shared
/// compartment without logs is listed too. A head with seq 0 means no log.
using Heads = std::map<AuthorId, log::Head>;
using Inventory = std::map<CompartmentId, Heads>;

/// Keys the roots and tags of one session, so that they reveal nothing outside it.
struct SessionKey {
  crypto::SymmetricKey key;
};
SessionKey session_key(const crypto::Hash& handshake_hash);

/// The head that stands for `head` in the inventory of a replica that knows the log as forked, so
/// that two devices are in sync only if both know of the fork or neither does.
log::Head of_forked_log(const log::Head& head);

/// Hash over (author, seq, hash) of every log, in order of author.
crypto::Hash compartment_root(const Heads& heads);
/// Keyed hash over all compartments of the inventory that have logs.
Root root(const SessionKey& session, const Inventory& inventory);
/// Keyed hash over those of a compartment's logs whose authors are in one of 2^depth ranges.
Root range_root(const SessionKey& session, const CompartmentId& compartment, const Heads& heads,
                std::uint8_t depth, std::uint16_t range);
wire::CompartmentTag8 tag(const SessionKey& session, const CompartmentId& compartment);
/// Zero if seq is 0.
wire::HeadTag head_tag(const SessionKey& session, const log::Head& head);

/// What two devices held at the end of a session in which they became equal.
using Checkpoint = Id<struct CheckpointIdTag, 16>;
Checkpoint checkpoint(const Inventory& control, const Inventory& data);
wire::CheckpointTag tag(const SessionKey& session, const Checkpoint& checkpoint);

/// How far both sides have a log that they hold differently.
struct Difference {
  log::LogId log;
  std::uint64_t ours = 0;    ///< last seq here
  std::uint64_t theirs = 0;  ///< last seq there
  bool forked = false;       ///< the same seq, another hash
};
/// In the order of the vectors that state it, which numbers the logs of a stage on both sides.
using Differences = std::vector<Difference>;
/// Of logs that changed here since a checkpoint: the last seq at the checkpoint.
using Bases = std::map<log::LogId, std::uint64_t>;

/// Fails: limit_exceeded past limits::kLogsPerStage or limits::kCompartments.
Status check_size(std::size_t logs, std::size_t compartments);
bool fits(const Inventory& inventory);
/// Opens a comparison: all logs if there are at most limits::kLogsListedAtOnce, else the roots of
/// ranges. In order of tag. Fails: limit_exceeded past limits::kLogsPerStage or
/// limits::kCompartments.
Result<wire::message::Vectors> opening(const SessionKey& session, const Inventory& inventory,
                                       bool control);
/// Answers a summary: our logs in the ranges with other roots, of compartments that both have.
/// Fails: as `opening`; peer_misbehaved (a compartment twice).
Result<wire::message::Vectors> answer_summary(const SessionKey& session, const Inventory& inventory,
                                              const wire::message::Vectors& summary);
/// The logs that changed here since a checkpoint. Fails: as `opening`.
Result<wire::message::Vectors> changes(const SessionKey& session, const Inventory& inventory,
                                       const Bases& changed);
/// Our heads of these logs, in their order. Ends a comparison, if they are all that the two hold
/// differently.
wire::message::Vectors state(
    const SessionKey& session, const Inventory& inventory, bool control,
    const Differences& differences,
    wire::message::Vectors::Kind kind = wire::message::Vectors::Kind::differences);
/// The head held of a log; seq 0 if none.
log::Head head_of(const Inventory& inventory, const log::LogId& log);

/// Compares with the peer's vectors of one of these kinds. Compartments that only one side has are
/// passed over. Fails: peer_misbehaved (a compartment twice; logs not in ascending order of author,
/// or not in the ranges named).
///
/// `logs`: our logs against all logs that they name, in order of tag and author.
Result<Differences> compare(const SessionKey& session, const Inventory& inventory,
                            const wire::message::Vectors& logs);
/// `differences`: as the peer states them, every log it names.
/// Fails also with peer_misbehaved for a compartment that isn't shared, and, in the peer's changes,
/// for an empty log.
Result<Differences> read(const SessionKey& session, const Inventory& inventory,
                         const wire::message::Vectors& differences);
/// `changes`: what changed on both sides since the checkpoint.
Result<Differences> compare_changes(const SessionKey& session, const Inventory& inventory,
                                    const Bases& changed, const wire::message::Vectors& changes);
/// What our changes are to a peer that has none: in the order of `changes`.
Differences agreed(const SessionKey& session, const Inventory& inventory, const Bases& changed);

/// Splits vectors into messages of at most limits::kLogsPerPage logs; at least one message.
std::vector<wire::message::Vectors> pages(wire::message::Vectors vectors);
/// Appends the next page of a peer's vectors.
/// Fails: peer_misbehaved (a page without logs that is not the last, or of another kind than the
/// one before; past limits::kLogsPerStage or limits::kCompartments).
Status add_page(wire::message::Vectors& vectors, wire::message::Vectors page);

}  // namespace relais::reconcile
