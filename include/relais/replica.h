#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "relais/document.h"
#include "relais/export.h"
#include "relais/ids.h"
#include "relais/result.h"
#include "relais/status.h"
#include "relais/value.h"

/// The engine's door. A `Replica` is one device's copy of one space, in one folder.
///
/// Threads: every call may come from any thread, unless it says otherwise; calls are served one
/// after the other. Handlers run through the host's `Executor`, or in the engine's thread if
/// there is none, and never inside a call of yours.
/// Fails: nothing throws; what can fail gives a `Result`.
namespace relais {

namespace engine {
class Engine;
}  // namespace engine
namespace replica {
class Edit;
}  // namespace replica

/// Where a host wants its handlers run: two pointers, so that it crosses a C ABI.
/// `post` must run `task(data)` once, later, and may be called from any thread.
struct Executor {
  void (*post)(void* context, void (*task)(void* data), void* data) = nullptr;
  void* context = nullptr;
};

enum class Threading : std::uint8_t {
  own,     ///< the engine has a thread for links and timers
  manual,  ///< the host calls `Replica::poll`; nothing runs otherwise
};

struct Options {
  Threading threading = Threading::own;
  Executor executor;  ///< for events; none: the engine's thread
};

/// Which part of a collection goes into which compartment. An empty `section` is the collection's
/// default; an empty `collection` too is the space's. A section is a document's field of the first
/// step: `legal` in "legal/stage".
struct SectionRule {
  std::string collection;
  std::string section;
  std::string label;
  /// Of a collection's default: sections without a rule of their own are refused when a device
  /// writes (`unknown_section`), so that a misspelt one doesn't lie where more may read it. What is
  /// there already is read, and may be changed and erased.
  bool closed = false;
};

struct CreateOptions {
  std::string space_name;  ///< for people; kept in a document that all members read
  std::string device_name;
  std::vector<SectionRule> sections;  ///< none: everything under one label, "records"
};

struct InviteOptions {
  std::chrono::minutes valid{10};
  /// Labels the new member may read and write; none: all of the space's at that time.
  std::vector<std::string> labels;
};

struct JoinOptions {
  std::string device_name;
};

/// What a meeting with another device came to.
struct SyncReport {
  DeviceId peer;
  /// The peer has this device's keys: it is this device itself, or a copy of its folder.
  bool itself = false;
  std::uint32_t round_trips = 0;
  std::uint64_t handshake_bytes = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t segments_sent = 0;
  std::uint64_t segments_received = 0;
  std::uint64_t changes_sent = 0;
  std::uint64_t changes_received = 0;
  std::uint64_t changes_held_back =
      0;  ///< not admitted: their author may not write there, or isn't known yet
  std::uint64_t forked_logs = 0;
  std::uint64_t mismatched_logs = 0;
  std::chrono::milliseconds duration{0};
  bool in_sync = false;
};

/// How far a sync is, in changes.
struct SyncProgress {
  std::uint64_t received = 0;
  std::uint64_t to_receive = 0;
  std::uint64_t sent = 0;
  std::uint64_t to_send = 0;
  bool peer_is_busy = false;  ///< with other devices: nothing has begun, and is tried again soon
};

/// Something happened to the data.
struct Event {
  enum class Kind : std::uint8_t {
    document_changed,    ///< here or by a sync; `document` says which
    membership_changed,  ///< devices, rights or keys
    device_joined,       ///< by an invitation of ours; `device`
    sync_finished,       ///< with a peer that came to us; `report`
    sync_failed,         ///< likewise; `error_code`
    stopped,             ///< a write failed: the replica takes no more, close it and open it again
  };
  Kind kind = Kind::document_changed;
  DocumentId document;
  DeviceId device;
  SyncReport report;
  ErrorCode error_code = ErrorCode::closed;
};

/// An edit of several documents, written together: all of it, or nothing.
/// Valid only inside `Replica::write`; sees its own edits. Values of paths: see relais/document.h.
class RELAIS_API Transaction {
 public:
  /// Says who writes: a label of the host's, of 1 to 64 bytes without control characters, which all
  /// who read the document see beside the device and the time. It is the device's word: what is
  /// proven is the device. Fails: invalid_argument.
  Status set_user(std::string_view user);

