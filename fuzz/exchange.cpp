// A member with a modified program in a real session: any messages in any order, valid, damaged or
// invented. The other device stores only what the member's author wrote, keeps its own log, and
// ends silently. docs/spec/reconcile.md, "The exchange".
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "fuzz/support/mutate.h"
#include "fuzz/support/target.h"
#include "fuzz/support/two_members.h"
#include "log/short_seal.h"
#include "peer/authentication.h"
#include "session/session.h"

namespace relais::fuzz {
namespace {

using session::Session;
namespace message = wire::message;

class Liar : public session::Authenticator {
 public:
  /// `greeting`: as initiator it shows its chain, asks for a proof as well, or shows none.
  Liar(TwoMembers& members, bool calls, std::size_t greeting)
      : members_(members),
        greeting_(greeting),
        own_(calls ? members.caller_delegate : members.called_delegate),
        session_(calls ? initiate() : respond()),
        victim_(calls ? members.answer() : members.call()),
        log_(own_.own_log(members.medical)) {
    exchange();
    RELAIS_CHECK(session_.state() == Session::State::established);
    key_ = reconcile::session_key(session_.handshake_hash());
  }

  std::optional<Bytes> authenticate(const session::PeerHello& peer) override {
    if (peer.peer_role == session::Role::initiator) return Bytes();
    Bytes payload(1, greeting_ == 1 ? '\1' : '\0');
    payload.append(peer::encode_capabilities(log::current_packer()));
    return greeting_ == 2 ? payload : payload.append(members_.chain_of(members_.caller));
  }

