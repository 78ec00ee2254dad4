#include "support/test_space.h"

#include <gtest/gtest.h>

#include "access/invitation.h"
#include "base/check.h"
#include "replica/lifecycle/founding.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/lifecycle/joining.h"
#include "replica/read/document_names.h"
#include "replica/write/own_commit.h"

namespace relais::testing {
namespace {

constexpr char kMarker[] = "space";

template <class T>
T expect(Result<T> result) {
  EXPECT_TRUE(result) << (result ? "" : result.error().message());
  RELAIS_CHECK(result.has_value());
  return std::move(result).value();
}
void expect(Status status) {
  EXPECT_TRUE(status) << (status ? "" : status.error().message());
  RELAIS_CHECK(status.has_value());
}

}  // namespace

struct TestSpace::Device {
  store::MemoryDisk disk;
  std::shared_ptr<ReadFaults> calls = std::make_shared<ReadFaults>();
  std::unique_ptr<replica::Core> core;
  session::SessionLimiter sessions;

  std::unique_ptr<store::Store> open_store() {
    auto store = disk.open();
    EXPECT_TRUE(store);
    return store ? with_read_faults(std::move(*store), calls) : nullptr;
  }
};

TestSpace::TestSpace(std::uint64_t seed) : random_(seed) { crypto::initialise(); }
TestSpace::~TestSpace() = default;

TestSpace::Device& TestSpace::device(const std::string& name) {
  auto& found = devices_[name];
  if (!found) found = std::make_unique<Device>();
  return *found;
}

replica::Core& TestSpace::core(const std::string& name) { return *device(name).core; }
store::MemoryDisk& TestSpace::disk(const std::string& name) { return device(name).disk; }

std::vector<std::string> TestSpace::names() const {
  std::vector<std::string> names;
  for (const auto& [name, device] : devices_) names.push_back(name);
  return names;
}

void TestSpace::open(Device& device) {
  device.core = expect(replica::open_replica(device.open_store(), environment_, kMarker));
}

Status TestSpace::reopen(const std::string& name) {
  Device& closed = device(name);
  closed.core.reset();
  auto opened = replica::open_replica(closed.open_store(), environment_, kMarker);
  if (!opened) return opened.error();
  closed.core = std::move(*opened);
  return {};
}

void TestSpace::clone(const std::string& name, const std::string& as) {
  const store::Store& from = *core(name).store;
  store::Batch all;
  for (const auto family :
       {store::Family::meta, store::Family::log, store::Family::documents, store::Family::index}) {
    for (const auto row = from.scan_prefix(family, ""); row->valid(); row->next()) {
      all.put(family, row->key(), row->value());
    }
  }
  expect(expect(device(as).disk.open())->commit(all, store::Durability::synced));
  open(device(as));
}

ReadFaults& TestSpace::calls(const std::string& name) { return *device(name).calls; }

void TestSpace::found(const std::string& name, std::vector<wire::record::SectionMapped> sections) {
  access::FoundingPlan plan;
  std::set<std::string> labels{"records"};
  for (const auto& section : sections) labels.insert(section.label);
  for (const std::string& label : labels) plan.compartments.push_back({"", label});
  plan.sections = std::move(sections);
  plan.sections.push_back({"", "", "records"});
  Device& owner = device(name);
  {
    const auto store = expect(owner.disk.open());
    expect(replica::found_space(*store, environment_, kMarker, plan));
  }
  open(owner);
}

bool TestSpace::join(const std::string& name, const std::string& inviter) {
  Device& inviter_device = device(inviter);
  replica::Core& inviter_core = *inviter_device.core;
  replica::OpenInvitation open_invitation;
  for (const auto& compartment : inviter_core.control.membership.compartments()) {
    open_invitation.compartments.push_back(compartment.id);
  }
  open_invitation.invitation = access::make_invitation(random_, inviter_core.identity.space,
                                                       clock_.now().wall, std::chrono::minutes(10));
  expect(replica::save_invitation(inviter_core, open_invitation));

  Device& joiner = device(name);
  auto store = expect(joiner.disk.open());
  replica::Identity identity =
      expect(replica::begin_joining(*store, environment_, kMarker, inviter_core.identity.space));
  replica::JoinDelegate join_delegate(identity.space);
  peer::JoinConfig config{identity.space, identity.keys,
                          access::invitation_psk(open_invitation.invitation)};
  engine::ReplicaDelegate sync_delegate(inviter_core, {open_invitation});
  auto caller = peer::Peer::join(std::move(config), join_delegate, random_, clock_.now());
  const auto serve = expect(engine::serve_config(inviter_core, {open_invitation}));
  auto called =
      peer::Peer::serve(serve, sync_delegate, inviter_device.sessions, random_, clock_.now());
  std::mutex joiners;
  const SyncResults results = talk({caller, joiners}, {called, inviter_core.mutex}, std::nullopt);
  EXPECT_TRUE(results.caller) << (results.caller ? "" : results.caller.error().message());
  if (!results.caller) return false;
  expect(replica::finish_joining(*store, join_delegate, std::move(identity)));
  store.reset();
  open(joiner);
  return true;
}

Status TestSpace::edit(const std::string& name,
                       const std::function<Status(replica::Edit&)>& action) {
  clock_.pass(Duration(1000));
  replica::Edit edit(core(name));
  if (Status done = action(edit); !done) return done;
  return edit.commit();
}

DocumentId TestSpace::document(const std::string& name) {
  const std::size_t slash = name.find('/');
  return {"", name.substr(0, slash), name.substr(slash + 1)};
}

void TestSpace::put(const std::string& name, const std::string& document_name,
                    const std::string& path, const std::string& json) {
  expect(edit(name, [&](replica::Edit& edit) {
    return edit.put_json(document(document_name), path, json);
  }));
}

SyncResults TestSpace::talk(Side caller, Side called, std::optional<std::uint64_t> cut_after) {
  std::uint64_t crossed = 0;
  bool cut = false;
  const auto with = [](Side& side, const auto& action) {
    const std::lock_guard lock(side.guard);
    return action(side.peer);
  };
  const auto carry = [&](Side& from, Side& to) {
    const Bytes bytes =
        with(from, [&](peer::Peer& peer) { return peer.poll_transmit(clock_.now()); });
    if (bytes.empty() || cut) return false;
    BytesView passed = bytes;
    if (cut_after && crossed + bytes.size() > *cut_after) {
      passed = passed.substr(0, *cut_after - crossed);
      cut = true;
    }
    crossed += passed.size();
    wire_.append(passed);
    with(to, [&](peer::Peer& peer) { peer.handle_bytes(passed, clock_.now()); });
    with(from, [&](peer::Peer& peer) { peer.handle_written(bytes.size(), clock_.now()); });
    return true;
  };
  const auto close = [&](Side& side) {
    with(side, [&](peer::Peer& peer) { peer.handle_link_closed(clock_.now()); });
  };
  const auto deadline = [&] {
    std::optional<Instant> first = caller.peer.deadline();
    const auto other = called.peer.deadline();
    if (!first || (other && *other < *first)) first = other;
    return first;
  };
  while (!cut && !(caller.peer.finished() && called.peer.finished())) {
    const bool there = carry(caller, called);
    const bool back = carry(called, caller);
    const bool moved = there || back;
    if (moved) continue;
    if (caller.peer.finished()) close(called);
    if (called.peer.finished()) close(caller);
    const auto next = deadline();
    if (!next || (caller.peer.finished() && called.peer.finished())) continue;
    clock_.pass(std::max(Duration(1), *next - clock_.now().monotonic));
    for (Side* side : {&caller, &called}) {
      with(*side, [&](peer::Peer& peer) { peer.handle_timeout(clock_.now()); });
    }
  }
  if (cut) {
    close(caller);
    close(called);
  }
  return {caller.peer.result(), called.peer.result(), crossed};
}

SyncResults TestSpace::sync(const std::string& from, const std::string& to,
                            std::optional<std::uint64_t> cut_after) {
  clock_.pass(Duration(1000));
  engine::ReplicaDelegate from_delegate(core(from), {});
  engine::ReplicaDelegate to_delegate(core(to), {});
  auto caller = peer::Peer::sync(expect(engine::sync_config(core(from))), from_delegate, random_,
                                 clock_.now());
  auto called = peer::Peer::serve(expect(engine::serve_config(core(to), {})), to_delegate,
                                  device(to).sessions, random_, clock_.now());
  return talk({caller, core(from).mutex}, {called, core(to).mutex}, cut_after);
}

void TestSpace::settle() {
  const auto all = names();
  for (std::size_t round = 0; round < 2; ++round) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      const SyncResults results = sync(all[i], all[0]);
      EXPECT_TRUE(results.caller) << (results.caller ? "" : results.caller.error().message());
    }
  }
}

void TestSpace::crash(const std::string& name, std::size_t buffered_kept) {
  Device& crashed = device(name);
  crashed.disk.crash(buffered_kept);
  crashed.core.reset();
  open(crashed);
}

std::string TestSpace::json(const std::string& name, const std::string& document_name) {
  auto json = replica::ReadView(core(name).reading()).json(document(document_name));
  return json ? *json : json.error().message();
}

std::string TestSpace::dump(const std::string& name) {
  std::string all;
  expect(replica::each_name(core(name).reading(), [&](const DocumentId& id) -> Result<bool> {
    all += id.scope + "/" + id.collection + "/" + id.id + " ";
    auto json = replica::ReadView(core(name).reading()).json(id);
    all += (json ? *json : json.error().message()) + "\n";
    return true;
  }));
  return all;
}

std::vector<ConflictView> TestSpace::conflicts(const std::string& name,
                                               const std::string& document_name) {
  return expect(replica::ReadView(core(name).reading()).conflicts_of(document(document_name)));
}

}  // namespace relais::testing
