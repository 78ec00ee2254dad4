#include "peer/stage.h"

namespace relais::peer {

void Stage::begin(reconcile::Differences differences, bool whole) {
  differences_ = std::move(differences);
  for (std::uint32_t number = 0; number < differences_.size(); ++number) {
    numbers_.emplace(differences_[number].log, number);
    compared_.insert(differences_[number].log.compartment);
  }
  if (!whole) return;
  for (const auto& [compartment, heads] : inventory_) compared_.insert(compartment);
}

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

reconcile::Inventory Stage::united() const {
  reconcile::Inventory all = inventory_;
  for (const auto& [log, head] : received_) all[log.compartment][log.author] = head;
  return all;
}

std::vector<log::LogId> Stage::logs_to_report() const {
  std::vector<log::LogId> logs;
  for (const reconcile::Difference& difference : differences_) {
    if (difference.ours != difference.theirs) logs.push_back(difference.log);
  }
  if (!logs.empty()) return logs;
  for (const auto& [compartment, heads] : end()) {
    for (const auto& [author, head] : heads) logs.push_back({compartment, author});
  }
  return logs;
}

}  // namespace relais::peer
