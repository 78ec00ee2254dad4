#include "simulator/newcomers.h"

namespace relais::simulator {

using std::chrono::minutes;

Newcomers::Newcomers(const Context& context, const testing::Chance& chance,
                     std::function<void()> on_arrival)
    : context_(context), chance_(chance.split("newcomers")), on_arrival_(std::move(on_arrival)) {
  for (std::size_t i = 0; i < context.plan.newcomers; ++i) {
    days_.insert(static_cast<std::size_t>(chance_.below(context.plan.days)));
  }
}

void Newcomers::plan(const Day& day) {
  for (std::size_t came = days_.count(day.number); came > 0; --came) {
    waiting_.push_back(&context_.nodes.add_newcomer());
    on_arrival_();
  }
  for (Node* node : waiting_) {
    context_.nodes.note_membership(*node);
    for (int tries = 0; !node->member && tries < 3; ++tries) {
      context_.world.events.at(day.at(chance_, 9, 17), [this, node] { try_to_join(*node, true); });
    }
  }
  std::erase_if(waiting_, [](const Node* node) { return node->member; });
}

void Newcomers::try_to_join(Node& node, bool again) {
  context_.nodes.note_membership(node);
  if (node.member) return;
  const bool tried =
      context_.nodes.try_to_join(node, context_.faults.conditions(), [=, this, &node](bool in) {
        context_.say(node.device.name() + (in ? " joined" : " didn't join"));
        if (in) context_.world.counts.add("sometimes: a device joins in the middle");
        if (in || !again) return;
        context_.world.events.after(minutes(2), [this, &node] { try_to_join(node, false); });
      });
  if (tried) interrupt(node);
}

/// Interrupts a join, which takes from tenths of a second to seconds.
void Newcomers::interrupt(Node& node) {
  if (!context_.faults.has(Fault::power) || !chance_.one_in(2)) return;
  Node& whose = chance_.one_in(3) ? context_.nodes.hub() : node;
  const Duration wait(chance_.between(1, chance_.one_in(3) ? 8000 : 400));
  context_.world.events.after(wait, [&whose] { whose.device.cut_power(); });
}

void Newcomers::join_all() {
  if (context_.nodes.hub().device.lost()) return;
  for (Node* node : waiting_) {
    node->invitation.reset();
    if (node->device.idle()) try_to_join(*node, false);
    context_.world.events.run_until(context_.now() + minutes(5));
    context_.nodes.note_membership(*node);
    if (!node->member) {
      context_.oracles.violation(node->device.name() + " can't join on a good link");
    }
  }
}

}  // namespace relais::simulator
