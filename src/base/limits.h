#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of every format. Each length that a peer sends is compared with one of these before
/// it is used. Each limit is tested at N and at N + 1.
namespace relais::limits {

// Documents (docs/spec/document.md)
inline constexpr std::size_t kNestingDepth = 16;        ///< steps of a field path
inline constexpr std::size_t kPathStepBytes = 255;      ///< one name in a path
inline constexpr std::size_t kStringBytes = 64 * 1024;  ///< one scalar string
inline constexpr std::size_t kMediaTypeBytes = 127;     ///< of an attachment
inline constexpr std::size_t kReasonBytes = 1024;       ///< the reason of a void
inline constexpr std::size_t kUserBytes = 64;           ///< a user's label
inline constexpr std::size_t kCollectionBytes = 64;     ///< a collection's name
inline constexpr std::size_t kDocumentIdBytes = 128;    ///< a document's id
inline constexpr std::size_t kScopeBytes = 64;          ///< a scope's name
inline constexpr std::size_t kLabelBytes = 64;          ///< a compartment's label
inline constexpr std::size_t kDocumentChangesPerEvent = 1024;
inline constexpr std::size_t kQueuedDocumentChanges = 16'384;  ///< for one observer; beyond: missed
/// For one observer, of other kinds; and lines for the host's log.
inline constexpr std::size_t kQueuedEvents = 1024;
inline constexpr std::size_t kPathsPerDocumentChange = 64;  ///< beyond: the whole document
inline constexpr std::size_t kIdleDecryptors = 4;           ///< kept for the next readers
inline constexpr std::size_t kLinkedDocuments = 256;        ///< documents read as one
inline constexpr std::size_t kOpsPerChange = 16 * 1024;
inline constexpr std::size_t kContextEntries = 8192;  ///< of a change that lists its whole context
inline constexpr std::size_t kListedEntries = 64;     ///< of one that lists heads of its context
inline constexpr std::size_t kContextExceptions = 256;   ///< positions not applied yet
inline constexpr std::size_t kSetsAtOnePath = 64;        ///< Sets over listed dots, in one change
inline constexpr std::size_t kMarksAtOnePath = 64;       ///< counted, of one author
inline constexpr std::size_t kChangeBytes = 256 * 1024;  ///< one encoded change, inflated

// Log (docs/spec/log.md)
inline constexpr std::size_t kBlockBytes =
    kChangeBytes + 1024;  ///< one change, compressed and sealed
inline constexpr std::size_t kTransactionBytes = 1024 * 1024;  ///< blocks of one transaction
inline constexpr std::size_t kTransactionChanges = 4096;
inline constexpr std::size_t kBytesBetweenHeads = 16 * 1024;  ///< of a seal's signed heads
inline constexpr std::size_t kHeadsPerSeal = 16;              ///< more heads go into another seal
inline constexpr std::size_t kSealBytes = 66 + kHeadsPerSeal * 38 + 64;
inline constexpr std::size_t kEvidenceSeals = 2;  ///< per stage, of a forked log's other branch
inline constexpr std::size_t kEvidenceLogs = 16;  ///< forked logs with evidence, per side and stage
inline constexpr std::size_t kSealsAhead = 4;     ///< of one log, kept by a receiver
inline constexpr std::size_t kRunHeaderBytes = 128;
inline constexpr std::uint64_t kLastSeq = (std::uint64_t{1} << 48) - 1;  ///< of a log
/// Bytes from one signed head of a log to the next: kBytesBetweenHeads and a largest transaction,
/// with framing if every change has its own run header.
inline constexpr std::size_t kFarthestHeadsBytes = kTransactionBytes + 96 * 1024;
/// One piece's entries: the bytes between two heads, after a run header.
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
inline constexpr std::size_t kEpochParts = 64;        ///< compartments of one EpochMade
inline constexpr std::size_t kCitedHeads = 512;       ///< of control, in one record
inline constexpr std::size_t kSealedKeyBytes = 128;   ///< an epoch key in a sealed box
inline constexpr std::size_t kCopiesPerRecord = 512;  ///< sealed keys written into a record
inline constexpr std::size_t kMeshKeys = 64;          ///< that a responder tries, old ones included
inline constexpr std::chrono::hours kOldMeshKeyTime{180 * 24};  ///< after it was replaced
inline constexpr std::size_t kCodeTextBytes = 512;              ///< invitation or recovery phrase
inline constexpr std::size_t kCompartments = 4096;              ///< compared in one session
inline constexpr std::size_t kCompartmentsPerAuthor = 1024;     ///< of a control log that count
inline constexpr std::size_t kSectionsPerAuthor = 4096;  ///< entries of a control log that count
inline constexpr std::size_t kEpochsPerAuthor = 4096;    ///< of a control log that count
inline constexpr std::size_t kMemberRecords = 1024;      ///< in a member's control log
inline constexpr std::size_t kAuthorsPerDevice = 64;
inline constexpr std::size_t kManyAuthors = 48;  ///< of one device: from here on, `status` warns
inline constexpr std::size_t kUnknownAuthorSegments = 64;  ///< without a certificate yet
inline constexpr std::size_t kUnknownAuthorBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kJoinBytes = 64 * 1024 * 1024;  ///< of control, at a join
inline constexpr std::size_t kOpenInvitations = 12;    ///< of one device, not yet used or expired
inline constexpr std::size_t kClosedInvitations = 11;  ///< used or expired, still answered
inline constexpr std::size_t kNameBytes = 128;         ///< of a person or a device

// Session (docs/spec/session.md)
inline constexpr std::size_t kCapabilityBytes = 64;  ///< that a device says of itself
inline constexpr std::size_t kHandshakeMessage1Bytes = 1024;
inline constexpr std::size_t kHandshakeMessageBytes = 4 * 1024;
inline constexpr std::size_t kFrameBytes = 65535;  ///< ciphertext of one frame
/// Keys tried on an unknown device's first message, at a few hashes each.
inline constexpr std::size_t kPskCandidates = kMeshKeys + kOpenInvitations + kClosedInvitations;
inline constexpr std::size_t kPendingConnections = 384;  ///< links without a complete first message
inline constexpr std::size_t kPendingConnectionsPerNetwork = 256;
inline constexpr std::chrono::milliseconds kFirstMessageTime{2000};
inline constexpr std::size_t kHalfOpenSessions = 8;
inline constexpr std::size_t kWaitingSessions = 64;  ///< for a half-open session to end
inline constexpr std::chrono::milliseconds kWaitingTime{2500};
inline constexpr std::chrono::milliseconds kTurnTime{100};  ///< poll interval in the queue
inline constexpr std::size_t kOpenSessions = 256;           ///< incoming, at once
inline constexpr std::size_t kSessionsAPeer = 4;
inline constexpr std::size_t kAnswerBytes = 16;  ///< of "busy" or "refused", before a session
inline constexpr std::size_t kRecentEphemerals = 4096;
inline constexpr std::chrono::milliseconds kHandshakeTime{5000};
inline constexpr std::chrono::milliseconds kIdleTime{30000};
inline constexpr std::uint64_t kFramesBetweenRekeys = 1 << 16;
inline constexpr std::chrono::milliseconds kTimeBetweenRekeys{10 * 60 * 1000};

// Reconciliation (docs/spec/reconcile.md)
inline constexpr std::size_t kMessageBytes = 2 * 1024 * 1024;  ///< one message, in all its frames
inline constexpr std::size_t kLogsPerPage = 8 * 1024;          ///< in one message of vectors
inline constexpr std::size_t kLogsPerStage = 256 * 1024;  ///< in all pages of one side's vectors
inline constexpr std::size_t kPieceBytes = 16 * 1024;     ///< of one log, sent at once
inline constexpr std::size_t kJointBytes = 128 * 1024;    ///< of changes, compressed together
inline constexpr std::size_t kJointChanges = 4096;        ///< likewise
inline constexpr std::size_t kUnrestoredPieces = 8;       ///< of a peer, in a stage
inline constexpr std::size_t kStreamWindowBytes = 128 * 1024;  ///< of one log, in flight
inline constexpr std::size_t kCommitBatchBytes = 1024 * 1024;
inline constexpr std::chrono::milliseconds kCommitBatchTime{250};
inline constexpr std::size_t kLogsListedAtOnce = 16;  ///< else roots of ranges are compared first
inline constexpr std::uint8_t kRangeDepth = 8;        ///< 2^depth ranges of a compartment's authors
inline constexpr std::size_t kRangesAtOnce = 512;     ///< of all compartments, beyond one of each
inline constexpr std::size_t kCheckpointBytes = 32;   ///< as a replica keeps one with its peer
inline constexpr std::size_t kRememberedPeers = 1024;
inline constexpr std::uint64_t kRememberedGenerations = 4096;  ///< of the logs, back from now
inline constexpr std::uint64_t kForgettingInterval = 16;       ///< generations
inline constexpr std::size_t kEarlyChanges = 1024;     ///< logs that changed since a checkpoint
inline constexpr std::size_t kEarlyMessages = 1024;    ///< that may come with Hello
inline constexpr std::size_t kEarlyBytes = 16 * 1024;  ///< of pieces that are sent with Hello
inline constexpr std::size_t kStreamsAtOnce = 64;      ///< logs that a sender sends concurrently
inline constexpr std::size_t kLogsPerAck = 1024;  ///< that this version writes into one message
inline constexpr std::size_t kTransmitQueueBytes = 256 * 1024;  ///< then reading pauses
inline constexpr std::chrono::milliseconds kAckTime{20};  ///< longest delay of an acknowledgement
inline constexpr std::chrono::milliseconds kStallTime{120000};  ///< without progress
inline constexpr std::size_t kProgressBytes = 4096;             ///< count as progress

// Link (docs/spec/link.md)
inline constexpr std::chrono::milliseconds kConnectTime{10000};    ///< to connect to a peer
inline constexpr std::size_t kHostBytes = 253;                     ///< a host name (DNS)
inline constexpr std::size_t kLinkReadBytes = 16 * 1024;           ///< per read from a socket
inline constexpr std::size_t kLinkGatherBytes = 256 * 1024;        ///< per write to a socket
inline constexpr std::size_t kLinkUnsentBytes = 64 * 1024 * 1024;  ///< written, not yet sent
inline constexpr std::chrono::milliseconds kLinkLingerTime{5000};  ///< to flush a closing link
inline constexpr std::size_t kReservedDescriptors = 192;           ///< for the store and the host
inline constexpr std::chrono::milliseconds kBusyTime{30000};  ///< of attempts to reach a busy peer
inline constexpr std::chrono::milliseconds kFirstBackOff{250};
inline constexpr std::chrono::milliseconds kLongestBackOff{2000};

// Store (docs/spec/store.md)
inline constexpr std::size_t kImportBatch = 1000;  ///< documents made durable at once

// Projection (docs/spec/projection.md)
inline constexpr std::size_t kInflation = 64;  ///< largest ratio of a change to its block
inline constexpr std::size_t kTransactionInflatedBytes = 4 * 1024 * 1024;
inline constexpr std::uint64_t kAuthorInDocumentBytes = 32 * 1024 * 1024;  ///< inflated changes
/// A device adds to a document up to kDocumentGrowthBytes, and beyond that up to kOwnShareBytes of
/// its own. Edits that only remove are not limited.
inline constexpr std::uint64_t kDocumentGrowthBytes = 8 * 1024 * 1024;
inline constexpr std::uint64_t kOwnShareBytes = 1024 * 1024;
inline constexpr std::uint64_t kAuthorGrowthBytes = kAuthorInDocumentBytes / 8 * 7;
inline constexpr std::size_t kDocumentTail = 16;      ///< changes after a checkpoint, at least
inline constexpr std::size_t kTailChangeCost = 1024;  ///< in bytes of a checkpoint
inline constexpr std::size_t kInlineCheckpointBytes = 512 * 1024;  ///< stored in the record itself
inline constexpr std::size_t kCheckpointChunkBytes = 1024 * 1024;
inline constexpr std::size_t kFoldedBytesPerBatch = 16 * 1024 * 1024;
inline constexpr std::size_t kProjectionSliceBytes = 4 * 1024 * 1024;  ///< per commit, inflated
inline constexpr std::size_t kRebuiltPerSlice = 256;                   ///< documents
/// Paths whose kinds a device tracks per collection; beyond them it reads each document.
inline constexpr std::size_t kPathsOfCollection = 1024;
inline constexpr std::size_t kWokenPerSlice = 1024;  ///< changes that waited for others

}  // namespace relais::limits
