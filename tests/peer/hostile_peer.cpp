#include "tests/peer/hostile_peer.h"

#include <gtest/gtest.h>

#include "access/certificate.h"
#include "log/short_seal.h"

namespace relais::peer::test {

HostilePeer::HostilePeer(PeerSpace& space, TestDevice& own, TestDevice& victim, bool attacker_calls,
                         std::uint32_t packer)
    : own_(own),
      calls_(attacker_calls),
      packer_(packer),
      chain_(access::certificate_chain(space.control.membership(), own.actor->id()).value()) {
  const SpaceId& space_id = space.control.founding.space;
  if (calls_) {
    session_ = session::Session::initiate(
        {space_id, session::Mode::sync, space.mesh_key, own.actor->keys.noise}, *this, space.random,
        now_);
    victim_ = Peer::serve(space.serve_config(victim), *victim.delegate, space.sessions,
                          space.random, now_);
  } else {
    session_ = session::Session::respond(
        {space_id,
         {{space.mesh_key, session::Mode::sync, encode_capabilities(packer)}},
         own.actor->keys.noise},
        *this, sessions_, space.random, now_);
    victim_ = Peer::sync(space.sync_config(victim), *victim.delegate, space.random, now_);
  }
  exchange();
  key_ = reconcile::session_key(session_->handshake_hash());
}

void HostilePeer::exchange() {
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
    received_.push_back(wire::decode_message(*bytes).value());
    if (auto* vectors = std::get_if<wire::message::Vectors>(&received_.back())) {
      their_vectors_ = *vectors;
    }
  }
}

void HostilePeer::send_bytes(Bytes bytes) {
  session_->send(std::move(bytes));
  exchange();
}

void HostilePeer::send_together(std::vector<wire::Message> messages) {
  for (wire::Message& message : messages) session_->send(wire::encode(std::move(message)));
  exchange();
}

void HostilePeer::end() {
  session_->finish();
  exchange();
}

void HostilePeer::wait(Duration time, Duration step) {
  const Instant until = now_.monotonic + time;
  while (now_.monotonic < until) {
    now_.monotonic = std::min(now_.monotonic + step, until);
    session_->handle_timeout(now_);
    victim_->handle_timeout(now_);
    exchange();
  }
}

std::vector<wire::Message> HostilePeer::take_messages() { return std::exchange(received_, {}); }

void HostilePeer::hello(bool same_control) {
  wire::message::Hello hello;
  hello.control = reconcile::root(*key_, delegate().control_inventory({}));
  if (!same_control) hello.control.data()[0] ^= 1;
  hello.data = reconcile::root(*key_, delegate().data_inventory(DeviceId()));
  send(hello);
}

void HostilePeer::vectors() {
  const auto inventory = delegate().data_inventory(DeviceId());
  const auto theirs = their_vectors_.value_or(wire::message::Vectors());
  differences_ = reconcile::compare(*key_, inventory, theirs).value();
  send(reconcile::state(*key_, inventory, false, differences_));
}

wire::message::Piece HostilePeer::piece(const log::LogId& log, std::uint64_t after,
                                        std::size_t max_bytes) {
  auto read = delegate().read(log, after, max_bytes).value();
  const std::uint64_t end = after + log::block_count(read->piece.entries);
  const auto seal = wire::decode_seal(read->seal).value();
  return {number_of(log), false, after + 1, log::encode_short(seal, end, true),
          std::move(read->piece.entries)};
}

std::uint32_t HostilePeer::number_of(const log::LogId& log) const {
  for (std::uint32_t number = 0; number < differences_.size(); ++number) {
    if (differences_[number].log == log) return number;
  }
  return 1000;
}

void HostilePeer::reach_transfer() {
  hello();
  vectors();
  take_messages();
}

void HostilePeer::expect_rejected(std::string_view message) {
  ASSERT_TRUE(victim_->finished());
  const auto result = victim_->result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::peer_misbehaved);
  EXPECT_EQ(result.error().message(), message);
  EXPECT_EQ(victim_->poll_transmit(now_), "");  // from outside, only the link closes
}

}  // namespace relais::peer::test
