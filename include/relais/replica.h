#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "relais/document.h"
#include "relais/event.h"
#include "relais/export.h"
#include "relais/ids.h"
#include "relais/import.h"
#include "relais/operation.h"
#include "relais/options.h"
#include "relais/result.h"
#include "relais/status.h"
#include "relais/sync.h"
#include "relais/transaction.h"
#include "relais/value.h"

namespace relais {

struct Server {
  Subscription running = {};  ///< destroy it to stop listening
  std::string address = {};   ///< HOST:PORT, with the actual port if 0 was given
};

/// A document that can't be read, and why.
struct Unreadable {
  DocumentId document;
  Error error;
};

/// The changes that a write made.
struct Written {
  struct Change {
    DocumentId document = {};
    ChangeId id = {};
  };
  std::vector<Change> changes = {};  ///< empty: there was nothing to write
};

/// Selects documents of one collection.
struct ListOptions {
  std::string scope = {};
  std::string collection = {};
  std::string prefix = {};  ///< of the ids
  std::string after = {};   ///< lists ids after this one: the last id of the previous page
  std::size_t limit = 1000;
};

/// A collection of one scope. Reserved collections (names that begin with '.') aren't listed.
struct Collection {
  std::string scope = {};
  std::string name = {};
};

/// The identity of a replica.
struct Identity {
  SpaceId space = {};
  DeviceId device = {};
  Level level = Level::member;
};

class Replica;
struct Created;

/// One device's copy of one space, in one folder. How to embed it: docs/hosting.md.
///
/// Threads: any. Reads run concurrently with reads, writes and syncs; each reads a snapshot. Writes
/// run one after the other. Handlers (of `observe`, `Operation::then`, the log) run through
/// Options::executor, or without one in the library's own thread or in `poll`; never inside another
/// call of the host, never with a lock held, and each handler's calls one after the other.
/// Functions may be called from handlers, from visitors and inside `write`. A call that would have
/// to wait for its own caller fails at once with `would_deadlock`.
/// Fails: nothing throws; a function that can fail returns a `Result`. Every call fails with
/// `closed` once the replica is closed, and with `store_failed`, `store_corrupt` or `corrupt` if
/// the store can't be read. An exception of the host's callback passes through the call that ran
/// it; one of a handler is caught and logged.
class RELAIS_API Replica {
 public:
  /// Founds a space in a new folder. The recovery phrase isn't stored anywhere.
  /// Fails: invalid_argument (a name, label or section), not_found (the folder's parent),
  /// already_exists, store_locked, disk_full, store_failed.
  static Result<Created> create(const std::string& folder, const CreateOptions& create,
                                const Options& options = {});
  /// Fails: store_missing, store_locked, store_too_new, store_corrupt, store_failed, disk_full,
  /// closed (the device hasn't joined yet).
  static Result<Replica> open(const std::string& folder, const Options& options = {});
  /// Joins a space in a new folder with an invitation, at the inviter's address. Documents are
  /// received by the first sync. Blocks: a few seconds; while the inviter is busy, up to half a
  /// minute. After any failure but invitation_refused the invitation stays valid, and the join can
  /// be retried with the same folder. Fails: invalid_argument (the address or the name), bad_input
  /// (a damaged invitation), unreachable, timed_out (no answer), busy, handshake_failed (another
  /// device, or no Relais), link_failed (the connection was cut), peer_misbehaved,
  /// invitation_refused (used or expired), limit_exceeded (the membership is too large), corrupt,
  /// already_exists, store_locked, disk_full, store_failed.
  static Result<Replica> join(const std::string& folder, std::string_view invitation,
                              const std::string& address, const JoinOptions& join,
                              const Options& options = {});

  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;
  /// Closes.
  ~Replica();
  /// Ends running operations with `closed`, stops servers, waits for calls and handlers that run in
  /// other threads, and flushes the store. Afterwards the replica doesn't call the host, and the
  /// folder can be opened again. Inside a handler, a visitor or `write`, the rest of the enclosing
  /// call fails with `closed`, and the folder is free once that call has returned. Closing again
  /// does nothing. Fails: disk_full, store_failed; acknowledged writes are durable even then.
  Status close();

  /// Runs `edit` and commits its edits; they are durable on return. If `edit` fails or throws,
  /// nothing is written. Never waits for a peer. Inside `edit` the replica can be read, as it was
  /// before the edit, but not written. Fails: as `edit`; invalid_argument (an empty `edit`),
  /// not_authorised, mapping_conflict, limit_exceeded, disk_full, store_failed (retry later:
  /// nothing was written, or the replica has stopped); would_deadlock inside an edit.
  Result<Written> write(const std::function<Status(Transaction&)>& edit);

  /// The document as canonical JSON; of conflicting values, the one to show. Fails: not_found.
  Result<std::string> json(const DocumentId& document) const;
  /// An empty path: the document. Fails: not_found, invalid_argument (the path).
  Result<FieldView> field(const DocumentId& document, std::string_view path) const;
  /// A field and all below it. An empty path: the document. Fails: not_found, invalid_argument.
  Result<FieldTree> tree(const DocumentId& document, std::string_view path = {}) const;
  Result<std::vector<ConflictView>> conflicts_of(const DocumentId& document) const;
  /// The voids of a document, which may be deleted itself: each deletion with a reason, until
  /// something is shown at its path again or a later deletion covers it, and each deleted part
  /// beside one that exists. Other deletions are only in the history. Several may have one path:
  /// concurrent ones, and those of a document's parts. Fails: not_found.
  Result<std::vector<VoidView>> voids(const DocumentId& document) const;

