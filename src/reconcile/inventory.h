#pragma once

#include <map>
#include <vector>

#include "log/log.h"
#include "wire/messages.h"

/// What does the other lack? Compares log heads, never changes. docs/spec/reconcile.md.
namespace relais::reconcile {

using wire::Root;

/// The verified heads a replica holds, of the compartments it would share with one peer.
/// A compartment without logs is listed too: it is shared. A head at 0 is no log.
using Heads = std::map<AuthorId, log::Head>;
using Inventory = std::map<CompartmentId, Heads>;

/// Keys the roots and tags of one session, so that nothing is learnt from them elsewhere.
struct SessionKey {
  crypto::SymmetricKey key;
};
SessionKey session_key(const crypto::Hash& handshake_hash);

/// A log's head as it stands in the inventory of who knows that the log has two histories: so two
/// devices are in sync only if both know it, or neither.
log::Head of_forked_log(const log::Head& head);

/// H over (author, seq, hash) of every log, in order of author. The same heads, the same root.
crypto::Hash compartment_root(const Heads& heads);
/// Over all compartments of the inventory that have logs, keyed.
Root root(const SessionKey& session, const Inventory& inventory);
Root root(const SessionKey& session, const CompartmentId& compartment, const Heads& heads);
wire::CompartmentTag8 tag(const SessionKey& session, const CompartmentId& compartment);

/// The vectors of our inventory for a peer, in order of tag. Without `theirs`: of every
/// compartment, with the logs if they are limits::kLogsSentAtOnce at most. With `theirs`: of those
/// that stand there with another root, with the logs. `author_list` may be empty: authors then
/// stand in full. Fails: limit_exceeded past limits::kLogsPerStage or limits::kCompartments.
Result<wire::message::Vectors> vectors(const SessionKey& session, const Inventory& inventory,
                                       bool control, const std::vector<AuthorId>& author_list,
                                       const wire::message::Vectors* theirs);

/// The same in messages of at most limits::kLogsPerPage logs: at least one.
std::vector<wire::message::Vectors> pages(wire::message::Vectors vectors);
/// Puts the pages of a peer together again, in order.
/// Fails: peer_misbehaved (a page without logs and not the last; past limits::kLogsPerStage or
/// limits::kCompartments).
Status add_page(wire::message::Vectors& vectors, wire::message::Vectors page);

/// What to do about one log.
struct Difference {
  log::LogId log;
  std::uint64_t ours = 0;    ///< last seq here
  std::uint64_t theirs = 0;  ///< last seq there
};
struct Comparison {
  std::vector<CompartmentId> differing;  ///< both have them, with other roots
  std::vector<Difference> to_send;       ///< ours > theirs
  std::vector<Difference> to_receive;    ///< theirs > ours
  std::vector<log::LogId> forked;        ///< same seq, another hash
  bool needs_their_logs = false;         ///< some differing compartment came without its vector
};
/// Compared with a peer's vectors. Compartments that only one side has are passed over.
/// Fails: peer_misbehaved (a compartment twice; logs not in rising order of author, an author index
/// out of the list, an empty log).
Result<Comparison> compare(const SessionKey& session, const Inventory& inventory,
                           const std::vector<AuthorId>& author_list,
                           const wire::message::Vectors& theirs);

}  // namespace relais::reconcile
