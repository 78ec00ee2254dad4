#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of every format, in one place. A peer may send anything: whatever has a length
/// is compared with one of these before it is believed. Each is tested at N and at N + 1.
namespace relais::limits {

// Documents (docs/spec/document.md)
inline constexpr std::size_t kNestingDepth = 16;           ///< steps of a field path
inline constexpr std::size_t kPathStepBytes = 255;         ///< one name in a path
inline constexpr std::size_t kStringBytes = 64 * 1024;     ///< one scalar string
inline constexpr std::size_t kCollectionBytes = 64;        ///< a collection's name
inline constexpr std::size_t kDocumentIdBytes = 128;       ///< a document's id
inline constexpr std::size_t kScopeBytes = 64;             ///< a scope's name
inline constexpr std::size_t kLabelBytes = 64;             ///< a compartment's label
inline constexpr std::size_t kOpsPerChange = 16 * 1024;
inline constexpr std::size_t kContextEntries = 1024;       ///< writers of one document
inline constexpr std::size_t kChangeBytes = 256 * 1024;    ///< one encoded change, inflated
inline constexpr std::size_t kJsonLineBytes = 4 * 1024 * 1024;

// Log (docs/spec/log.md)
inline constexpr std::size_t kBlockBytes = kChangeBytes + 1024;     ///< one change, compressed and sealed
inline constexpr std::size_t kTransactionBytes = 1024 * 1024;       ///< blocks of one transaction
inline constexpr std::size_t kTransactionChanges = 4096;
inline constexpr std::size_t kBytesBetweenHeads = 16 * 1024;        ///< of a seal's signed heads
inline constexpr std::size_t kHeadsPerSeal = 1024;                  ///< then another seal starts
inline constexpr std::size_t kSealBytes = 64 * 1024;
inline constexpr std::size_t kRunHeaderBytes = 128;

// Access (docs/spec/access.md)
inline constexpr std::size_t kControlRecordBytes = 64 * 1024;
inline constexpr std::size_t kCertificateBytes = 512;
inline constexpr std::size_t kCertificateChainBytes = 2 * 1024;
inline constexpr std::size_t kCertificateChainLength = 5;
inline constexpr std::size_t kEpochRecipients = 1024;
inline constexpr std::size_t kCompartments = 4096;
inline constexpr std::size_t kUnknownAuthorSegments = 64;            ///< waiting for a certificate
inline constexpr std::size_t kUnknownAuthorBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kNameBytes = 128;                       ///< of a person or a device

// Session (docs/spec/session.md)
inline constexpr std::size_t kHandshakeMessage1Bytes = 1024;
inline constexpr std::size_t kHandshakeMessageBytes = 4 * 1024;
inline constexpr std::size_t kFrameBytes = 65535;                    ///< ciphertext of one frame
inline constexpr std::size_t kPskCandidates = 16;
inline constexpr std::size_t kHalfOpenSessions = 8;
inline constexpr std::size_t kRecentEphemerals = 4096;
inline constexpr std::chrono::milliseconds kHandshakeTime{5000};
inline constexpr std::chrono::milliseconds kIdleTime{30000};
inline constexpr std::uint64_t kFramesBetweenRekeys = 1 << 16;
inline constexpr std::chrono::milliseconds kTimeBetweenRekeys{10 * 60 * 1000};

// Reconciliation (docs/spec/reconcile.md)
inline constexpr std::size_t kMessageBytes = 2 * 1024 * 1024;        ///< one message, over its frames
inline constexpr std::size_t kLogsPerVector = 64 * 1024;
inline constexpr std::size_t kPieceBytes = 16 * 1024;                ///< sent at once of one log
inline constexpr std::size_t kStreamWindowBytes = 64 * 1024;         ///< in flight of one log
inline constexpr std::size_t kCommitBatchBytes = 1024 * 1024;
inline constexpr std::chrono::milliseconds kCommitBatchTime{250};

}  // namespace relais::limits
