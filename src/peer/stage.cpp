#include "peer/stage.h"

namespace relais::peer {

log::Head Stage::head_at_start(const log::LogId& log) const {
  const auto compartment = inventory_.find(log.compartment);
  if (compartment == inventory_.end()) return {};
  const auto head = compartment->second.find(log.author);
  return head == compartment->second.end() ? log::Head{} : head->second;
}

void Stage::begin(const reconcile::Comparison& comparison) {
  compared_ = comparison.differing;
  for (const reconcile::Difference& difference : comparison.to_send) moving_.insert(difference.log);
  for (const reconcile::Difference& difference : comparison.to_receive) {
    moving_.insert(difference.log);
  }
}

void Stage::received(const log::LogId& log, const log::Head& head) { received_[log] = head; }

reconcile::Inventory Stage::end() const {
  reconcile::Inventory end;
  for (const CompartmentId& compartment : compared_) {
    const auto held = inventory_.find(compartment);
    if (held != inventory_.end()) end[compartment] = held->second;
  }
  for (const auto& [log, head] : received_) end[log.compartment][log.author] = head;
  for (const log::LogId& log : left_out_) {
    if (const auto heads = end.find(log.compartment); heads != end.end()) {
      heads->second.erase(log.author);
    }
  }
  return end;
}

std::vector<log::LogId> Stage::logs_to_report() const {
  if (!moving_.empty()) return {moving_.begin(), moving_.end()};
  std::vector<log::LogId> all;
  for (const auto& [compartment, heads] : end()) {
    for (const auto& [author, head] : heads) all.push_back({compartment, author});
  }
  return all;
}

}  // namespace relais::peer
