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

/// One device's copy of one space, in one folder. How to embed it: docs/hosting.md.
///
/// Threads: every call may come from any thread. Reads run beside each other, beside writes and
/// beside syncs: each sees the replica as it is at one moment. Writes run one after the other.
/// Handlers (of `observe`, `Operation::then`, the log) run through Options::executor, or in the
/// library's own thread if there is none; never inside a call of the host, never with a lock held,
/// and one handler's calls one after the other.
/// A call may come from anywhere: from a handler, a visitor, or inside `write`. One that would have
/// to wait for its own caller fails at once with `would_deadlock`.
/// Fails: nothing throws; what can fail gives a `Result`. Every call fails with `closed` once the
/// replica is closed. An exception of the host's own code passes through the call that ran it; one
/// of a handler ends there, and is told to the log.
namespace relais {

struct Server {
  Subscription running = {};  ///< listens as long as this lives
  std::string address = {};   ///< HOST:PORT, with the real port where 0 was asked for
};

/// A document that a scan passed over, because it can't be read, and why.
struct Unreadable {
  DocumentId document;
  Error error;
};

/// What a write made.
struct Written {
  struct Change {
    DocumentId document = {};
    ChangeId id = {};
  };
  std::vector<Change> changes = {};  ///< none: there was nothing to write
};

/// Which documents to list, in the order of their names.
struct ListOptions {
  std::string scope = {};
  std::string collection = {};
  std::string prefix = {};  ///< of the ids
  std::string after = {};   ///< begins behind this id: the last one of the page before
  std::size_t limit = 1000;
};

/// A collection of one scope. Reserved ones (the names begin with '.') are not listed.
struct Collection {
  std::string scope = {};
  std::string name = {};
};

/// What is cheap to know of a replica.
struct Identity {
  SpaceId space = {};
  DeviceId device = {};
  Level level = Level::member;
};

class Replica;
struct Created;

class RELAIS_API Replica {
 public:
  /// Founds a space in a new folder. The recovery phrase is shown once: it is kept nowhere.
  /// Fails: already_exists, disk_full, store_failed.
  static Result<Created> create(const std::string& folder, const CreateOptions& create,
                                const Options& options = {});
  /// Fails: store_missing, store_locked, store_too_new, store_corrupt, closed (hasn't joined yet).
  static Result<Replica> open(const std::string& folder, const Options& options = {});
  /// Joins a space in a new folder, by an invitation, at a member's address. Documents come with
  /// the first sync. Blocks: until paired or failed, a few seconds. A join that was cut may be
  /// tried again with the same folder and invitation. Only the inviter itself refuses an
  /// invitation; whatever else fails uses nothing up. Fails: bad_input (a damaged invitation),
  /// unreachable, timed_out (reached, but silent), busy, handshake_failed (another device, or none
  /// of Relais, is there), link_failed (cut), invitation_refused (used or expired), already_exists.
  static Result<Replica> join(const std::string& folder, std::string_view invitation,
                              const std::string& address, const JoinOptions& join,
                              const Options& options = {});

  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;
  /// Closes.
  ~Replica();
  /// Ends running syncs and other operations with `closed`, stops servers, waits for calls and
  /// handlers that run in other threads, and flushes the store. Afterwards nothing calls the host,
  /// and the folder can be opened again. May be called from a handler, a visitor or inside `write`:
  /// what its own caller still does ends with `closed`, and the folder is free once that returned.
  /// Closing again does nothing. Fails: disk_full, store_failed: what was acknowledged is durable
  /// all the same.
  Status close();

  /// Runs `edit` and makes what it did durable before it returns. If `edit` fails or throws,
  /// nothing is written. Never waits for a peer. Inside `edit` the replica can be read, as it was
  /// before the edit, and not written. Fails: as `edit`; not_authorised, mapping_conflict,
  /// unknown_section, limit_exceeded, disk_full, store_failed; would_deadlock inside an edit.
  Result<Written> write(const std::function<Status(Transaction&)>& edit);

  /// The document as canonical JSON; of conflicting values the one to show. Fails: not_found.
  Result<std::string> json(const DocumentId& document) const;
  Result<FieldView> field(const DocumentId& document, std::string_view path) const;
  /// A field with all below it; an empty path: the document.
  Result<FieldTree> tree(const DocumentId& document, std::string_view path = {}) const;
  Result<std::vector<ConflictView>> conflicts_of(const DocumentId& document) const;
  /// What is void, and why.
  Result<std::vector<VoidView>> voids(const DocumentId& document) const;

