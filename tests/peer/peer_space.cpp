#include "tests/peer/peer_space.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "access/certificate.h"

namespace relais::peer::test {

PeerSpace::PeerSpace(std::uint64_t seed) : space(seed) {
  medical = space.create(space.owner(), "", "medical");
  mesh_key = crypto::SymmetricKey::from(random.bytes(32));
  invitation = crypto::SymmetricKey::from(random.bytes(32));
}

Tablet PeerSpace::tablet_of(const Actor& actor) {
  Tablet made{&actor, std::make_unique<FakeDelegate>(space.founding.space, actor, random)};
  made->member_of = space.membership();
  made->shared = {medical};
  return made;
}

Tablet PeerSpace::tablet() { return tablet_of(space.add(space.owner(), access::Level::member)); }

Tablet PeerSpace::stranger() {
  const Actor& actor = space.stranger();
  return {&actor, std::make_unique<FakeDelegate>(space.founding.space, actor, random)};
}

Tablet PeerSpace::owners_tablet() {
  Tablet made = tablet_of(space.owner());
  for (const access::PlacedRecord& placed : space.records) {
    const bool roots = placed.author == space.root().author;
    made->write_record(roots ? space.root() : space.owner(), placed.record);
  }
  made->priorities[made->own_log(log::control_compartment(space.founding.space))] = 1;
  return made;
}

Bytes PeerSpace::admit(Tablet& owner, const Tablet& joiner) {
  const auto body = space.body(space.owner(), *joiner.actor, access::Level::member);
  const wire::record::MemberAdded added = space.added(space.owner(), body);
  space.write(space.owner(), added);
  owner->write_record(space.owner(), added);
  owner->member_of = space.membership();
  return added.certificate;
}

SyncConfig PeerSpace::sync_config(const Tablet& tablet) {
  return {space.founding.space, tablet.actor->keys.noise,
          access::certificate_chain(space.membership(), tablet.actor->id()).value(), mesh_key};
}

ServeConfig PeerSpace::serve_config(const Tablet& tablet) {
  return {space.founding.space,
          tablet.actor->keys.noise,
          access::certificate_chain(space.membership(), tablet.actor->id()).value(),
          space.founding.first_record,
          {mesh_key},
          {invitation},
          {},
          tablet.actor->keys.signing.secret_key};
}

JoinConfig PeerSpace::join_config(const Tablet& tablet) {
  return {space.founding.space, tablet.actor->keys, invitation};
}

PeerLink::PeerLink(PeerSpace& ward, Tablet& caller, Tablet& called)
    : PeerLink(Peer::sync(ward.sync_config(caller), *caller.host, ward.random, start()),
               Peer::serve(ward.serve_config(called), *called.host, ward.sessions, ward.random,
                           start())) {}

bool PeerLink::carry(Peer& from, Way& way, Peer& to) {
  for (Bytes more = from.poll_transmit(now); !more.empty(); more = from.poll_transmit(now)) {
    crossed += more.size();
    if (recording) wire += more;
    way.bytes.append(more);
    if (!slow_link) from.handle_written(more.size(), now);
  }
  largest_queue = std::max(largest_queue, way.left());
  if (way.left() == 0) return false;
  std::size_t size = std::min(portion, way.left());
  if (crossed - way.left() + size > cut_at_) size = 0;
  to.handle_bytes(BytesView(way.bytes).substr(way.given, size), now);
  if (slow_link) from.handle_written(size, now);
  way.given += size;
  if (way.left() == 0) way = {};
  return size > 0;
}

void PeerLink::pass_time() {
  std::optional<Instant> next;
  for (const Peer* peer : {&a_, &b_}) {
    const auto deadline = peer->deadline();
    if (deadline && (!next || *deadline < *next)) next = deadline;
  }
  if (!next) return;
  now.monotonic = std::max(now.monotonic, *next);
  a_.handle_timeout(now);
  b_.handle_timeout(now);
}

void PeerLink::run() {
  int idle = 0;
  while (!(a_.finished() && b_.finished() && to_a_.left() + to_b_.left() == 0)) {
    const bool moved = carry(a_, to_b_, b_) | carry(b_, to_a_, a_);
    now.monotonic += Duration(moved ? 1 : 0);
    if (moved) {
      idle = 0;
      continue;
    }
    if (a_.finished()) b_.handle_link_closed(now);
    if (b_.finished()) a_.handle_link_closed(now);
    if (crossed - to_a_.left() - to_b_.left() >= cut_at_ || idle > 0) {
      if (cut_at_ != ~std::uint64_t{0}) {
        a_.handle_link_closed(now);
        b_.handle_link_closed(now);
        return;
      }
    }
    pass_time();
    ASSERT_LT(++idle, 1000) << "the meeting doesn't end";
  }
}

void PeerLink::run_until_cut(std::uint64_t bytes) {
  cut_at_ = bytes;
  run();
}

Outcome meet(PeerSpace& ward, Tablet& caller, Tablet& called) {
  PeerLink meeting(ward, caller, called);
  meeting.recording = true;
  meeting.run();
  const auto a = meeting.a().result();
  const auto b = meeting.b().result();
  EXPECT_TRUE(a) << a.error().message();
  EXPECT_TRUE(b) << b.error().message();
  if (!a || !b) return {};
  return {*a, *b, std::move(meeting.wire)};
}

}  // namespace relais::peer::test
