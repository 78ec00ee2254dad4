#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "document/types.h"
#include "log/log.h"
#include "relais/result.h"

/// The keys of a replica's store. docs/spec/store.md, "Keys". Logs and compartments have small
/// numbers, assigned at first sight and meaningful only inside this store.
namespace relais::store {

using LogNo = std::uint32_t;
using CompartmentNo = std::uint32_t;

/// A position with the number of its log in this store.
struct LocalPosition {
  LogNo log = 0;
  std::uint64_t seq = 0;
  auto operator<=>(const LocalPosition&) const = default;
};

/// Family::meta: one letter for the table, then its key.
namespace meta {
inline constexpr char kIdentity = 'i';     ///< → StoredIdentity
inline constexpr char kLog = 'l';          ///< log no → LogRow
inline constexpr char kCompartment = 'c';  ///< compartment no → compartment id
inline constexpr char kRun = 'r';          ///< log no, first seq → encoded run header
inline constexpr char kSeal = 's';         ///< log no, last seq, its hash → encoded seal
inline constexpr char kFork = 'f';         ///< log no → ForkProof
inline constexpr char kStamp = 't';        ///< → the last stamp written or seen
inline constexpr char kBasis = 'j';        ///< → what the documents were judged by
inline constexpr char kOldMeshKey = 'm';   ///< epoch id → wall ms when it was first seen replaced
inline constexpr char kPlacedUnder = 'p';  ///< collection, 0, section → the label last used
inline constexpr char kKinds = 'k';        ///< compartment no, collection → kinds at paths
inline constexpr char kContested = 'x';    ///< device, log no → its end, and an earlier head
inline constexpr char kGivenName = 'n';    ///< → this device's name, not written yet
inline constexpr char kPeer = 'q';         ///< device → PeerMemory
inline constexpr char kGrowth = 'y';       ///< generation, log no → its last seq before it grew
inline constexpr char kInvitation = 'o';   ///< hash of its secret → StoredInvitation
}  // namespace meta

Bytes meta_key(char table);
Bytes meta_key(char table, std::uint32_t number);
Bytes meta_key(char table, std::uint32_t number, std::uint64_t seq);
/// Several seals may end at one seq: a part of their hash distinguishes them.
Bytes seal_key(std::uint32_t log, std::uint64_t last_seq, BytesView seal);
Bytes growth_key(std::uint64_t generation, std::uint32_t log);
/// That a log had `seq` as its last seq when a generation of the logs began in which it grew.
struct GrowthNote {
  std::uint64_t generation = 0;
  std::uint32_t log = 0;
  std::uint64_t seq = 0;
};
/// Nothing if it is damaged.
std::optional<GrowthNote> parse_growth(BytesView key, BytesView value);
Bytes kinds_key(CompartmentNo compartment, BytesView collection);
/// The seq at the end of the key of a run or a block.
std::uint64_t seq_of(BytesView key);

/// Family::log.
Bytes block_key(LogNo log, std::uint64_t seq);

/// Family::documents: compartment no, collection, 0, then 1 and 16 bytes for an id that is a
/// lower-case UUID, else 2 and the id. Within a compartment keys sort by collection, within a
/// collection UUIDs before other ids, each in the order of their text.
Bytes document_key(CompartmentNo compartment, const document::Address& address);
/// A parsed key of Family::documents.
struct DocumentName {
  CompartmentNo compartment = 0;
  document::Address address;
};
/// Nothing for bytes that are not such a key.
std::optional<DocumentName> parse_document_key(BytesView key);
Bytes document_prefix(CompartmentNo compartment);

/// Family::index: one letter for the index, then its key. All but the first and the last five have
/// the prefix `sized document key`, then what follows.
namespace index {
inline constexpr char kConflict = 'x';    ///< document key → nothing
inline constexpr char kWaiting = 'w';     ///< log no, seq → what for; empty: an earlier change
inline constexpr char kOfDocument = 'a';  ///< log no, seq → SetAside: a change of the document
inline constexpr char kFolded = 'p';      ///< log no, last seq → seqs in the checkpoint, rising
inline constexpr char kVector = 'v';      ///< log no, seq → what a change of it stands for
inline constexpr char kContent = 'c';     ///< C → nothing: it was applied; of long documents
inline constexpr char kDependsOn = 'u';   ///< log no, seq, author, seq → listed under kDependent
inline constexpr char kQueued = 'q';  ///< log no, seq, log no, seq → waits till the first settles
inline constexpr char kChunk = 'k';   ///< generation, number → part of the checkpoint
inline constexpr char kSetAside = 'm';  ///< log no, seq → SetAside: an admitted change not applied
inline constexpr char kDependent = 'd';  ///< compartment no, author, seq, dependent → how
inline constexpr char kToWake = 't';     ///< sized document key, log no, seq → nothing
inline constexpr char kToRebuild = 'r';  ///< document key → nothing
}  // namespace index

Bytes conflict_key(BytesView document_key);
/// The prefix of one index of one document.
Bytes index_prefix(char index, BytesView document_key);
Bytes index_prefix(char index, BytesView document_key, LogNo log);
Bytes index_key(char index, BytesView document_key, LogNo log, std::uint64_t seq);
Bytes waiting_prefix(BytesView document_key);
Bytes waiting_key(BytesView document_key, LogNo log, std::uint64_t seq);
Bytes set_aside_key(LogNo log, std::uint64_t seq);
Bytes chunk_key(BytesView document_key, std::uint32_t generation, std::uint32_t number);
Bytes content_key(BytesView document_key, const AuthorId& content);
Bytes to_rebuild_key(BytesView document_key);
/// The prefix of everything that depends on an author's positions, or on one position.
Bytes dependents_of(CompartmentNo compartment, const AuthorId& author);
Bytes dependents_of(CompartmentNo compartment, const AuthorId& author, std::uint64_t seq);

/// A change of a document, as values of indexes name it: sized document key, log no, seq.
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
  unreadable = 2,    ///< it cannot be decrypted with its key, or its header is malformed
  locked = 3,        ///< the key of its epoch is missing
  invalid = 4,       ///< it breaks a rule, or cites a change of another document
  over_limit = 5,    ///< the changes of its transaction are too large when inflated
  too_much = 6,      ///< its author's changes of the document are too large together
  is_protected = 7,  ///< its author may not write that document
};
/// Flag in the index of set-aside positions: the position is also listed under its document.
inline constexpr std::uint8_t kOfKnownDocument = 0x80;

/// Family::held: whole pieces that may not enter a log.
namespace held {
inline constexpr char kWaiting = 'w';     ///< log id, first seq → HeldPiece: unknown author
inline constexpr char kQuarantine = 'q';  ///< likewise: the author may not write there
}  // namespace held
Bytes held_key(char table, const log::LogId& log, std::uint64_t first_seq);

}  // namespace relais::store
