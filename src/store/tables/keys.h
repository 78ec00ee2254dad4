#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "document/types.h"
#include "log/log.h"
#include "relais/result.h"

/// The keys of a replica's store. docs/spec/store.md, "Keys". Logs and compartments stand under
/// small numbers given at first sight: they mean nothing outside this store.
namespace relais::store {

using LogNo = std::uint32_t;
using CompartmentNo = std::uint32_t;

/// A position with its log under its number here.
struct LocalPosition {
  LogNo log = 0;
  std::uint64_t seq = 0;
  auto operator<=>(const LocalPosition&) const = default;
};

/// Family::meta: a letter for the table, then its key.
namespace meta {
inline constexpr char kIdentity = 'i';     ///< → StoredIdentity
inline constexpr char kLog = 'l';          ///< log no → LogRow
inline constexpr char kCompartment = 'c';  ///< compartment no → compartment id
inline constexpr char kRun = 'r';          ///< log no, first seq → encoded run header
inline constexpr char kSeal = 's';         ///< log no, last seq, its hash → encoded seal
inline constexpr char kFork = 'f';         ///< log no → ForkProof
inline constexpr char kStamp = 't';        ///< → the last stamp given or seen
inline constexpr char kBasis = 'j';        ///< → what the documents were judged by
inline constexpr char kOldMeshKey = 'm';   ///< epoch id → wall ms when it was first seen replaced
inline constexpr char kPlacedUnder = 'p';  ///< collection, 0, section → the label written under
inline constexpr char kKinds = 'k';        ///< compartment no, collection → kinds at paths
inline constexpr char kContested = 'x';    ///< device, log no → the log's end, and a head before
inline constexpr char kGivenName = 'n';    ///< → this device's name, not written yet
inline constexpr char kInvitation = 'o';   ///< hash of its secret → StoredInvitation
}  // namespace meta

Bytes meta_key(char table);
Bytes meta_key(char table, std::uint32_t number);
Bytes meta_key(char table, std::uint32_t number, std::uint64_t seq);
/// Several seals may have one last seq: a part of their hash tells them apart.
Bytes seal_key(std::uint32_t log, std::uint64_t last_seq, BytesView seal);
Bytes kinds_key(CompartmentNo compartment, BytesView collection);
/// The seq at the end of a run's or a block's key.
std::uint64_t seq_of(BytesView key);

/// Family::log.
Bytes block_key(LogNo log, std::uint64_t seq);

/// Family::documents: compartment no, collection, 0, then 1 and 16 bytes for an id that is a
/// lower-case UUID, else 2 and the id. Keys of one compartment sort by collection, and within it
/// UUIDs before other ids, each kind in the order of its text.
Bytes document_key(CompartmentNo compartment, const document::Address& address);
/// Nothing for bytes that aren't such a key.
struct DocumentName {
  CompartmentNo compartment = 0;
  document::Address address;
};
std::optional<DocumentName> parse_document_key(BytesView key);
Bytes document_prefix(CompartmentNo compartment);

/// Family::index: a letter for the index, then its key. All but the first and the last five stand
/// under `sized document key, then` what follows.
namespace index {
inline constexpr char kConflict = 'x';    ///< document key → nothing
inline constexpr char kWaiting = 'w';     ///< log no, seq → for what; nothing: behind another one
inline constexpr char kOfDocument = 'a';  ///< log no, seq → SetAside: a change of the document
inline constexpr char kFolded = 'p';      ///< log no, last seq → seqs in the checkpoint, rising
inline constexpr char kVector = 'v';      ///< log no, seq → what a change of it stands for
inline constexpr char kContent = 'c';     ///< C → nothing: applied by content; of long documents
inline constexpr char kDependsOn = 'u';   ///< log no, seq, author, seq → listed under kDependent
inline constexpr char kQueued = 'q';  ///< log no, seq, log no, seq → waits till the first settles
inline constexpr char kChunk = 'k';   ///< generation, number → part of the checkpoint
inline constexpr char kSetAside = 'm';  ///< log no, seq → SetAside: an admitted change not applied
inline constexpr char kDependent = 'd';  ///< compartment no, author, seq, dependent → how
inline constexpr char kToWake = 't';     ///< sized document key, log no, seq → nothing
inline constexpr char kToRebuild = 'r';  ///< document key → nothing
}  // namespace index

Bytes conflict_key(BytesView document_key);
/// The keys of one index of one document.
Bytes index_prefix(char index, BytesView document_key);
Bytes index_prefix(char index, BytesView document_key, LogNo log);
Bytes index_key(char index, BytesView document_key, LogNo log, std::uint64_t seq);
Bytes waiting_prefix(BytesView document_key);
Bytes waiting_key(BytesView document_key, LogNo log, std::uint64_t seq);
Bytes set_aside_key(LogNo log, std::uint64_t seq);
Bytes chunk_key(BytesView document_key, std::uint32_t generation, std::uint32_t number);
Bytes content_key(BytesView document_key, const AuthorId& content);
Bytes to_rebuild_key(BytesView document_key);
/// Of all that depends on places of an author; or on one place.
Bytes dependents_of(CompartmentNo compartment, const AuthorId& author);
Bytes dependents_of(CompartmentNo compartment, const AuthorId& author, std::uint64_t seq);

/// A change of a document, as indexes name it: sized document key, log no, seq.
struct ChangeName {
  Bytes document;
  LogNo log = 0;
  std::uint64_t seq = 0;
};
Bytes change_name(BytesView document_key, LogNo log, std::uint64_t seq);
/// Fails: corrupt.
Result<ChangeName> parse_change_name(BytesView bytes);

/// Why an admitted change is not applied.
enum class SetAside : std::uint8_t {
  misfiled = 1,      ///< its section belongs to another compartment
  unreadable = 2,    ///< it doesn't open under its key, or its head isn't as the format says
  locked = 3,        ///< its epoch's key isn't here
  invalid = 4,       ///< it breaks a rule, or cites a change of another document
  over_limit = 5,    ///< its transaction's changes are too large once they are inflated
  too_much = 6,      ///< its author's changes of the document are, together
  is_protected = 7,  ///< not everyone may write that document
};
/// In the index of set-aside places: whether the place is also listed under its document.
inline constexpr std::uint8_t kOfKnownDocument = 0x80;

/// Family::held: whole pieces that may not enter a log.
namespace held {
inline constexpr char kWaiting =
    'w';  ///< log id, first seq → HeldPiece: the author isn't known yet
inline constexpr char kQuarantine = 'q';  ///< likewise: the author may not write there
}  // namespace held
Bytes held_key(char table, const log::LogId& log, std::uint64_t first_seq);

}  // namespace relais::store