  /// Writes a scalar or an attachment; over a conflict, this resolves it. A register that follows
  /// another rule goes on to; a ranked one takes only values that it has (else wrong_kind).
  Status set(const DocumentId& document, std::string_view path, Value value);
  /// A register whose latest write is shown, by the writers' clocks; the others are reported.
  Status set_last_writer(const DocumentId& document, std::string_view path, Value value);
  /// A register whose highest rank is shown; all are kept. Ranks are below 2^31.
  Status set_ranked(const DocumentId& document, std::string_view path, Value value,
                    std::uint32_t rank);
  /// A scalar as `set`; an object field by field, leaving fields it doesn't name; an array makes
  /// the list read so, its elements aligned as by an import. A string longer than 65 536 bytes
  /// becomes a text. An empty path puts the whole document. Fails: bad_input with the field's path.
  Status put_json(const DocumentId& document, std::string_view path, std::string_view json);
  /// Appends to a list, adds to a set, or adds a number to a counter; where nothing is, makes a
  /// list.
  Status append_json(const DocumentId& document, std::string_view path, std::string_view json);
  Status insert_json(const DocumentId& document, std::string_view list, std::size_t index,
                     std::string_view json);
  Status add_to_set(const DocumentId& document, std::string_view path, Value value);
  Status remove_from_set(const DocumentId& document, std::string_view path, const Value& value);
  /// Fails: limit_exceeded instead of wrapping.
  Status increment(const DocumentId& document, std::string_view path, std::int64_t delta);
  /// Positions in code points.
  Status splice_text(const DocumentId& document, std::string_view path, std::size_t position,
                     std::size_t removed, std::string_view inserted);
  /// Makes the text read `text` by the smallest edits a diff finds, so that others' edits stay.
  Status update_text(const DocumentId& document, std::string_view path, std::string_view text);
  /// Deletes a field and all below it; the object, the list or the document that it was in stays,
  /// if only as `{}` or `[]`. An empty path: the whole document. If others write to it at the same
  /// time, all of it is shown, as one conflict, until someone restores or deletes it.
  /// What was deleted can't be written to in parts (`deleted`): `restore` it, or put it anew.
  Status erase(const DocumentId& document, std::string_view path);
  /// The same, for a reason of 1 to 1024 bytes that can be read as long as it is gone.
  Status make_void(const DocumentId& document, std::string_view path, std::string_view reason);
  /// Takes back the deletions of a field, or of the document, that others contest; if there are
  /// none, the last one. Fails: not_found if nothing was deleted there.
  Status restore(const DocumentId& document, std::string_view path);
  /// Puts a list's element elsewhere: it is the `to`-th afterwards. What others write to it at the
  /// same time stays with it.
  Status move(const DocumentId& document, std::string_view list, std::size_t from, std::size_t to);

  /// Chooses one of the versions of a field in conflict. Where kinds clash, the others go, with all
  /// below them. Fails: not_found if it is none of the versions that `conflicts_of` lists.
  Status resolve(const DocumentId& document, std::string_view path, const Version& version);
  /// Settles all conflicts of a field and below it as they are shown. An empty path: all of the
  /// document's.
  Status keep(const DocumentId& document, std::string_view path);
  /// Takes back this device's last change of the document, in however many parts, and what belonged
  /// to it in other documents stays; what others wrote since is left alone. What the change wrote
  /// and nobody has overwritten goes; what it overwrote or deleted is there again. Fails: not_found
  /// if there is no such change, or nothing is left of it.
  Status undo(const DocumentId& document);

