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
Root root(const SessionKey& session, const CompartmentId& compartment, const Heads& heads);
wire::CompartmentTag8 tag(const SessionKey& session, const CompartmentId& compartment);

/// The vectors of our inventory for a peer, in order of tag. Without `theirs`: all compartments,
/// with logs if there are at most limits::kLogsSentAtOnce. With `theirs`: the compartments that the
/// peer has with another root, with logs. If `author_list` is empty, entries name authors in full.
/// Fails: limit_exceeded past limits::kLogsPerStage or limits::kCompartments.
Result<wire::message::Vectors> vectors(const SessionKey& session, const Inventory& inventory,
                                       bool control, const std::vector<AuthorId>& author_list,
                                       const wire::message::Vectors* theirs);

/// Splits vectors into messages of at most limits::kLogsPerPage logs; at least one message.
std::vector<wire::message::Vectors> pages(wire::message::Vectors vectors);
/// Appends the next page of a peer's vectors.
/// Fails: peer_misbehaved (a page without logs that is not the last; past limits::kLogsPerStage or
/// limits::kCompartments).
Status add_page(wire::message::Vectors& vectors, wire::message::Vectors page);

/// How far both sides have one log.
struct Difference {
  log::LogId log;
  std::uint64_t ours = 0;    ///< last seq here
  std::uint64_t theirs = 0;  ///< last seq there
};
struct Comparison {
  std::vector<CompartmentId> differing;  ///< both sides have them, with different roots
  std::vector<Difference> to_send;       ///< ours > theirs
  std::vector<Difference> to_receive;    ///< theirs > ours
  std::vector<log::LogId> forked;        ///< same seq, different hash
  bool needs_their_logs = false;         ///< a differing compartment came without its logs
};
/// Compares our inventory with a peer's vectors. Compartments that only one side has are skipped.
/// Fails: peer_misbehaved (a compartment twice; logs not in ascending order of author, an author
/// index out of range, an empty log).
Result<Comparison> compare(const SessionKey& session, const Inventory& inventory,
                           const std::vector<AuthorId>& author_list,
                           const wire::message::Vectors& theirs);

}  // namespace relais::reconcile
