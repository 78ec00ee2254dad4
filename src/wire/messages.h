#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "relais/ids.h"
#include "relais/result.h"

/// The messages of a session. docs/spec/reconcile.md, "Messages". At most limits::kMessageBytes
/// each.
namespace relais::wire {

using Root = Id<struct RootTag, 8>;                    ///< session-keyed
using CompartmentTag8 = Id<struct KeyedTag, 8>;        ///< session-keyed hash of a compartment id
using CheckpointTag = Id<struct CheckpointTagTag, 8>;  ///< session-keyed hash of a checkpoint
/// Session-keyed hash of a head's hash: two tags at one seq are a fork.
using HeadTag = Id<struct HeadTagTag, 8>;

namespace message {

/// The first message of each stage (control, then data), by both sides: the roots of what it holds.
struct Hello {
  std::uint32_t version = 1;
  Root control;
  Root data;
  /// What the sender remembers that both held at the end of an earlier session.
  std::optional<CheckpointTag> checkpoint;
  bool opens = false;  ///< initiator: its Vectors of the stage of data follow at once
};
/// One log's last verified position.
struct LogEntry {
  AuthorId author;
  std::uint64_t seq = 0;  ///< 0: none held
  HeadTag head;           ///< zero if seq is 0
};
/// What Vectors say of a compartment.
struct Vector {
  CompartmentTag8 compartment;
  /// The ids of its authors are divided into 2^depth ranges, by their first bits.
  std::uint8_t depth = 0;
  std::vector<Root> roots;            ///< Kind::summary: of each range
  std::vector<std::uint16_t> ranges;  ///< Kind::logs with depth > 0: whose logs follow; rising
  std::vector<LogEntry> logs;         ///< not Kind::summary; by rising author
};
/// A page of vectors, of at most limits::kLogsPerPage logs. A compartment's logs may continue on
/// the next page.
struct Vectors {
  enum class Kind : std::uint8_t {
    logs,         ///< all logs of the compartments, or of the ranges, that are named
    summary,      ///< the roots of the ranges of every compartment
    differences,  ///< the logs that the two hold differently, as the sender holds them
    changes,      ///< the logs that changed at the sender since the checkpoint
    agreed,       ///< in answer to `changes`: nothing else has changed since the checkpoint
  };
  Kind kind = Kind::logs;
  bool control = false;
  bool more = false;   ///< another page follows
  bool early = false;  ///< sent with Hello; of no effect if the responder opens the stage itself
  std::vector<Vector> vectors;
};
/// Evidence of a fork.
struct Seal {
  Bytes seal;
};
/// Blocks of one log, up to a signed head.
struct Piece {
  std::uint32_t log = 0;  ///< its index in the vectors that end the comparison; or, if early, in
                          ///< the sender's changes
  bool early = false;     ///< sent with Hello
  std::uint64_t first_seq = 0;
  Bytes seal;          ///< log::ShortSeal; empty if an earlier piece's seal signs the end
  Bytes entries;       ///< docs/spec/log.md, "Piece"; or "Joint piece"
  bool joint = false;  ///< the receiver restores the entries, or asks for them
};
/// The positions that the receiver has stored (this frees the window) and committed durably.
struct Ack {
  struct Stored {
    std::uint32_t log = 0;  ///< index, as in Piece
    std::uint64_t stored = 0;
    std::uint64_t durable = 0;
    bool refused = false;   ///< quarantined or forked: send no more of it in this session
    bool verbatim = false;  ///< send all after `stored` again, as it is: it can't be restored
  };
  std::vector<Stored> logs;
};
/// The sender has sent all its data of this stage, and has committed all that it expected.
struct Done {
  bool control = false;
  Root root;                   ///< of the data both hold now, without the logs left out
  std::uint32_t left_out = 0;  ///< number of logs: forked, or refused by either side
};
/// The inviter's answer to a join request, which the handshake carries. Sent before control.
struct Welcome {
  Bytes certificate;
};
/// The responder proves its identity before all else, if the initiator asks for it, or under an old
/// mesh key.
struct Proof {
  Bytes chain;
  crypto::Signature signature;  ///< by the responder's device, over the handshake hash
};
/// A message of a newer version that may be ignored. Only decoded, never encoded.
struct Skipped {};

}  // namespace message

using Message =
    std::variant<message::Hello, message::Vectors, message::Seal, message::Piece, message::Ack,
                 message::Done, message::Welcome, message::Proof, message::Skipped>;
/// Never fails. Move the message in, so that its blocks are copied once.
Bytes encode(Message message);
/// Fails: corrupt; limit_exceeded; unsupported_version for an unknown kind below kFirstSkippable.
Result<Message> decode_message(BytesView bytes);
inline constexpr std::uint32_t kFirstSkippable = 64;

}  // namespace relais::wire
