#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of every format, in one place. A peer may send anything: whatever has a length
/// is compared with one of these before it is believed. Each is tested at N and at N + 1.
namespace relais::limits {

// Documents (docs/spec/document.md)
inline constexpr std::size_t kNestingDepth = 16;        ///< steps of a field path
inline constexpr std::size_t kPathStepBytes = 255;      ///< one name in a path
inline constexpr std::size_t kStringBytes = 64 * 1024;  ///< one scalar string
inline constexpr std::size_t kMediaTypeBytes = 127;     ///< of an attachment
inline constexpr std::size_t kReasonBytes = 1024;       ///< why something is void
inline constexpr std::size_t kUserBytes = 64;           ///< who wrote, as the host calls them
inline constexpr std::size_t kCollectionBytes = 64;     ///< a collection's name
inline constexpr std::size_t kDocumentIdBytes = 128;    ///< a document's id
inline constexpr std::size_t kScopeBytes = 64;          ///< a scope's name
inline constexpr std::size_t kLabelBytes = 64;          ///< a compartment's label
inline constexpr std::size_t kIdleDecryptors = 4;       ///< kept for the next readers
inline constexpr std::size_t kLinkedDocuments = 256;    ///< read as one
inline constexpr std::size_t kOpsPerChange = 16 * 1024;
inline constexpr std::size_t kContextEntries = 8192;  ///< of a change that lists its whole context
inline constexpr std::size_t kListedEntries = 64;     ///< of one that lists heads of its context
inline constexpr std::size_t kContextExceptions = 256;   ///< places not applied when it was written
inline constexpr std::size_t kSetsAtOnePath = 64;        ///< over listed dots, in one change
inline constexpr std::size_t kMarksAtOnePath = 64;       ///< that count, of one author
inline constexpr std::size_t kChangeBytes = 256 * 1024;  ///< one encoded change, inflated

// Log (docs/spec/log.md)
inline constexpr std::size_t kBlockBytes =
    kChangeBytes + 1024;  ///< one change, compressed and sealed
inline constexpr std::size_t kTransactionBytes = 1024 * 1024;  ///< blocks of one transaction
inline constexpr std::size_t kTransactionChanges = 4096;
inline constexpr std::size_t kBytesBetweenHeads = 16 * 1024;  ///< of a seal's signed heads
inline constexpr std::size_t kHeadsPerSeal = 128;             ///< then another seal starts
inline constexpr std::size_t kSealBytes = 66 + kHeadsPerSeal * 38 + 64;
inline constexpr std::size_t kEvidenceSeals = 2;  ///< of another history of a log, in a stage
inline constexpr std::size_t kEvidenceLogs = 16;  ///< of which a side shows evidence in a stage
inline constexpr std::size_t kSealsAhead = 4;     ///< of one log, that a receiver remembers
inline constexpr std::size_t kRunHeaderBytes = 128;
inline constexpr std::uint64_t kLastSeq = (std::uint64_t{1} << 48) - 1;  ///< of a log
/// From one signed head of a log to the next: a largest transaction behind kBytesBetweenHeads, and
/// their framing where every change of those has a run of its own.
inline constexpr std::size_t kFarthestHeadsBytes = kTransactionBytes + 96 * 1024;
/// One piece's entries: what lies between two heads, behind a run header.
inline constexpr std::size_t kLargestPieceBytes = kFarthestHeadsBytes + 1024;

// Store (docs/spec/store.md)
inline constexpr std::size_t kStoreKeyBytes = 1024;
inline constexpr std::size_t kStoreValueBytes = 32 * 1024 * 1024;
inline constexpr std::size_t kStoreBatchBytes =
    64 * 1024 * 1024;  ///< keys and values of one commit

// Access (docs/spec/access.md)
inline constexpr std::size_t kControlRecordBytes = 64 * 1024;
inline constexpr std::size_t kCertificateBytes = 512;
inline constexpr std::size_t kCertificateChainBytes = 2 * 1024;
inline constexpr std::size_t kCertificateChainLength = 5;
inline constexpr std::size_t kFirstRecordBytes = 256;  ///< SpaceCreated, encoded
inline constexpr std::size_t kEpochRecipients = 1024;
inline constexpr std::size_t kEpochParts = 64;        ///< compartments one record makes keys for
inline constexpr std::size_t kCitedHeads = 512;       ///< of control, in one record
inline constexpr std::size_t kSealedKeyBytes = 128;   ///< an epoch's key in its box
inline constexpr std::size_t kCopiesPerRecord = 512;  ///< sealed keys we put in a record
inline constexpr std::size_t kMeshKeys = 64;          ///< a called device tries, old ones included
inline constexpr std::chrono::hours kOldMeshKeyTime{180 * 24};  ///< from when it was replaced
inline constexpr std::size_t kCodeTextBytes = 512;              ///< invitation or recovery phrase
inline constexpr std::size_t kCompartments = 4096;              ///< compared in one session
inline constexpr std::size_t kCompartmentsPerAuthor = 1024;     ///< of a control log that count
inline constexpr std::size_t kSectionsPerAuthor = 4096;  ///< entries of a control log that count
inline constexpr std::size_t kEpochsPerAuthor = 4096;    ///< of a control log that count
inline constexpr std::size_t kMemberRecords = 1024;      ///< in a member's control log
inline constexpr std::size_t kAuthorsPerDevice = 64;
inline constexpr std::size_t kManyAuthors = 48;  ///< of one device: from here on `status` warns
inline constexpr std::size_t kUnknownAuthorSegments = 64;  ///< waiting for a certificate
inline constexpr std::size_t kUnknownAuthorBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kJoinBytes = 64 * 1024 * 1024;  ///< of control, at a join
inline constexpr std::size_t kOpenInvitations = 12;    ///< of one device, not yet used or expired
inline constexpr std::size_t kClosedInvitations = 11;  ///< used or expired, still answered
inline constexpr std::size_t kNameBytes = 128;         ///< of a person or a device

// Session (docs/spec/session.md)
inline constexpr std::size_t kHandshakeMessage1Bytes = 1024;
inline constexpr std::size_t kHandshakeMessageBytes = 4 * 1024;
inline constexpr std::size_t kFrameBytes = 65535;  ///< ciphertext of one frame
/// Tried on a stranger's first message, some hashes each.
inline constexpr std::size_t kPskCandidates = kMeshKeys + kOpenInvitations + kClosedInvitations;
inline constexpr std::size_t kPendingConnections = 384;  ///< links before a whole first message
inline constexpr std::size_t kPendingConnectionsPerNetwork = 256;
inline constexpr std::chrono::milliseconds kFirstMessageTime{2000};
inline constexpr std::size_t kHalfOpenSessions = 8;
inline constexpr std::size_t kWaitingSessions = 64;  ///< for a half-open place
inline constexpr std::chrono::milliseconds kWaitingTime{2500};
inline constexpr std::chrono::milliseconds kTurnTime{
    100};                                          ///< between two looks at whose turn it is
inline constexpr std::size_t kOpenSessions = 256;  ///< that others began, at once
inline constexpr std::size_t kSessionsAPeer = 4;
inline constexpr std::size_t kAnswerBytes = 16;  ///< of "busy" or "refused" before a session
inline constexpr std::size_t kRecentEphemerals = 4096;
inline constexpr std::chrono::milliseconds kHandshakeTime{5000};
inline constexpr std::chrono::milliseconds kIdleTime{30000};
inline constexpr std::uint64_t kFramesBetweenRekeys = 1 << 16;
inline constexpr std::chrono::milliseconds kTimeBetweenRekeys{10 * 60 * 1000};

// Reconciliation (docs/spec/reconcile.md)
inline constexpr std::size_t kMessageBytes = 2 * 1024 * 1024;  ///< one message, over its frames
inline constexpr std::size_t kLogsPerPage = 8 * 1024;          ///< in one message of vectors
inline constexpr std::size_t kLogsPerStage = 256 * 1024;  ///< in all pages of one side's vectors
inline constexpr std::size_t kPieceBytes = 16 * 1024;     ///< sent at once of one log
inline constexpr std::size_t kStreamWindowBytes = 64 * 1024;  ///< in flight of one log
inline constexpr std::size_t kCommitBatchBytes = 1024 * 1024;
inline constexpr std::chrono::milliseconds kCommitBatchTime{250};
inline constexpr std::size_t kLogsSentAtOnce = 512;             ///< in answer to a hello, unasked
inline constexpr std::size_t kStreamsAtOnce = 64;               ///< logs a sender has under way
inline constexpr std::size_t kLogsPerAck = 1024;                ///< that we put into one message
inline constexpr std::size_t kTransmitQueueBytes = 256 * 1024;  ///< then no more is read ahead
inline constexpr std::chrono::milliseconds kAckTime{20};  ///< an acknowledgement waits at most
inline constexpr std::chrono::milliseconds kStallTime{120000};  ///< without progress: given up
inline constexpr std::size_t kProgressBytes = 4096;             ///< more than keep-alives come to

// Link (docs/spec/link.md)
inline constexpr std::chrono::milliseconds kConnectTime{10000};  ///< to reach a peer
inline constexpr std::size_t kHostBytes = 253;                   ///< a host's name, as DNS has it
inline constexpr std::size_t kLinkReadBytes = 64 * 1024;         ///< taken from the system at once
inline constexpr std::size_t kLinkGatherBytes = 256 * 1024;      ///< given to the system at once
inline constexpr std::size_t kLinkUnsentBytes = 64 * 1024 * 1024;  ///< written, not yet sent
inline constexpr std::chrono::milliseconds kLinkLingerTime{5000};  ///< a closing link's last bytes
inline constexpr std::size_t kReservedDescriptors = 192;           ///< for the store and the host
inline constexpr std::chrono::milliseconds kBusyTime{30000};  ///< that we try to meet a busy peer
inline constexpr std::chrono::milliseconds kFirstBackOff{250};
inline constexpr std::chrono::milliseconds kLongestBackOff{2000};

// Store (docs/spec/store.md)
inline constexpr std::size_t kImportBatch = 1000;  ///< documents made durable at once

// Projection (docs/spec/projection.md)
inline constexpr std::size_t kInflation = 64;  ///< a change's size is at most so many blocks'
inline constexpr std::size_t kTransactionInflatedBytes = 4 * 1024 * 1024;
inline constexpr std::uint64_t kAuthorInDocumentBytes = 32 * 1024 * 1024;  ///< inflated changes
/// A writer adds to a document up to so much, and beyond that so much of its own; what removes goes
/// on.
inline constexpr std::uint64_t kDocumentGrowthBytes = 8 * 1024 * 1024;
inline constexpr std::uint64_t kOwnShareBytes = 1024 * 1024;
inline constexpr std::uint64_t kAuthorGrowthBytes = kAuthorInDocumentBytes / 8 * 7;
inline constexpr std::size_t kDocumentTail = 16;      ///< changes after a checkpoint, at least
inline constexpr std::size_t kTailChangeCost = 1024;  ///< of reading one, in bytes of a checkpoint
inline constexpr std::size_t kInlineCheckpointBytes = 512 * 1024;  ///< in the record itself
inline constexpr std::size_t kCheckpointChunkBytes = 1024 * 1024;
inline constexpr std::size_t kFoldedBytesPerBatch = 16 * 1024 * 1024;
inline constexpr std::size_t kProjectionSliceBytes = 4 * 1024 * 1024;  ///< inflated, a commit
inline constexpr std::size_t kRebuiltPerSlice = 256;                   ///< documents
/// A device knows what kinds stand at so many; beyond them it looks at each document.
inline constexpr std::size_t kPathsOfCollection = 1024;
inline constexpr std::size_t kWokenPerSlice = 1024;  ///< changes that waited

}  // namespace relais::limits