  /// A cursor at a position of a text (in code points) or a list; and where it is now.
  Result<Cursor> cursor(const DocumentId& document, std::string_view path, std::size_t position,
                        CursorSide side = CursorSide::left) const;
  Result<std::size_t> position(const DocumentId& document, std::string_view path,
                               const Cursor& cursor) const;

  /// The document and all that are linked with it, and with those, as one: objects field by field,
  /// lists one after the other, sets united, counters added; of differing values the latest.
  Result<MergedView> merged(const DocumentId& document) const;

  /// Every change, causes before effects, whatever the clocks said; of those that knew nothing of
  /// each other, the one first that was written first, as far as that can be told. With a path,
  /// those that touched it or something below.
  Result<std::vector<HistoryEntry>> history(const DocumentId& document,
                                            std::string_view path = {}) const;
  /// The document as it was. Fails: not_found if it wasn't there, or there is no such change.
  Result<std::string> json(const DocumentId& document, const Moment& moment) const;
  Result<std::vector<FieldDifference>> differences(const DocumentId& document, const Moment& from,
                                                   const Moment& to) const;
  /// Ids of one collection's documents, sorted, without opening them; deleted documents that still
  /// have a record are among them. At most ListOptions::limit: ask again with `after`.
  Result<std::vector<DocumentId>> list(const ListOptions& options) const;
  /// All collections, sorted by scope and name.
  Result<std::vector<Collection>> collections() const;

  /// Every conflict of the store, in the documents' order.
  /// Gives the documents that can't be read: one of them doesn't keep the others from being shown.
  Result<std::vector<Unreadable>> conflicts(
      const std::function<void(const ConflictView&)>& visit) const;
  /// Every document, sorted by scope, collection and id, with its canonical JSON, as of one moment.
  /// `visit` gives false to stop. Gives those that can't be read.
  Result<std::vector<Unreadable>> each_document(
      const std::function<bool(const DocumentId&, std::string_view json)>& visit) const;
  /// The name of a device, if it is known.
  std::string device_name(const DeviceId& device) const;

  /// Imports newline-delimited JSON: {"scope"?, "collection", "id", "doc"} a line, as each_document
  /// gives them. A document that is here is updated by what differs; fields that the line doesn't
  /// name stay, and elements of lists keep their identity: those with the same `id` (where each has
  /// its own), else those that read the same, else those that kept the most. All of it is tried
  /// before any of it is written. What is too large for one transaction is several; an import that
  /// was cut is completed by another of the same file. Fails: bad_input, limit_exceeded,
  /// wrong_kind, not_authorised, unknown_section, each naming the line and, where there is one, the
  /// field's path.
  Result<ImportReport> import_ndjson(std::string_view lines, const ImportOptions& import = {});

  /// Events from now on. Threads: `handler` runs where Options::executor says.
  Subscription observe(std::function<void(const Event&)> handler);

  /// A line of text that lets one device join. Owners only. Fails: not_authorised; limit_exceeded,
  /// while too many are open that nobody has used.
  Result<std::string> invite(const InviteOptions& invite = {});
  /// Answers pairing and sync. Fails: address_in_use, invalid_argument.
  Result<Server> listen(const std::string& address);
  /// Syncs with the device at HOST:PORT until both hold the same. Blocks; with Threading::manual it
  /// polls. A device that is busy with others is called again, for half a minute. Several syncs may
  /// run at once. Fails: invalid_argument, unreachable, timed_out, busy, handshake_failed,
  /// session_closed (what came is kept), peer_misbehaved, closed, would_deadlock.
  Result<SyncReport> sync(const std::string& address, const SyncOptions& options = {});
  /// The same without waiting. Fails: as `sync`, and `cancelled`.
  Operation<SyncReport> start_sync(const std::string& address, const SyncOptions& options = {});

  /// Cheap: reads nothing from the disk.
  Result<Identity> identity() const;
  /// Whether a recovery phrase is this space's, so that a host can ask for it once more after
  /// `create`. Spaces, dashes and case don't matter. Fails: bad_input (mistyped),
  /// invalid_argument (another space's).
  Status check_recovery_phrase(std::string_view phrase) const;

  Result<StatusReport> status() const;
  /// How sections are kept, in the order of collections and sections. Where rules contradict each
  /// other (`mapping_conflict`), one for each label.
  Result<std::vector<SectionRule>> section_rules() const;
  /// Reads everything: chains, signatures, blocks, documents. Blocks: seconds for a large store.
  Result<VerifyReport> verify() const;

  /// Threading::manual: runs what is due, or waits at most `longest` for the first that is.
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