  /// Says that two documents are about the same thing, in both, under `same_as`; and takes it back.
  /// Replica::merged reads them as one.
  Status mark_same(const DocumentId& a, const DocumentId& b);
  Status unmark_same(const DocumentId& a, const DocumentId& b);

  /// The document, or a field of it with all below, as it will be. Fails: not_found.
  Result<std::string> json(const DocumentId& document);
  Result<FieldTree> tree(const DocumentId& document, std::string_view path = {});

 private:
  friend class engine::Engine;
  explicit Transaction(replica::Edit& edit) : edit_(edit) {}
  replica::Edit& edit_;
};

/// Stops what it stands for when it goes: a listening server, an observer.
class RELAIS_API Subscription {
 public:
  Subscription();
  explicit Subscription(std::shared_ptr<void> held);
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

 private:
  std::shared_ptr<void> held_;
};

struct Server {
  Subscription running;  ///< listens as long as this lives
  std::string address;   ///< HOST:PORT, with the real port where 0 was asked for
};

struct ImportOptions {
  /// Strings that become text that several may edit: "COLLECTION:PATH", '*' for any list element.
  std::vector<std::string> text_fields;
  std::string user;  ///< as Transaction::set_user; empty: nothing is said
  /// Lines that can't be imported are passed over, and reported, instead of the whole file.
  bool skip_bad = false;
  std::function<void(std::uint64_t done)>
      progress;  ///< called now and then, in the caller's thread
};

/// A line that wasn't imported, and why.
struct SkippedLine {
  std::uint64_t line = 0;  ///< from 1
  Error error;
};

struct ImportReport {
  std::uint64_t documents = 0;
  std::uint64_t updated = 0;         ///< of those, how many were here already
  std::vector<SkippedLine> skipped;  ///< ImportOptions::skip_bad; by line
};

/// A document that a walk over all of them passed over, because it can't be read, and why.
struct Unreadable {
  DocumentId document;
  Error error;
};

class Replica;
struct Created;

/// One device's copy of a space.
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
  /// Closes: stops links, waits for running handlers, flushes the store.
  ~Replica();

  /// Runs `edit` and makes what it did durable before it returns. If `edit` fails, nothing is
  /// written, and its error is given. Never waits for a peer. `edit` must not call the replica.
  Status write(const std::function<Status(Transaction&)>& edit);

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
  /// Every conflict of the store, in the documents' order. `visit` must not call the replica.
  /// Gives the documents that can't be read: one of them doesn't keep the others from being shown.
  Result<std::vector<Unreadable>> conflicts(
      const std::function<void(const ConflictView&)>& visit) const;
  /// Every document, sorted by scope, collection and id, with its canonical JSON, as of one moment.
  /// `visit` gives false to stop, and must not call the replica. Gives those that can't be read.
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
  /// Meets the device at HOST:PORT until both hold the same. Blocks; with Threading::manual it
  /// polls itself. A device that is busy with others is called again, for half a minute.
  /// Fails: unreachable, timed_out, busy, handshake_failed, session_closed (what came is kept),
  /// peer_misbehaved.
  Result<SyncReport> sync(const std::string& address,
                          const std::function<void(const SyncProgress&)>& progress = {});

  Result<StatusReport> status() const;
  /// How sections are kept, in the order of collections and sections. Where rules contradict each
  /// other (`mapping_conflict`), one for each label.
  Result<std::vector<SectionRule>> section_rules() const;
  /// Reads everything: chains, signatures, blocks, documents. Blocks: seconds for a large store.
  Result<VerifyReport> verify() const;

  /// Threading::manual: runs what is due, for at most `longest`.
  void poll(std::chrono::milliseconds longest);

 private:
  friend class engine::Engine;
  explicit Replica(std::unique_ptr<engine::Engine> engine);
  std::unique_ptr<engine::Engine> engine_;
};

struct Created {
  Replica replica;
  std::string recovery_phrase;
};

}  // namespace relais
