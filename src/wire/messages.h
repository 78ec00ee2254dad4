#pragma once

#include <cstdint>
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

using Root = Id<struct RootTag, 16>;             ///< session-keyed
using CompartmentTag8 = Id<struct KeyedTag, 8>;  ///< session-keyed hash of a compartment id
/// First bytes of a head's hash: two prefixes at one seq are a fork. Long enough that no author
/// finds two of its own heads with the same prefix.
using HeadPrefix = Id<struct HeadPrefixTag, 16>;

namespace message {

/// The first message of each stage (control, then data), by both sides: the roots of what it holds.
struct Hello {
  std::uint32_t version = 1;
  Root control;
  Root data;
};
/// One log's last verified position. The author is given in full or by index in the common control
/// list.
struct LogEntry {
  std::uint32_t author_index = 0;  ///< from 1; 0: `author` is given in full
  AuthorId author;
  std::uint64_t seq = 0;
  HeadPrefix prefix;
};
/// A compartment's root, and its version vector if requested or short enough to send unasked.
struct Vector {
  CompartmentTag8 compartment;
  Root root;
  bool has_logs = false;
  std::vector<LogEntry> logs;
};
/// A page of vectors, of at most limits::kLogsPerPage logs. A compartment's logs may continue on
/// the next page.
struct Vectors {
  bool control = false;
  bool more = false;  ///< another page follows
  std::vector<Vector> vectors;
};
/// Sent before the pieces it covers.
struct Seal {
  Bytes seal;
};
/// Blocks of one log, up to one of the sealed heads sent before.
struct Piece {
  CompartmentId compartment;
  AuthorId author;
  std::uint64_t first_seq = 0;
  Bytes entries;  ///< docs/spec/log.md, "Piece"
};
/// The positions that the receiver has stored (this frees the window) and committed durably.
struct Ack {
  struct Stored {
    CompartmentId compartment;
    AuthorId author;
    std::uint64_t stored = 0;
    std::uint64_t durable = 0;
    bool refused = false;  ///< quarantined or forked: send no more of it in this session
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
/// Under an old mesh key: the responder proves its identity, only to a member and before all else.
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
