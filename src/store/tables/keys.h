#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "document/types.h"
#include "log/log.h"

/// The keys of a replica's store. docs/spec/store.md, "Keys". Logs and compartments stand under
/// small numbers given at first sight: they mean nothing outside this store.
namespace relais::store {

using LogNo = std::uint32_t;
using CompartmentNo = std::uint32_t;

/// Family::meta: a letter for the table, then its key.
namespace meta {
inline constexpr char kIdentity = 'i';     ///< → StoredIdentity
inline constexpr char kLog = 'l';          ///< log no → LogRow
inline constexpr char kCompartment = 'c';  ///< compartment no → compartment id
inline constexpr char kRun = 'r';          ///< log no, first seq → encoded run header
inline constexpr char kSeal = 's';         ///< log no, last seq → encoded seal
inline constexpr char kStamp = 't';        ///< → the last stamp given or seen
inline constexpr char kOldMeshKey = 'm';   ///< epoch id → wall ms when it was first seen replaced
inline constexpr char kPlacedUnder = 'p';  ///< collection, 0, section → the label written under
inline constexpr char kInvitation = 'o';   ///< hash of its secret → StoredInvitation
}  // namespace meta

Bytes meta_key(char table);
Bytes meta_key(char table, std::uint32_t number);
Bytes meta_key(char table, std::uint32_t number, std::uint64_t seq);
/// The seq at the end of a run's or seal's key.
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

/// Family::index: a letter for the index, then its key.
namespace index {
inline constexpr char kConflict = 'x';  ///< document key → nothing
inline constexpr char kWaiting =
    'w';  ///< size of document key, document key, log no, seq → nothing
inline constexpr char kSetAside =
    'm';  ///< log no, seq → SetAside: an admitted change that isn't applied
}  // namespace index

Bytes conflict_key(BytesView document_key);
Bytes waiting_prefix(BytesView document_key);
Bytes waiting_key(BytesView document_key, LogNo log, std::uint64_t seq);
Bytes set_aside_key(LogNo log, std::uint64_t seq);

/// Why an admitted change is not applied.
enum class SetAside : std::uint8_t {
  misfiled = 1,     ///< its section belongs to another compartment
  unreadable = 2,   ///< it doesn't decrypt, or isn't as the format says
  not_allowed = 3,  ///< its document is for others to change
};

/// Family::held: whole pieces that may not enter a log.
namespace held {
inline constexpr char kWaiting =
    'w';  ///< log id, first seq → HeldPiece: the author isn't known yet
inline constexpr char kQuarantine = 'q';  ///< likewise: the author may not write there
}  // namespace held
Bytes held_key(char table, const log::LogId& log, std::uint64_t first_seq);

}  // namespace relais::store
