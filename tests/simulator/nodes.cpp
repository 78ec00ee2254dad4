#include "simulator/nodes.h"

#include <algorithm>

#include "base/check.h"
#include "replica/lifecycle/founding.h"
#include "replica/lifecycle/invitations.h"

namespace relais::simulator {
namespace {

/// A sample of at least one, in the original order.
std::vector<std::string> some_of(const std::vector<std::string>& all, testing::Chance& chance) {
  std::vector<std::string> some;
  for (const std::string& one : all) {
    if (chance.one_in(2)) some.push_back(one);
  }
  if (some.empty()) some.push_back(chance.pick(all));
  return some;
}

std::string numbered(const char* letter, std::size_t number) {
  std::string name(letter);
  return name.append(std::to_string(number));
}

constexpr std::uint64_t kTeam = 6;  // devices that work on the same cases

/// Two for each device, if there are many: no case is written by all, or grows without bound.
std::uint64_t cases_of(const Plan& plan, std::uint64_t cases_per_team) {
  const std::uint64_t teams = (plan.devices + kTeam - 1) / kTeam;
  return plan.devices > 2 * kTeam ? teams * cases_per_team : cases_per_team;
}

}  // namespace

Nodes::Nodes(World& world, const Plan& plan, const testing::Chance& chance)
    : world_(world), plan_(plan), chance_(chance.split("residents")) {
  register_.labels = {"medical", "legal"};
  const bool zones = plan.profile == Profile::zones;
  register_.scopes =
      zones ? std::vector<std::string>{"z1", "z2", "z3"} : std::vector<std::string>{""};
  register_.cases_per_scope = cases_of(plan, register_.cases_per_team);
  for (std::size_t i = 0; i < plan.devices; ++i) {
    all_.push_back(make(i == 0 ? "hub" : numbered("d", i), i));
  }
}

std::unique_ptr<Node> Nodes::make(const std::string& name, std::size_t number) {
  const bool clocks = plan_.faults.contains(Fault::clocks);
  const std::int64_t drift = clocks ? chance_.between(-200, 200) : 0;
  auto node = std::make_unique<Node>(world_, name, chance_, drift);
  node->user = std::make_unique<User>(world_, node->device, register_, model_, chance_);
  node->user->team = number / kTeam;
  if (number == 0) return node;
  node->user->labels = some_of(register_.labels, chance_);
  node->user->scopes = {register_.scopes[number % register_.scopes.size()]};
  return node;
}

Node& Nodes::add_newcomer() {
  return *all_.emplace_back(make(numbered("n", all_.size()), all_.size()));
}

void Nodes::found() {
  access::FoundingPlan plan;
  for (const std::string& scope : register_.scopes) {
    for (const std::string& label : register_.labels) plan.compartments.push_back({scope, label});
  }
  for (const std::string& label : register_.labels) {
    plan.sections.push_back({"cases", label, label});
  }
  plan.sections.push_back({"", "", register_.labels.front()});
  Device& device = hub().device;
  const auto faults = std::exchange(device.write_outcome, nullptr);  // the space must exist
  {
    auto store = device.open_store();
    RELAIS_CHECK(store.has_value());
    RELAIS_CHECK(replica::found_space(**store, device.environment(), device.marker(), plan));
  }
  RELAIS_CHECK(device.boot());
  device.write_outcome = faults;
  hub().member = true;
}

std::vector<CompartmentId> Nodes::entitled(const Node& node) {
  const access::Membership& membership = hub().device.core().control.membership;
  std::vector<CompartmentId> compartments;
  for (const auto& compartment : membership.compartments()) {
    const auto has = [&](const std::vector<std::string>& of, const std::string& one) {
      return std::find(of.begin(), of.end(), one) != of.end();
    };
    if (has(node.user->scopes, compartment.scope) && has(node.user->labels, compartment.label)) {
      compartments.push_back(compartment.id);
    }
  }
  return compartments;
}

bool Nodes::invite(Node& node) {
  replica::Core& core = hub().device.core();
  const std::lock_guard lock(core.mutex);
  replica::OpenInvitation open;
  open.compartments = entitled(node);
  open.invitation =
      access::make_invitation(core.environment.random, core.identity.space,
                              core.environment.clock.now().wall, std::chrono::minutes(10));
  if (!replica::save_invitation(core, open) || !hub().device.on()) return false;
  node.invitation = open.invitation;
  node.invited_until = world_.events.now() + std::chrono::minutes(8);
  return true;
}

bool Nodes::try_to_join(Node& node, const LinkConditions& conditions,
                        std::function<void(bool joined)> done) {
  if (!hub().device.on() || !node.device.idle()) return false;
  const bool invited = node.invitation && world_.events.now() < node.invited_until;
  if (!invited && !invite(node)) return false;
  if (invited) world_.counts.add("sometimes: a join is tried again");
  node.device.join(hub().device, *node.invitation, conditions,
                   [this, &node, done = std::move(done)](bool joined) {
                     world_.counts.add(joined ? "devices joined" : "sometimes: a join fails");
                     node.member = node.member || joined;
                     done(joined);
                   });
  return true;
}

void Nodes::note_membership(Node& node) {
  if (node.member || !node.device.on()) return;
  node.member = true;
  world_.counts.add("sometimes: a device joins and loses its power before it knows");
}

void Nodes::join_all_first(const std::function<LinkConditions()>& conditions) {
  found();
  for (std::size_t i = 1; i < all_.size(); ++i) {
    for (int tries = 0; !all_[i]->member; ++tries) {
      RELAIS_CHECK(tries < 200);
      try_to_join(*all_[i], conditions(), [](bool) {});
      world_.events.run_until(world_.events.now() + std::chrono::minutes(5));
      note_membership(*all_[i]);
    }
  }
}

Node& Nodes::add_clone(Node& of) {
  auto clone = std::make_unique<Node>(world_, of.device.name() + "+" + std::to_string(all_.size()),
                                      chance_, 0);
  clone->device.replace_disk(of.device.copy_of_disk(), "marker of " + clone->device.name());
  clone->user = std::make_unique<User>(world_, clone->device, register_, model_, chance_);
  clone->user->scopes = of.user->scopes;
  clone->user->labels = of.user->labels;
  clone->user->team = of.user->team;
  clone->neighbours = of.neighbours;
  clone->member = true;
  clone->device.boot();
  return *all_.emplace_back(std::move(clone));
}

bool Nodes::may_read(const Node& node, const Field& field) const {
  const auto& [scopes, labels] = std::tie(node.user->scopes, node.user->labels);
  const std::string label = field.path.substr(0, field.path.find('/'));
  return std::find(scopes.begin(), scopes.end(), field.document.scope) != scopes.end() &&
         std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::vector<std::string> Nodes::spoiled_in(const std::string& scope) const {
  std::vector<std::string> ids;
  for (const DocumentId& document : register_.spoiled) {
    if (document.scope == scope) ids.push_back(document.id);
  }
  return ids;
}

std::vector<Node*> Nodes::members() {
  std::vector<Node*> members;
  for (const auto& node : all_) {
    if (node->member && !node->device.lost()) members.push_back(node.get());
  }
  return members;
}

}  // namespace relais::simulator
