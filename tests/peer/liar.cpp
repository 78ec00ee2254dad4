#include "tests/peer/liar.h"

#include <gtest/gtest.h>

#include "access/certificate.h"

namespace relais::peer::test {

Liar::Liar(PeerSpace& ward, Tablet& own, Tablet& victim, bool liar_calls)
    : ward_(ward),
      own_(own),
      calls_(liar_calls),
      chain_(access::certificate_chain(ward.space.membership(), own.actor->id()).value()) {
  const SpaceId& space = ward.space.founding.space;
  if (calls_) {
    session_ = session::Session::initiate(
        {space, session::Mode::sync, ward.mesh_key, own.actor->keys.noise}, *this, ward.random,
        now_);
    victim_ =
        Peer::serve(ward.serve_config(victim), *victim.host, ward.sessions, ward.random, now_);
  } else {
    session_ = session::Session::respond(
        {space, {{ward.mesh_key, session::Mode::sync, chain_}}, own.actor->keys.noise}, *this,
        sessions_, ward.random, now_);
    victim_ = Peer::sync(ward.sync_config(victim), *victim.host, ward.random, now_);
  }
  exchange();
  key_ = reconcile::session_key(session_->handshake_hash());
}

void Liar::exchange() {
  for (bool moved = true; moved;) {
    moved = false;
    Bytes bytes;
    while (session_->poll_transmit(now_, bytes)) {
      victim_->handle_bytes(bytes, now_);
      moved = true;
    }
    while (!(bytes = victim_->poll_transmit(now_)).empty()) {
      victim_->handle_written(bytes.size(), now_);
      session_->handle_bytes(now_, bytes);
      moved = true;
    }
  }
  while (auto bytes = session_->poll_message()) {
    heard_.push_back(wire::decode_message(*bytes).value());
    if (auto* vectors = std::get_if<wire::message::Vectors>(&heard_.back())) {
      their_vectors_ = *vectors;
    }
  }
}

void Liar::say_bytes(Bytes bytes) {
  session_->send(std::move(bytes));
  exchange();
}

void Liar::end() {
  session_->finish();
  exchange();
}

void Liar::wait(Duration time, Duration step) {
  const Instant until = now_.monotonic + time;
  while (now_.monotonic < until) {
    now_.monotonic = std::min(now_.monotonic + step, until);
    session_->handle_timeout(now_);
    victim_->handle_timeout(now_);
    exchange();
  }
}

std::vector<wire::Message> Liar::hear() { return std::exchange(heard_, {}); }

void Liar::hello(bool same_control) {
  wire::message::Hello hello;
  hello.control = reconcile::root(*key_, host().control_inventory({}));
  if (!same_control) hello.control.data()[0] ^= 1;
  hello.data = reconcile::root(*key_, host().data_inventory(DeviceId()));
  say(hello);
}

void Liar::vectors() {
  const auto inventory = host().data_inventory(DeviceId());
  const auto* theirs = their_vectors_ ? &*their_vectors_ : nullptr;
  say(reconcile::vectors(*key_, inventory, false, {}, theirs).value());
}

void Liar::reach_moving() {
  hello();
  vectors();
  hear();
}

void Liar::expect_caught(std::string_view message) {
  ASSERT_TRUE(victim_->finished());
  const auto result = victim_->result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(result.error().message(), message);
  EXPECT_EQ(victim_->poll_transmit(now_), "");  // from outside, only the link closes
}

}  // namespace relais::peer::test
