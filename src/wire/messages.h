#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "crypto/crypto.h"
#include "relais/ids.h"
#include "relais/result.h"

/// What two peers say inside a session. docs/spec/reconcile.md, "Messages". At most
/// limits::kMessageBytes each.
namespace relais::wire {

using Root = Id<struct RootTag, 16>;             ///< session-keyed
using CompartmentTag8 = Id<struct KeyedTag, 8>;  ///< session-keyed hash of a compartment id

namespace message {

/// Opens each stage (control, then data), by both sides: "this is what I hold".
struct Hello {
  std::uint32_t version = 1;
  Root control;
  Root data;
};
/// One log's last verified position, its author in full or by index in the common control list.
struct LogEntry {
  std::uint32_t author_index = 0;  ///< 1-based; 0: `author` stands in full
  AuthorId author;
  std::uint64_t seq = 0;
  std::uint64_t hash_prefix =
      0;  ///< first 8 bytes of the head's hash: equal seq, other hash = fork
};
/// A compartment's root, and its version vector where asked for or short enough to send at once.
struct Vector {
  CompartmentTag8 compartment;
  Root root;
  bool has_logs = false;
  std::vector<LogEntry> logs;
};
struct Vectors {
  bool control = false;
  std::vector<Vector> vectors;
};
/// A seal goes before the pieces it covers.
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
/// What the receiver has stored (frees the window), and what of it is durable.
struct Ack {
  struct Stored {
    CompartmentId compartment;
    AuthorId author;
    std::uint64_t stored = 0;
    std::uint64_t durable = 0;
    bool refused = false;  ///< kept apart, or forked: send no more of it in this session
  };
  std::vector<Stored> logs;
};
/// The sender has sent all it had to in this stage, and holds durably all that it expected.
struct Done {
  bool control = false;
  Root root;                   ///< of what both hold now, without the logs left out
  std::uint32_t left_out = 0;  ///< how many: forked ones, and those that either side refused
};
/// Joining: the joiner's request rides in the handshake; this is the inviter's answer, before
/// control.
struct Welcome {
  Bytes certificate;
};
/// Under an old mesh key: who was called shows who it is, to a member alone and before all else.
struct Proof {
  Bytes chain;
  crypto::Signature signature;  ///< its device's, over the handshake hash
};

}  // namespace message

using Message = std::variant<message::Hello, message::Vectors, message::Seal, message::Piece,
                             message::Ack, message::Done, message::Welcome, message::Proof>;
/// Never fails. By value: move a message in, and its blocks are copied once.
Bytes encode(Message message);
/// Fails: corrupt; limit_exceeded; unsupported_version for a message of a kind that this version
/// doesn't know.
Result<Message> decode_message(BytesView bytes);

}  // namespace relais::wire
