#include "simulator/strangers.h"

#include "base/limits.h"

namespace relais::simulator {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// One connection of a stranger.
struct Strangers::Connection {
  std::unique_ptr<link::Link> link;
  std::size_t heard = 0;
  bool closed = false;
  bool is_replay = false;
};

void Strangers::begin() {
  if (!context_.plan.faults.contains(Fault::strangers)) return;
  context_.world.first_messages.emplace();
  first_midnight_ = context_.now();
  connect_later();
}

void Strangers::connect_later() {
  context_.world.events.after(Duration(chance_.between(1'000, 30 * 60'000)), [this] {
    connect();
    connect_later();
  });
}

/// Not while devices are checked for open sessions.
void Strangers::connect() {
  const auto of_day = (context_.now() - first_midnight_) % hours(24);
  if (of_day > hours(3) - minutes(5) && of_day < hours(3) + minutes(5)) return;
  std::vector<Device*> on;
  for (Node* node : context_.nodes.members()) {
    if (node->device.on()) on.push_back(&node->device);
  }
  if (on.empty()) return;
  Device& device = *chance_.pick(on);
  const std::uint64_t crowd = chance_.one_in(10) ? 40 : 1;
  for (std::uint64_t i = 0; i < crowd && device.on(); ++i) connect_to(device);
}

Bytes Strangers::words(Connection& connection) {
  const auto& heard = *context_.world.first_messages;
  const bool knows_some = !heard.empty();
  switch (chance_.below(knows_some ? 4 : 2)) {
    case 0: context_.world.counts.add("fault: a stranger says nothing"); return {};
    case 1:
      context_.world.counts.add("fault: a stranger says any bytes");
      return chance_.bytes(1 + chance_.below(2 * limits::kHandshakeMessage1Bytes));
    case 2: {
      context_.world.counts.add("fault: a stranger says half of a first message");
      const Bytes& whole = heard[chance_.below(heard.size())];
      return whole.substr(0, whole.size() / 2);
    }
    default:
      context_.world.counts.add("fault: a stranger says what a member said");
      connection.is_replay = true;
      return heard[chance_.below(heard.size())];
  }
}

void Strangers::connect_to(Device& device) {
  const auto connection = std::make_shared<Connection>();
  LinkConditions conditions;
  conditions.latency = Duration(chance_.between(1, 60));
  connection->link = device.connect_stranger(conditions, testing::Chance(chance_.next()));
  // The link calls no handler once it is destroyed; one that owned its link would never be freed.
  link::Link::Handler handler;
  handler.on_bytes = [at = connection.get()](BytesView bytes) { at->heard += bytes.size(); };
  handler.on_closed = [at = connection.get()](const Status&) { at->closed = true; };
  connection->link->start(std::move(handler));
  const Bytes said = words(*connection);
  if (!said.empty()) connection->link->write(said);
  // A device that got a valid first message waits for the rest of the handshake.
  const auto patience = limits::kHandshakeTime + limits::kLinkLingerTime + seconds(5);
  context_.world.events.after(patience, [this, connection, &device, boot = device.boots()] {
    const bool as_before = device.on() && device.boots() == boot;
    if (as_before && !connection->closed) {
      context_.oracles.violation(device.name() + " lets a stranger wait without end");
    }
    if (!connection->is_replay && connection->heard > 0) {
      context_.oracles.violation(device.name() + " answers a stranger who has no key");
    }
    if (connection->closed) context_.world.counts.add("sometimes: a stranger is shown out");
    connection->link.reset();
  });
}

}  // namespace relais::simulator
