#include "simulator/device.h"

#include <algorithm>

#include "access/invitation.h"
#include "base/check.h"
#include "base/try.h"
#include "replica/lifecycle/incarnation.h"
#include "replica/lifecycle/joining.h"

namespace relais::simulator {

/// Members that exist while the device is on; declared first, destroyed last.
struct Device::Running {
  Running(Events& events, DeviceClock& clock) : loop(events, clock) {}
  DeviceLoop loop;
  std::unique_ptr<replica::Core> core;
  std::unique_ptr<engine::ConnectionManager> manager;
};

/// A joining device.
struct Device::Pairing {
  Pairing(Events& events, DeviceClock& clock, replica::Identity joiner)
      : loop(events, clock), identity(std::move(joiner)), delegate(identity.space) {}
  DeviceLoop loop;
  std::mutex guard;
  std::unique_ptr<store::Store> store;
  replica::Identity identity;
  replica::JoinDelegate delegate;
  std::unique_ptr<engine::SyncConnection> connection;
  std::function<void(bool)> done;
};

Device::Device(World& world, std::string name, const testing::Chance& chance,
               std::int64_t drift_ppm)
    : world_(world),
      name_(std::move(name)),
      random_(chance.split(name_ + " engine")),
      faults_(chance.split(name_ + " faults")),
      clock_(world.events, drift_ppm),
      marker_("marker of " + name_),
      disk_(world.disks->make(chance.split(name_ + " disk"))) {}

Device::~Device() = default;

replica::Core& Device::core() const {
  RELAIS_CHECK(on());
  return *running_->core;
}

Result<std::unique_ptr<store::Store>> Device::open_store() {
  RELAIS_ASSIGN(auto store, disk_->open());
  powered_ = std::make_shared<char>();
  WriteFaults faults;
  faults.outcome = [this](WritePoint point) {
    return write_outcome ? write_outcome(point) : WriteOutcome::lands;
  };
  faults.cut_power = [this] { lose_power(); };
  faults.powered = powered_;
  if (reads) store = testing::with_read_faults(std::move(store), reads);
  return make_faulty(std::move(store), *disk_, std::move(faults));
}

bool Device::boot() {
  RELAIS_CHECK(running_ == nullptr && !lost_);
  power_gone_ = false;
  clock_.boot();
  auto store = open_store();
  if (!store) {
    world_.trace.line(world_.events.now(), name_ + ": " + store.error().message());
    return false;
  }
  auto running = std::make_unique<Running>(world_.events, clock_);
  auto core = replica::open_replica(std::move(*store), environment(), marker_);
  if (power_gone_) return false;
  if (!core) {
    if (boots_ == 0 && core.error().code() == ErrorCode::closed) return false;  // no member yet
    world_.trace.line(world_.events.now(), name_ + " doesn't come on");
    restart_after(Duration(60'000));
    return false;
  }
  ++boots_;
  running->core = std::move(*core);
  running->core->on_stopped = [this] {
    world_.counts.add("sometimes: the engine stops after a failed write");
    // The host closes and opens again, once its current call has returned.
    world_.events.after(Duration(0), [this, boot = boots_] {
      if (boot != boots_ || !on()) return;
      shut_down();
      restart_after(Duration(1000));
    });
  };
  running->manager = std::make_unique<engine::ConnectionManager>(
      *running->core, running->loop, [](const engine::InboundSession&) {});
  running_ = std::move(running);
  world_.trace.line(world_.events.now(), name_ + " is on");
  if (on_boot) on_boot();
  return true;
}

void Device::drop_wires() {
  for (const auto& [wire, end] : wires_) wire->lose(end, faults_.one_in(2));
  wires_.clear();
}

void Device::shut_down() {
  drop_wires();
  calling_ = false;
  running_.reset();
  pairing_.reset();
}

void Device::lose_power() {
  if (power_gone_) return;
  powered_.reset();
  disk_->cut_power(faults_);
  power_goes();
}

void Device::power_goes() {
  if (std::exchange(power_gone_, true)) return;
  world_.counts.add("fault: power cut");
  if (pairing_ != nullptr) world_.counts.add("fault: power cut while joining");
  world_.trace.line(world_.events.now(), name_ + " loses its power");
  drop_wires();
  // Later: a call of the engine may be on the stack.
  world_.events.after(Duration(0), [this] {
    calling_ = false;
    running_.reset();
    pairing_.reset();
  });
  restart_after(Duration(faults_.between(1'000, 600'000)));
}

void Device::cut_power() {
  if (on() || pairing_ != nullptr) lose_power();
}

void Device::lose() {
  if (on()) power_goes();
  lost_ = true;
}

void Device::restart_after(Duration wait) {
  world_.events.after(wait, [this] {
    if (idle() && !lost_) boot();
  });
}

/// Watches like `watch`, and remembers the first message, which precedes any answer.
Watch Device::watch_first_messages() {
  if (!world_.first_messages) return world_.watch;
  return [this, said = Bytes(), is_whole = false](BytesView bytes) mutable {
    static constexpr std::size_t kKept = 8;
    world_.watch(bytes);
    if (is_whole) return;
    said.append(bytes);
    if (said.size() < 2) return;
    const std::size_t size = 2 + (static_cast<std::size_t>(u8(said)[0]) << 8 | u8(said)[1]);
    if (said.size() < size) return;
    is_whole = true;
    auto& heard = *world_.first_messages;
    heard.push_back(said.substr(0, size));
    if (heard.size() > kKept) heard.pop_front();
  };
}

std::unique_ptr<link::Link> Device::connect_stranger(const LinkConditions& conditions,
                                                     testing::Chance chance) {
  RELAIS_CHECK(on());
  WireEnds ends;
  wires_.emplace_back(
      make_wire(world_.events, chance, conditions, world_.counts, world_.watch, ends),
      Wire::End::called);
  running_->manager->accept(std::move(ends.called));
  return std::move(ends.caller);
}

std::shared_ptr<Wire> Device::connect(Device& other, const LinkConditions& conditions,
                                      WireEnds& ends) {
  auto wire = make_wire(world_.events, faults_.split("wire").split(std::to_string(faults_.next())),
                        conditions, world_.counts, watch_first_messages(), ends);
  const auto add = [&](Device& device, Wire::End end) {
    std::erase_if(device.wires_, [](const auto& held) { return held.first->over(); });
    device.wires_.emplace_back(wire, end);
  };
  add(*this, Wire::End::caller);
  add(other, Wire::End::called);
  return wire;
}

void Device::call(Device& other, const LinkConditions& conditions, OnSynced done) {
  RELAIS_CHECK(on() && other.on() && !calling_);
  WireEnds ends;
  connect(other, conditions, ends);
  calling_ = true;
  Status called = running_->manager->call(next_call_++, std::move(ends.caller),
                                          [this, done](Result<peer::Report> result) {
                                            calling_ = false;
                                            done(std::move(result));
                                          });
  if (!called) calling_ = false;
  if (other.on()) other.running_->manager->accept(std::move(ends.called));
}

void Device::join(Device& inviter, const access::Invitation& invitation,
                  const LinkConditions& conditions, std::function<void(bool joined)> done) {
  RELAIS_CHECK(running_ == nullptr && pairing_ == nullptr && inviter.on());
  power_gone_ = false;
  clock_.boot();
  auto store = open_store();
  if (!store) return done(false);
  auto identity = replica::begin_joining(**store, environment(), marker_, invitation.space);
  if (!identity) return done(false);
  pairing_ = std::make_unique<Pairing>(world_.events, clock_, std::move(*identity));
  pairing_->store = std::move(*store);
  pairing_->done = std::move(done);
  WireEnds ends;
  connect(inviter, conditions, ends);
  pairing_->connection = std::make_unique<engine::SyncConnection>(pairing_->loop, pairing_->guard,
                                                                  std::move(ends.caller));
  peer::JoinConfig config{invitation.space, pairing_->identity.keys,
                          access::invitation_psk(invitation)};
  pairing_->connection->start(
      std::make_unique<peer::Peer>(
          peer::Peer::join(std::move(config), pairing_->delegate, random_, clock_.now())),
      [this](Result<peer::Report> result) { paired(*pairing_, std::move(result)); });
  inviter.running_->manager->accept(std::move(ends.called));
}

void Device::paired(Pairing& pairing, Result<peer::Report> result) {
  if (!result) world_.trace.line(world_.events.now(), name_ + ": " + result.error().message());
  const bool joined = result && replica::finish_joining(*pairing.store, pairing.delegate,
                                                        std::move(pairing.identity));
  auto done = std::move(pairing.done);
  world_.events.after(Duration(0), [this, joined, done] {
    drop_wires();
    pairing_.reset();
    done(joined && !power_gone_ && boot());
  });
}

std::shared_ptr<Disk> Device::copy_of_disk() {
  const SteadyReads steady(*this);
  return disk_->copy(*core().store);
}

void Device::replace_disk(std::shared_ptr<Disk> disk, Bytes marker) {
  RELAIS_CHECK(running_ == nullptr);
  disk_ = std::move(disk);
  marker_ = std::move(marker);
}

}  // namespace relais::simulator
