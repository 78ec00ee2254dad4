// An established session, with a modified member at the other end that knows all keys: frames with
// any plaintext, damaged, none, in any portions; time passes, the link closes.
// docs/spec/session.md, "Frames".
#include "base/check.h"
#include "base/coding.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/session_by_hand.h"
#include "fuzz/support/stream_model.h"
#include "fuzz/support/target.h"
#include "session/frame_reader.h"

namespace relais::fuzz {
namespace {

using State = Session::State;

class Conversation {
 public:
  Conversation(Input& input, session::Role role)
      : input_(input),
        noise_(by_hand(
            role == session::Role::initiator ? session::Role::responder : session::Role::initiator,
            0)),
        session_(
            role == session::Role::initiator
                ? Session::initiate(initiator_config(0), authenticator_, random_, now_)
                : Session::respond(responder_config(), authenticator_, sessions_, random_, now_)) {
    shake_hands(role);
  }

  void run() {
    while (!input_.empty() && !session_.done()) {
      step();
      receive();
      if (broken_) check_dead(session_, now_);
    }
    for (auto message = session_.poll_message(); message; message = session_.poll_message()) {
      received_.push_back(std::move(*message));
    }
    RELAIS_CHECK(received_ == model_.messages);
    if (session_.error()) check_error(*session_.error());
  }

 private:
  void shake_hands(session::Role role) {
    Bytes message, plain;
    if (role == session::Role::initiator) {
      RELAIS_CHECK(noise_.read(written_by(session_, now_).substr(2), plain));
      RELAIS_CHECK(noise_.write(random_, inner("b", 1, 0), message));
      give(session_, now_, with_length(message), message.size() + 2);
      RELAIS_CHECK(noise_.read(written_by(session_, now_).substr(2), plain));
    } else {
      RELAIS_CHECK(noise_.write(random_, {}, message));
      give(session_, now_, with_length(message), message.size() + 2);
      RELAIS_CHECK(noise_.read(written_by(session_, now_).substr(2), plain));
      message.clear();
      RELAIS_CHECK(noise_.write(random_, inner("a", 1, 0), message));
      give(session_, now_, with_length(message), message.size() + 2);
    }
    RELAIS_CHECK(session_.state() == State::established);
    keys_ = noise_.split();
    reader_.start(keys_.receive);
  }

  void step() {
    switch (input_.below(8)) {
      case 0: return send_message();
      case 1: {
        const BytesView content = input_.sized();
        return send_frame(inner(content, 1, input_.byte()));
      }
      case 2: return send_frame(inner({}, 3, 0));
      case 3: return send_frame(inner({}, 2, 0));
      case 4: return send_frame(Bytes(input_.sized()));
      case 5:
        if (finished_) return;
        for (std::size_t i = input_.below(4); i > 0; --i) send(Bytes(1 + input_.u16(), 'm'));
        return;
      case 6:
        if (input_.below(4) != 3) return;
        finished_ = true;
        return session_.finish();
      default: return pass_time();
    }
  }

  void send(Bytes message) {
    if (!session_.error()) sent_.push_back(message);
    session_.send(std::move(message));
  }

  void send_message() {
    Bytes content;
    put_sized(content, input_.sized());
    send_frame(inner(content, 1, input_.byte()));
  }

  /// Sends one frame with this plaintext, perhaps damaged.
  void send_frame(const Bytes& plain) {
    if (plain.size() + crypto::kTagBytes > limits::kFrameBytes) return;
    Bytes frame;
    RELAIS_CHECK(keys_.send.encrypt(frame, {}, plain));
    const bool damaged = mutate(input_, frame);
    if (frame.size() > limits::kFrameBytes) return;
    const bool established = session_.state() == State::established;
    give(session_, now_, with_length(frame), 1 + input_.u16());
    if (!established) return;
    broken_ = damaged || !model_.take(plain);
    if (plain == inner({}, 3, 0)) keys_.send.rekey();
    RELAIS_CHECK(broken_ || session_.state() == (model_.ended ? State::ended : State::established));
  }

  void pass_time() {
    const auto deadline = session_.deadline();
    now_.monotonic += Duration(input_.byte() * 1'000);
    if (deadline && *deadline <= now_.monotonic) session_.handle_timeout(now_);
    if (input_.below(16) == 15) session_.handle_closed(now_);
  }

  /// The session sends the messages it was given, in order.
  void receive() {
    Bytes wire = written_by(session_, now_);
    std::deque<Bytes> received;
    for (BytesView rest = wire; !rest.empty();) {
      Reader in(rest);
      const std::size_t high = in.byte();
      const std::size_t size = high << 8 | in.byte();
      RELAIS_CHECK(in.ok() && !reader_.ended() && reader_.read(in.take(size), received));
      rest = in.rest();
    }
    for (const Bytes& message : received) {
      RELAIS_CHECK(!sent_.empty() && message == sent_.front());
      sent_.pop_front();
    }
    RELAIS_CHECK(!reader_.ended() || (finished_ && sent_.empty()));
  }

  Input& input_;
  SeededRandom random_{1};
  TestAuthenticator authenticator_;
  session::SessionLimiter sessions_;
  Now now_ = start_of_time();
  session::noise::HandshakeState noise_;
  Session session_;
  session::noise::HandshakeState::Transport keys_;
  session::FrameReader reader_;
  StreamModel model_;
  std::deque<Bytes> received_, sent_;
  bool finished_ = false;
  bool broken_ = false;
};

}  // namespace
void run(Input& input) {
  const auto role = input.chance() ? session::Role::initiator : session::Role::responder;
  Conversation(input, role).run();
}

}  // namespace relais::fuzz
