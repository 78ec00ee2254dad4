// Two sessions, with a network driven by the fuzzer: it carries bytes in portions, drops, repeats,
// swaps, changes, delays and cuts. What is received is what was sent, in order, and nothing else;
// without tampering everything is received. docs/spec/session.md.
#include <deque>

#include "base/check.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/session_by_hand.h"
#include "fuzz/support/target.h"

namespace relais::fuzz {
namespace {

using State = Session::State;

struct End {
  Session session;
  Bytes on_its_way{};        ///< written, not yet delivered
  std::deque<Bytes> sent{};  ///< messages not yet received by the other end
  bool finished = false;
};

class Network {
 public:
  explicit Network(Input& input)
      : input_(input),
        a_{Session::initiate(initiator_config(0), a_authenticator_, random_, now_)},
        b_{Session::respond(responder_config(), b_authenticator_, sessions_, random_, now_)} {
    a_authenticator_.answer = "certificates of a";
  }

  void run() {
    while (!input_.empty()) step(input_.below(2) == 0 ? a_ : b_);
    if (!touched_) settle();
    if (a_.session.state() == State::established && b_.session.state() == State::established) {
      RELAIS_CHECK(a_.session.handshake_hash() == b_.session.handshake_hash());
    }
    if (a_authenticator_.calls > 0) RELAIS_CHECK(a_authenticator_.received == "certificates");
    if (b_authenticator_.calls > 0) RELAIS_CHECK(b_authenticator_.received == "certificates of a");
  }

 private:
  End& other(End& end) { return &end == &a_ ? b_ : a_; }

  void step(End& end) {
    const std::size_t what = input_.below(12);
    if (what < 3) {
      send_message(end);
    } else if (what < 7) {
      carry(end, input_.u16());
    } else if (what == 7) {
      tamper(end.on_its_way);
    } else if (what == 8) {
      pass_time();
    } else if (what == 9 && input_.below(4) == 3) {
      end.finished = true;
      end.session.finish();
    } else if (what == 10 && input_.below(8) == 7) {
      touched_ = true;
      end.session.handle_closed(now_);
    }
    write(a_);
    write(b_);
  }

  void send_message(End& end) {
    const Bytes message = input_.chance() ? Bytes(input_.sized()) : Bytes(input_.u16(), 'x');
    if (message.empty() || end.finished) return;
    if (!end.session.error()) end.sent.push_back(message);
    end.session.send(message);
  }

  void write(End& end) { end.on_its_way += written_by(end.session, now_); }

  void carry(End& from, std::size_t size) {
    End& to = other(from);
    const Bytes portion = from.on_its_way.substr(0, size);
    from.on_its_way.erase(0, size);
    to.session.handle_bytes(now_, portion);
    while (auto message = to.session.poll_message()) {
      RELAIS_CHECK(!from.sent.empty() && *message == from.sent.front());
      from.sent.pop_front();
    }
    // An ended session has received everything.
    if (to.session.state() == State::ended) RELAIS_CHECK(from.finished && from.sent.empty());
  }

  void tamper(Bytes& bytes) {
    const Bytes before = bytes;
    const std::size_t at = input_.u16() % (bytes.size() + 1);
    const std::size_t size = std::min<std::size_t>(input_.u16(), bytes.size() - at);
    switch (input_.below(5)) {
      case 0: bytes.erase(at, size); break;
      case 1: bytes.insert(at, bytes.substr(at, size)); break;
      case 2: bytes = bytes.substr(0, at) + bytes.substr(at + size) + bytes.substr(at, size); break;
      case 3: bytes.insert(at, other_way(bytes)); break;  // bytes of the other end
      default:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << input_.below(8)));
    }
    touched_ = touched_ || bytes != before;
  }

  const Bytes& other_way(const Bytes& bytes) const {
    return &bytes == &a_.on_its_way ? b_.on_its_way : a_.on_its_way;
  }

  void pass_time() {
    now_.monotonic += Duration(input_.byte() * 100);
    for (End* end : {&a_, &b_}) {
      const auto deadline = end->session.deadline();
      if (deadline && *deadline <= now_.monotonic) end->session.handle_timeout(now_);
      touched_ = touched_ || end->session.error();  // a timeout counts as a cut
    }
  }

  /// A good network: everything sent is received, and both end.
  void settle() {
    for (End* end : {&a_, &b_}) {
      if (!end->finished) end->session.finish();
      end->finished = true;
    }
    for (bool moved = true; moved;) {
      moved = false;
      for (End* end : {&a_, &b_}) {
        write(*end);
        moved = moved || !end->on_its_way.empty();
        carry(*end, end->on_its_way.size());
      }
    }
    for (End* end : {&a_, &b_}) {
      RELAIS_CHECK(end->session.state() == State::ended && end->session.done());
      RELAIS_CHECK(!end->session.error() && end->sent.empty());
    }
  }

  Input& input_;
  SeededRandom random_{1};
  TestAuthenticator a_authenticator_, b_authenticator_;
  session::SessionLimiter sessions_;
  Now now_ = start_of_time();
  End a_, b_;
  bool touched_ = false;
};

}  // namespace
void run(Input& input) { Network(input).run(); }

}  // namespace relais::fuzz
