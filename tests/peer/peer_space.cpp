#include "tests/peer/peer_space.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "access/certificate.h"

namespace relais::peer::test {

PeerSpace::PeerSpace(std::uint64_t seed) : control(seed) {
  medical = control.create(control.owner(), "", "medical");
  mesh_key = crypto::SymmetricKey::from(random.bytes(32));
  invitation = crypto::SymmetricKey::from(random.bytes(32));
}

TestDevice PeerSpace::device_of(const Actor& actor) {
  TestDevice made{&actor, std::make_unique<FakeDelegate>(control.founding.space, actor, random)};
  made->member_of = control.membership();
  made->shared = {medical};
  return made;
}

TestDevice PeerSpace::add_member() {
  return device_of(control.add(control.owner(), access::Level::member));
}

TestDevice PeerSpace::stranger() {
  const Actor& actor = control.stranger();
  return {&actor, std::make_unique<FakeDelegate>(control.founding.space, actor, random)};
}

TestDevice PeerSpace::owner_device() {
  TestDevice made = device_of(control.owner());
  for (const access::LocatedRecord& placed : control.records) {
    const bool roots = placed.author == control.root().author;
    made->write_record(roots ? control.root() : control.owner(), placed.record);
  }
  made->priorities[made->own_log(log::control_compartment(control.founding.space))] = 1;
  return made;
}

Bytes PeerSpace::admit(TestDevice& owner, const TestDevice& joiner) {
  const auto body = control.body(control.owner(), *joiner.actor, access::Level::member);
  const wire::record::MemberAdded added = control.added(control.owner(), body);
  control.write(control.owner(), added);
  owner->write_record(control.owner(), added);
  owner->member_of = control.membership();
  return added.certificate;
}

void PeerSpace::add_authors(std::size_t count, const std::vector<TestDevice*>& devices) {
  for (std::size_t i = 0; i < count; ++i) {
    FakeDelegate writer(control.founding.space, control.stranger(), random);
    writer.write(medical, 1, 60);
    for (TestDevice* device : devices) (*device)->adopt(writer);
  }
}

SyncConfig PeerSpace::sync_config(const TestDevice& device) {
  return {control.founding.space, device.actor->keys.noise,
          access::certificate_chain(control.membership(), device.actor->id()).value(), mesh_key};
}

ServeConfig PeerSpace::serve_config(const TestDevice& device) {
  return {control.founding.space,
          device.actor->keys.noise,
          access::certificate_chain(control.membership(), device.actor->id()).value(),
          control.founding.first_record,
          {mesh_key},
          {invitation},
          {},
          device.actor->keys.signing.secret_key};
}

JoinConfig PeerSpace::join_config(const TestDevice& device) {
  return {control.founding.space, device.actor->keys, invitation};
}

PeerLink::PeerLink(PeerSpace& space, TestDevice& caller, TestDevice& called)
    : PeerLink(Peer::sync(space.sync_config(caller), *caller.delegate, space.random, start()),
               Peer::serve(space.serve_config(called), *called.delegate, space.sessions,
                           space.random, start())) {}

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
    const bool there = carry(a_, to_b_, b_);
    const bool back = carry(b_, to_a_, a_);
    const bool moved = there || back;
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
    ASSERT_LT(++idle, 1000) << "the sync does not end";
  }
}

void PeerLink::run_until_cut(std::uint64_t bytes) {
  cut_at_ = bytes;
  run();
}

void acquaint(const PeerSpace& space, const std::vector<TestDevice*>& devices) {
  for (TestDevice* device : devices) (*device)->member_of = space.control.membership();
}

Outcome sync(PeerSpace& space, TestDevice& caller, TestDevice& called) {
  PeerLink link(space, caller, called);
  link.recording = true;
  link.run();
  const auto a = link.a().result();
  const auto b = link.b().result();
  EXPECT_TRUE(a) << a.error().message();
  EXPECT_TRUE(b) << b.error().message();
  if (!a || !b) return {};
  return {*a, *b, std::move(link.wire)};
}

}  // namespace relais::peer::test