  void step(Input& input) {
    const std::size_t what = input.below(10);
    if (what == 9) return pass_time(Duration(input.byte() * 1'000));
    if (what == 8 && input.below(4) == 3) session_.finish(), ended_ = true;
    Bytes bytes = what == 7 ? Bytes(input.sized()) : wire::encode(next_message(input, what));
    mutate(input, bytes);
    if (!ended_ && !bytes.empty() && bytes.size() <= limits::kMessageBytes) session_.send(bytes);
    exchange();
  }

  void leave() {
    victim_.handle_link_closed(members_.now);
    RELAIS_CHECK(victim_.finished());
    RELAIS_CHECK(victim_.poll_transmit(members_.now).empty() && !victim_.deadline());
    const auto result = victim_.result();
    if (!result) check_error(result.error());
  }

 private:
  Session initiate() {
    return Session::initiate({members_.control.founding.space, session::Mode::sync,
                              members_.mesh_key, members_.caller.keys.noise},
                             *this, members_.control.random, members_.now);
  }
  Session respond() {
    return Session::respond({members_.control.founding.space,
                             {{members_.mesh_key, session::Mode::sync,
                               peer::encode_capabilities(log::current_packer())}},
                             members_.called.keys.noise},
                            *this, sessions_, members_.control.random, members_.now);
  }

  wire::Message next_message(Input& input, std::size_t what) {
    switch (what) {
      case 0: return next_hello(input);
      case 1: return next_vectors(input);
      case 2: return next_seal(input);
      case 3: return next_piece(input);
      case 4: return next_ack(input);
      case 5: {
        const bool control = input.chance();
        // The inventory that both sides would hold at the end.
        auto held = own_.data_inventory({});
        if (input.chance()) held = other().data_inventory({});
        return message::Done{control, reconcile::root(*key_, held), input.byte()};
      }
      case 6: return message::Proof{Bytes(input.sized()), {}};
      default: return message::Welcome{Bytes(input.sized())};
    }
  }

  /// `how`: bit 0, vectors follow; bit 1, with the checkpoint that both remember, if they do.
  wire::Message next_hello(Input& input) {
    message::Hello hello;
    hello.control = control_root(input);
    hello.data = reconcile::root(*key_, own_.data_inventory({}));
    const std::uint8_t how = input.byte();
    hello.opens = (how & 1) != 0;
    if ((how & 2) != 0) hello.checkpoint = reconcile::tag(*key_, members_.nothing_held());
    return hello;
  }

  wire::Message next_vectors(Input& input) {
    const bool control = input.chance();
    const auto inventory = control ? own_.control_inventory({}) : own_.data_inventory({});
    const std::size_t what = input.below(6);
    message::Vectors vectors;
    if (what == 0) {
      vectors = reconcile::opening(*key_, inventory, control).value();
    } else if (what == 1) {
      if (const auto answer = reconcile::answer_summary(*key_, inventory, their_vectors_)) {
        vectors = *answer;
      }
    } else if (what == 2) {
      vectors = stated(inventory, control);
    } else if (what == 3) {
      vectors = reconcile::changes(*key_, inventory, {{log_, input.below(2)}}).value();
      numbered_ = {log_};
    } else {
      vectors.kind = static_cast<message::Vectors::Kind>(input.below(5));
      if (what == 5) vectors.vectors = their_vectors_.vectors;
    }
    vectors.control = control;
    vectors.early = input.chance();
    return vectors;
  }

  /// The differences from the other side's logs; they number the logs from now on.
  message::Vectors stated(const reconcile::Inventory& inventory, bool control) {
    const auto found = reconcile::compare(*key_, inventory, their_vectors_);
    if (!found) return {};
    numbered_.clear();
    for (const auto& difference : *found) numbered_.push_back(difference.log);
    return reconcile::state(*key_, inventory, control, *found);
  }

  wire::Root control_root(Input& input) {
    wire::Root root = reconcile::root(*key_, own_.control_inventory({}));
    root.data()[0] ^= input.below(4) == 3 ? 1 : 0;
    return root;
  }

  wire::Message next_seal(Input& input) {
    if (own_.seq(log_) == 0) return message::Seal{};
    const auto seals = own_.seals(log_, input.byte());
    Bytes seal = seals.empty() ? Bytes() : seals.front();
    if (!seal.empty() && input.chance()) seal = resigned(input, seal);
    return message::Seal{std::move(seal)};
  }

  /// Signed again by the author: with heads left out, moved far ahead, or of another history.
  Bytes resigned(Input& input, const Bytes& seal) {
    wire::SealHeader header = wire::decode_seal(seal)->header;
    std::erase_if(header.heads, [&](const auto&) { return input.below(4) == 3; });
    for (auto& head : header.heads) {
      if (input.below(8) == 7) head.hash.data()[0] ^= 1;
    }
    if (header.heads.empty() || input.chance()) {
      const std::uint64_t last = header.heads.empty() ? 0 : header.heads.back().seq;
      header.heads.push_back({last + 1 + input.byte(), {}});
    }
    const auto& key = author().keys.signing.secret_key;
    return wire::encode(log::sign_seal(members_.control.founding.space, key, std::move(header)));
  }

  /// The number of a log in the vectors that ended the comparison, or any.
  std::uint32_t number_of(Input& input, const log::LogId& log) const {
    if (input.below(8) == 7) return input.byte();
    const auto at = std::find(numbered_.begin(), numbered_.end(), log);
    return at == numbered_.end() ? 0 : static_cast<std::uint32_t>(at - numbered_.begin());
  }

  wire::Message next_piece(Input& input) {
    message::Piece piece;
    piece.log = number_of(input, log_);
    piece.early = input.chance();
    if (piece.early) piece.log = 0;  // in the changes that it sends
    piece.first_seq = 1 + std::uint64_t{input.byte()};
    piece.entries = "entries";
    if (own_.seq(log_) == 0) return piece;
    const std::uint64_t after = input.byte();
    auto read = own_.read(log_, after, input.u16()).value();
    const std::uint8_t lies = input.byte();
    if (!read) return piece;
    piece.first_seq = read->piece.first_seq;
    piece.entries = std::move(read->piece.entries);
    const std::uint64_t end = piece.first_seq + log::block_count(piece.entries) - 1;
    const Bytes seal = lies % 4 == 2 ? resigned(input, read->seal) : read->seal;
    const bool with_author = (piece.first_seq == 1) != (lies % 8 == 7);
    if (lies % 16 != 15) piece.seal = log::encode_short(*wire::decode_seal(seal), end, with_author);
    if (lies % 4 == 3) piece.entries.back() ^= 1;  // of the last block: the rest is valid
    if (input.below(4) == 3) join(piece, input.below(4) == 3);
    return piece;
  }

  /// The joint form of a piece, if it has one.
  void join(message::Piece& piece, bool damage) {
    auto joint = own_.join(log_, piece.first_seq - 1, piece.entries, log::current_packer());
    piece.joint = joint.has_value();
    if (joint) piece.entries = *std::move(joint);
    if (piece.joint && damage) piece.entries.back() ^= 1;
  }

  wire::Message next_ack(Input& input) {
    message::Ack ack;
    for (std::size_t i = input.below(3); i > 0; --i) {
      const log::LogId log = input.chance() ? other().own_log(members_.medical) : log_;
      const std::uint64_t stored = input.byte();
      const std::uint32_t number = number_of(input, log);
      const std::uint64_t durable = input.below(2) == 0 ? stored : 0;
      const std::size_t answer = input.below(8);
      ack.logs.push_back({number, stored, durable, answer == 7, answer == 6});
    }
    return ack;
  }

  const access::test::Actor& author() const {
    return &own_ == &members_.caller_delegate ? members_.caller : members_.called;
  }
  FakeDelegate& other() {
    return &own_ == &members_.caller_delegate ? members_.called_delegate : members_.caller_delegate;
  }

  void pass_time(Duration time) {
    members_.now.monotonic += time;
    session_.handle_timeout(members_.now);
    const auto deadline = victim_.deadline();
    if (deadline && *deadline <= members_.now.monotonic) victim_.handle_timeout(members_.now);
    exchange();
  }

  void exchange() {
    for (bool moved = true; moved;) {
      moved = false;
      Bytes bytes;
      while (session_.poll_transmit(members_.now, bytes)) {
        victim_.handle_bytes(bytes, members_.now);
        moved = true;
      }
      while (!(bytes = victim_.poll_transmit(members_.now)).empty()) {
        victim_.handle_written(bytes.size(), members_.now);
        session_.handle_bytes(members_.now, bytes);
        moved = true;
      }
    }
    while (auto bytes = session_.poll_message()) {
      auto decoded = wire::decode_message(*bytes);
      RELAIS_CHECK(decoded.has_value());  // it sends only valid messages
      if (const auto* vectors = std::get_if<message::Vectors>(&*decoded)) hear(*vectors);
    }
  }

  void hear(const message::Vectors& vectors) {
    their_vectors_ = vectors;
    if (vectors.kind != message::Vectors::Kind::differences || vectors.control) return;
    numbered_.clear();
    const auto found = reconcile::read(*key_, own_.data_inventory({}), vectors);
    RELAIS_CHECK(found.has_value());
    for (const auto& difference : *found) numbered_.push_back(difference.log);
  }

  TwoMembers& members_;
  std::size_t greeting_;
  FakeDelegate& own_;
  session::SessionLimiter sessions_;
  Session session_;
  Peer victim_;
  log::LogId log_;
  std::optional<reconcile::SessionKey> key_;
  message::Vectors their_vectors_;
  std::vector<log::LogId> numbered_;  ///< as the last comparison of data numbers them
  bool ended_ = false;
};

}  // namespace

void run(Input& input) {
  TwoMembers members;
  const bool calls = input.chance();
  const std::size_t greeting = input.below(3);
  if (input.chance()) members.remember_nothing();
  members.write(input, members.caller_delegate);
  members.write(input, members.called_delegate);
  FakeDelegate& own = calls ? members.caller_delegate : members.called_delegate;
  FakeDelegate& victim = calls ? members.called_delegate : members.caller_delegate;
  const log::LogId kept = victim.own_log(members.medical);
  const auto before = victim.seq(kept) > 0 ? victim.blocks(kept) : std::vector<Bytes>();

  Liar attacker(members, calls, greeting);
  for (int steps = 0; steps < 128 && !input.empty(); ++steps) attacker.step(input);
  attacker.leave();
  RELAIS_CHECK(is_prefix(victim, own, own.own_log(members.medical)));
  RELAIS_CHECK(before == (victim.seq(kept) > 0 ? victim.blocks(kept) : std::vector<Bytes>()));
  const auto everything = victim.everything();
  for (const auto& [compartment, heads] : everything) {
    RELAIS_CHECK(compartment == members.medical && heads.size() <= 2);
  }
}

}  // namespace relais::fuzz