  /// A cursor at a position in a text (in code points) or a list. Fails: not_found, wrong_kind,
  /// invalid_argument.
  Result<Cursor> cursor(const DocumentId& document, std::string_view path, std::size_t position,
                        CursorSide side = CursorSide::left) const;
  /// The current position of a cursor. Fails: as `cursor`.
  Result<std::size_t> position(const DocumentId& document, std::string_view path,
                               const Cursor& cursor) const;

  /// The document and all documents linked with it, directly or indirectly, merged: objects field
  /// by field, lists concatenated, sets united, counters added; of differing values, the latest.
  /// Fails: not_found; limit_exceeded (too many linked documents).
  Result<MergedView> merged(const DocumentId& document) const;

  /// Every change in causal order; concurrent changes by their stamps. With a path: the changes
  /// that affected it or a field below it. Fails: not_found.
  Result<std::vector<HistoryEntry>> history(const DocumentId& document,
                                            std::string_view path = {}) const;
  /// The document at a moment. Fails: not_found if it didn't exist, or has no such change.
  Result<std::string> json(const DocumentId& document, const Moment& moment) const;
  Result<std::vector<FieldDifference>> differences(const DocumentId& document, const Moment& from,
                                                   const Moment& to) const;
  /// The sorted ids of one collection's documents, at most ListOptions::limit. Documents aren't
  /// read, so deleted ones are included.
  Result<std::vector<DocumentId>> list(const ListOptions& options) const;
  /// All collections, sorted by scope and name; also one whose documents are all deleted.
  Result<std::vector<Collection>> collections() const;

  /// Calls `visit` for every conflict of the space, sorted by document, as of one moment. Returns
  /// the documents that can't be read. Fails: invalid_argument (an empty `visit`).
  Result<std::vector<Unreadable>> conflicts(
      const std::function<void(const ConflictView&)>& visit) const;
  /// Calls `visit` for every document with its canonical JSON, sorted by scope, collection and id,
  /// as of one moment, until it returns false; not for deleted ones. Returns the documents that
  /// can't be read. Fails: invalid_argument (an empty `visit`).
  Result<std::vector<Unreadable>> each_document(
      const std::function<bool(const DocumentId&, std::string_view json)>& visit) const;
  /// The name of a device; empty if it isn't known.
  std::string device_name(const DeviceId& device) const;

  /// Imports newline-delimited JSON, one {"scope"?, "collection", "id", "doc"} a line. An existing
  /// document is updated where it differs: fields that the line doesn't name stay, and list
  /// elements keep their identity, matched by their `id` (if each has its own), else by equality,
  /// else by similarity. All lines are tried before the first is written. An import is several
  /// transactions; one that was interrupted is completed by importing the same file again. Fails:
  /// bad_input, limit_exceeded, wrong_kind, deleted, not_authorised, mapping_conflict,
  /// unknown_section, naming the line and, where there is one, the field's path; invalid_argument
  /// (the user), disk_full, store_failed, would_deadlock inside an edit.
  Result<ImportReport> import_ndjson(std::string_view lines, const ImportOptions& import = {});

  /// Calls `handler` for each event from now on, through Options::executor. An empty handler: none
  /// is called.
  Subscription observe(std::function<void(const Event&)> handler);

  /// An invitation, as a line of text, with which one device can join. Fails: not_authorised (this
  /// device isn't an owner's); invalid_argument; limit_exceeded (too many unused invitations, or
  /// this device has too many authors); disk_full, store_failed; would_deadlock inside an edit.
  Result<std::string> invite(const InviteOptions& invite = {});
  /// Accepts joins and syncs at HOST:PORT. Fails: invalid_argument, unreachable (the host's name
  /// isn't known), address_in_use, link_failed, would_deadlock inside an edit.
  Result<Server> listen(const std::string& address);
  /// Syncs with the device at HOST:PORT until both hold the same. Blocks; with Threading::manual it
  /// polls. Retries for half a minute while that device is busy. Several syncs may run at once,
  /// at most 4 with one address. What was received before a failure is kept. Fails:
  /// invalid_argument, unreachable, timed_out, busy, handshake_failed, link_failed, session_closed,
  /// peer_misbehaved, peer_too_new, not_authorised (this device has no mesh key), limit_exceeded
  /// (too many logs; or retry later: 4 syncs with the address are running), disk_full,
  /// store_failed, would_deadlock.
  Result<SyncReport> sync(const std::string& address, const SyncOptions& options = {});
  /// The same without waiting. Fails: as `sync`; cancelled.
  Operation<SyncReport> start_sync(const std::string& address, const SyncOptions& options = {});

  /// Reads nothing from the disk.
  Result<Identity> identity() const;
  /// Whether a recovery phrase is this space's, so that a host can ask for it once more after
  /// `create`. Spaces, dashes and case don't matter. Fails: bad_input (mistyped),
  /// invalid_argument (another space's).
  Status check_recovery_phrase(std::string_view phrase) const;

  Result<StatusReport> status() const;
  /// The rules for sections, sorted by collection and section. Where rules contradict each other
  /// (`mapping_conflict`), one for each label.
  Result<std::vector<SectionRule>> section_rules() const;
  /// Checks everything in the store: chains, signatures, blocks, documents. Blocks: seconds for a
  /// large store.
  Result<VerifyReport> verify() const;

  /// With Threading::manual: runs the tasks that are due; if none is, waits at most `longest` for
  /// the first. Otherwise, and inside `write`, does nothing.
  void poll(std::chrono::milliseconds longest);

 private:
  friend class engine::Engine;
  explicit Replica(std::shared_ptr<engine::Engine> engine);
  std::shared_ptr<engine::Engine> engine_;
};

struct Created {
  Replica replica;
  std::string recovery_phrase;
};

}  // namespace relais
