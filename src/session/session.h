#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.h"
#include "relais/error.h"
#include "session/config.h"
#include "session/deframer.h"
#include "session/frame_reader.h"
#include "session/frame_writer.h"
#include "session/handshake.h"
#include "session/session_limiter.h"

namespace relais::session {

/// An authenticated, encrypted session with one peer, over any link that carries bytes in order.
/// Sans-I/O: bytes and times go in, bytes and deadlines come out. The formats are in
/// docs/spec/session.md.
///
/// How to drive it. Events of the link go to one of
///
///   handle_bytes    bytes arrived, in any portions
///   handle_closed   the link was closed or broke
///   handle_timeout  `deadline()` has come
///
/// and the owner's requests to one of the commands
///
///   send            queues a message, at any time before `finish`; also before the session is
///                   established
///   finish          says that nothing more will be sent
///
/// After any of those, and after construction, ask in this order:
///
///   poll_message    until it returns nothing
///   poll_transmit   until it returns false, but only as fast as the link takes the bytes
///   done            then close the link; not before what poll_transmit returned is written
///   deadline        when to call handle_timeout
///
/// The getters may be called at any time. How a session ends: both sides call `finish`; each reads
/// the other's END and is `ended`. A side that has read END calls `finish` soon. A link that closes
/// before END leaves the session `cut`: what was received may be incomplete; if only our own part
/// had not been written, the session stays `ended` and has an `error()`. A handshake that fails, or
/// a frame that is not authentic or breaks a rule, makes it `failed`. With an `error()` no byte is
/// sent any more, keys are wiped, and messages received whole can still be polled. To an outsider
/// all failures look the same: the link closes. Only a peer that holds the key is told that this
/// device is busy or that an invitation is no longer valid; its `error()` is then `busy` or
/// `invitation_refused`. To abort, destroy the session and close the link.
///
/// Owns: its keys and buffers: before authentication at most one handshake message of the peer,
/// afterwards one frame and one message beside those not yet polled. Threads: one at a time.
class Session {
 public:
  enum class State : std::uint8_t { handshaking, established, ended, cut, failed };

  /// Bytes on the wire, length fields included. `bytes_sent` and `bytes_received` count the
  /// handshake too.
  struct Counters {
    std::uint64_t handshake_bytes = 0;  ///< both ways
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
  };

  /// The references must outlive the session.
  static Session initiate(const InitiatorConfig& config, Authenticator& authenticator,
                          Random& random, Now now);
  /// `sessions` decides whether and when message 1 is answered.
  static Session respond(ResponderConfig config, Authenticator& authenticator,
                         SessionLimiter& sessions, Random& random, Now now);

  Session(Session&&) = default;
  Session& operator=(Session&&) = default;

  void handle_bytes(Now now, BytesView bytes);
  void handle_closed(Now now);
  void handle_timeout(Now now);

  /// 1 to limits::kMessageBytes, not after `finish`: checked. Dropped if the session has an error.
  void send(Bytes message);
  void finish();

  std::optional<Bytes> poll_message();
  /// Replaces `out` with bytes to write, about kBatchBytes at most. False: there are none. A
  /// session that failed in the handshake may still have an answer to send.
  bool poll_transmit(Now now, Bytes& out);
  std::optional<Instant> deadline() const;
  /// Nothing more will be sent or is expected.
  bool done() const;
  /// It failed, and the answer (busy or refused) still has to be written.
  bool has_final_answer() const { return state_ == State::failed && !handshake_out_.empty(); }

  State state() const { return state_; }
  /// Why the session was cut, failed, or could not finish; shown to the user, never sent to the
  /// peer.
  const std::optional<Error>& error() const { return error_; }
  const Counters& counters() const { return counters_; }
  /// Bytes of messages that poll_transmit has not returned yet: a sender waits while there are
  /// many.
  std::size_t queued_bytes() const { return writer_.queued_bytes(); }

  Role role() const { return role_; }
  /// The handshake succeeded, whatever came afterwards.
  bool was_established() const { return was_established_; }
  /// Valid from `established` on.
  Mode mode() const { return mode_; }
  std::size_t candidate() const { return candidate_; }
  const crypto::DhPublicKey& peer_static() const { return peer_static_; }
  /// Noise's handshake hash: the same on both sides, unique to this session.
  const crypto::Hash& handshake_hash() const { return handshake_hash_; }

  static constexpr std::size_t kBatchBytes = 256 * 1024;

 private:
  Session(Handshake handshake, Now now);

  void handle_portion(Now now, BytesView bytes);
  bool take_unit(Now now, BytesView unit);
  bool take_handshake(Now now, BytesView message);
  bool continue_handshake(Now now);
  void fail_with_answer(void (Handshake::*write)(Bytes&) const, Error error);
  void handle_answer(Handshake::Answer answer);
  bool take_frame(BytesView frame);
  void establish(Now now);
  Instant idle_deadline() const;
  void handshake_failed();
  void handshake_timed_out();
  bool end_if_rejected(Now now);
  void end_lost(Error error);
  void end_with(State state, Error error);

  Role role_;
  State state_ = State::handshaking;
  std::optional<Handshake> handshake_;
  SessionLimiter* sessions_ = nullptr;  // responder only
  Bytes machine_;
  std::optional<SessionLimiter::Slot> slot_;  // from message 1 on
  Instant next_check_{};                      // when to ask `slot_` again
  Bytes handshake_out_;
  Deframer deframer_;
  FrameReader reader_;
  FrameWriter writer_;
  std::deque<Bytes> messages_;
  std::optional<Error> error_;
  Counters counters_;

  bool was_established_ = false;
  bool peer_confirmed_ = false;  // the peer has finished the handshake too
  Instant started_{};            // of the handshake
  Instant last_received_{};      // bytes of the peer; once it has ended, our own last progress
  Instant last_sent_{};

  Mode mode_ = Mode::sync;
  std::size_t candidate_ = 0;
  crypto::DhPublicKey peer_static_{};
  crypto::Hash handshake_hash_{};
};

}  // namespace relais::session
