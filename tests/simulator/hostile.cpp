#include "simulator/hostile.h"

#include <algorithm>

#include "access/keyring.h"
#include "base/limits.h"
#include "log/packing.h"
#include "replica/projection/inbound.h"
#include "simulator/cost.h"

namespace relais::simulator {
namespace {

constexpr std::size_t kInstances = 3;  // the last one contradicts itself
constexpr std::uint64_t kActsADay = 8;
constexpr std::size_t kHeapBytes = 16 * 1024 * 1024;
constexpr std::size_t kHeapPerByte = 64;

}  // namespace

Hostile::Hostile(const Context& context, const testing::Chance& chance)
    : context_(context),
      chance_(chance.split("hostile")),
      changes_(chance_, context.world.counts) {}

void Hostile::count(const std::string& what) {
  context_.world.counts.add("fault: hostile: " + what);
}

void Hostile::begin() {
  if (!context_.faults.has(Fault::hostile) || context_.nodes.size() < 2) return;
  device_ = &context_.nodes[1 + chance_.below(context_.nodes.size() - 1)];
  for (std::size_t i = 0; i < kInstances; ++i) instances_.push_back(chance_.draw<log::Instance>());
  sections_ = context_.nodes.records().labels;
  for (const std::string& scope : context_.nodes.records().scopes) {
    for (int i = 0; i < 2; ++i) {
      const std::uint64_t number = chance_.below(context_.nodes.records().cases_per_scope);
      context_.nodes.spoil({scope, "cases", std::to_string(number)});
    }
  }
  context_.say("somebody has the keys of " + device_->device.name());
}

void Hostile::plan(const Day& day) {
  if (device_ == nullptr) return;
  for (std::uint64_t i = 0; i < kActsADay; ++i) {
    context_.world.events.at(day.at(chance_, 7, 20), [this] { act(); });
  }
}

/// Copies the keys that the device holds while it is on.
bool Hostile::steal_keys() {
  if (signing_) return true;
  if (!device_->device.on()) return false;
  const replica::Core& core = device_->device.core();
  signing_ = core.identity.keys.signing;
  const access::Membership& membership = core.control.membership;
  for (const access::Compartment& compartment : membership.compartments()) {
    if (!membership.may_write(signing_->public_key, compartment.id)) continue;
    targets_.push_back({compartment.id, compartment.scope, compartment.label});
  }
  for (const log::Instance& instance : instances_) {
    context_.world.hand_written.authors.insert(log::author_id(signing_->public_key, instance));
  }
  return true;
}

void Hostile::act() {
  if (!context_.faults.has(Fault::hostile) || !steal_keys() || targets_.empty()) return;
  chance_.one_in(6) ? claim() : write_somewhere();
}

std::vector<Node*> Hostile::readers(const Target& target) {
  std::vector<Node*> readers;
  for (Node* node : context_.nodes.members()) {
    const Field field{{target.scope, "cases", ""}, target.label};
    if (node->device.on() && context_.nodes.may_read(*node, field)) {
      readers.push_back(node);
    }
  }
  return readers;
}

std::optional<HostileLog::Run> Hostile::run_in(const CompartmentId& compartment) {
  if (!device_->device.on()) return std::nullopt;
  const auto& [membership, keyring] = device_->device.core().control;
  const access::Epoch* epoch = keyring.current(membership, compartment);
  if (epoch == nullptr) return std::nullopt;
  HostileLog::Run run{{}, *keyring.key(epoch->id)};
  run.header.epoch = epoch->id;
  run.header.salt = chance_.draw<decltype(run.header.salt)>();
  run.header.dictionary = log::kCurrentDictionary;
  run.header.packer = log::current_packer();  // also of blocks that it packs in another way
  return run;
}

Hostile::Written* Hostile::log_in(const Target& target) {
  const std::size_t which = chance_.below(kInstances);
  const StolenKeys keys{device_->device.core().identity.space, *signing_, instances_[which]};
  const log::LogId id{target.id, log::author_id(signing_->public_key, instances_[which])};
  auto& written = logs_[id];
  if (written == nullptr) {
    auto run = run_in(target.id);
    if (!run) return nullptr;
    written.reset(new Written{{keys, target.id, *run}, which == kInstances - 1, {}});
    if (written->lies) context_.world.hand_written.contradictory.insert(id);
  }
  return written.get();
}

/// Changes to another salt, a wrong key, or an epoch whose key no other device has.
void Hostile::change_run(Written& written, const Target& target) {
  auto run = run_in(target.id);
  if (!run) return;
  switch (chance_.below(3)) {
    case 0: break;
    case 1:
      count("blocks under a wrong key");
      run->key = chance_.draw<crypto::SymmetricKey>();
      break;
    default: {
      const auto own = own_epochs_.find(target.id);
      if (own == own_epochs_.end()) break;
      count("blocks under an epoch whose key nobody has");
      run->header.epoch = own->second.first;
      run->key = own->second.second;
    }
  }
  written.log.start_run(*run);
}

void Hostile::write_somewhere() {
  if (!device_->device.on()) return;
  const Target& target = chance_.pick(targets_);
  Written* written = log_in(target);
  const auto all = readers(target);
  if (written == nullptr || all.empty()) return;
  Node& to = *chance_.pick(all);
  if (chance_.one_in(12)) change_run(*written, target);
  if (chance_.one_in(20)) {
    if (const auto run = run_in(target.id)) written->log.start_run(*run);
  }
  const auto ends = written->log.ends();
  if (written->lies && written->log.branches() == 1 && ends.size() > 2 && chance_.one_in(3)) {
    count("a log with two histories");
    written->log.fork(ends[ends.size() - 1 - chance_.below(2)]);
  }
  const bool other = written->log.branches() > 1 && is_shown_the_other_history(to);
  {
    const std::lock_guard lock(to.device.core().mutex);
    write_transaction(*written, other ? 1 : 0, target, to.device.core());
  }
  bring(*written, to);
  if (chance_.one_in(3)) bring(*written, *chance_.pick(all));
}

void Hostile::write_transaction(Written& written, std::size_t branch, const Target& target,
                                replica::Core& seen_at) {
  const bool large = chance_.one_in(30);
  const std::uint64_t changes = large ? 1 + chance_.below(2) : 1 + chance_.below(5);
  const bool stays_open = chance_.one_in(10);
  if (stays_open) count("a transaction that stays open");
  for (std::uint64_t i = 1; i <= changes; ++i) {
    write_change(written, branch, target, seen_at, large, i == changes && !stays_open);
  }
}

document::Address Hostile::some_address(const std::string& scope) {
  if (chance_.one_in(40)) {
    count("a document that others may not write");
    const DeviceId whose = context_.nodes.hub().device.on()
                               ? context_.nodes.hub().device.core().identity.device()
                               : DeviceId{};
    return chance_.one_in(2) ? document::Address{".space", "name"}
                             : document::Address{".devices", to_hex(whose.view())};
  }
  const auto spoiled = context_.nodes.spoiled_in(scope);
  if (!spoiled.empty() && chance_.one_in(3)) return {"cases", chance_.pick(spoiled)};
  return {"cases", "x" + std::to_string(chance_.below(4))};
}

void Hostile::write_change(Written& written, std::size_t branch, const Target& target,
                           replica::Core& seen_at, bool large, bool transaction_end) {
  const document::Address address = some_address(target.scope);
  const Sight sight = look_at(seen_at, target.id, address);
  std::uint64_t& own_last = written.own_last[{branch, address}];
  Place place;
  place.self = {written.log.id().author, written.log.last(branch) + 1};
  place.own_before = own_last;
  place.compartment = target.id;
  place.address = address;
  place.sections = {target.label};
  for (const std::string& label : sections_) place.sections.push_back(label);
  place.sections.emplace_back("no such section");
  place.now_ms = device_->device.clock().now().wall.ms;
  const Bytes packed = large ? changes_.large(place, sight) : changes_.packed(place, sight);
  written.log.append(branch, packed, transaction_end);
  own_last = place.self.seq;
}

bool Hostile::is_shown_the_other_history(const Node& node) const {
  return testing::hash_of(node.device.name(), context_.plan.seed) % 2 == 0;
}

void Hostile::bring(Written& written, Node& to) {
  if (!to.device.on()) return;
  const std::size_t kinds =
      written.lies ? kSealings : static_cast<std::size_t>(Sealing::false_ahead);
  const auto sealing = static_cast<Sealing>(chance_.below(kinds));
  const bool other = written.log.branches() > 1 && is_shown_the_other_history(to);
  static const char* const kNames[] = {"repeat the heads before", "name the end alone",
                                       "drop some heads",         "have a false head ahead",
                                       "have a false head amid",  "have a head at the last place"};
  count(std::string("seals that ") + kNames[static_cast<std::size_t>(sealing)]);
  written.log.bring(to.device.core(), other ? 1 : 0, sealing, chance_, [&](const auto& take) {
    const Cost cost;
    const HostileLog::Brought brought = take();
    const std::string who =
        to.device.name() + " took in " + std::to_string(brought.bytes) + " bytes";
    if (cost.is_slow(250, brought.bytes)) {
      context_.oracles.violation(who + " of a hostile log within " + std::to_string(cost.cpu_ms()) +
                                 " ms");
    }
    if (cost.heap().value_or(0) > kHeapBytes + kHeapPerByte * brought.bytes) {
      context_.oracles.violation(who + " of a hostile log, and holds " +
                                 std::to_string(*cost.heap()) + " bytes more");
    }
    const bool stored = brought.result && *brought.result == peer::InboundResult::stored;
    context_.say(who + " of a hostile log" + (stored ? "" : ", which it refused"));
    if (!brought.result) return brought;
    context_.world.counts.add(stored ? "sometimes: a hostile piece is taken in"
                                     : "sometimes: a hostile piece is refused");
    if (*brought.result == peer::InboundResult::forked) {
      context_.world.counts.add("sometimes: a fork is proven");
    }
    return brought;
  });
}

}  // namespace relais::simulator
