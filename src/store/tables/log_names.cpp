#include "store/tables/log_names.h"

namespace relais::store {

using Shared = std::shared_lock<std::shared_mutex>;
using Exclusive = std::lock_guard<std::shared_mutex>;

std::optional<LogName> LogNames::find(const log::LogId& id) const {
  const Shared lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return logs_[found->second];
}

std::optional<LogName> LogNames::find(LogNo no) const {
  const Shared lock(mutex_);
  if (no >= logs_.size()) return std::nullopt;
  return logs_[no];
}

std::optional<CompartmentNo> LogNames::compartment_no(const CompartmentId& id) const {
  const Shared lock(mutex_);
  const auto found = compartment_nos_.find(id);
  if (found == compartment_nos_.end()) return std::nullopt;
  return found->second;
}

std::optional<CompartmentId> LogNames::compartment(CompartmentNo no) const {
  const Shared lock(mutex_);
  if (no >= compartments_.size()) return std::nullopt;
  return compartments_[no];
}

std::shared_ptr<const Bytes> LogNames::run(LogNo log, std::uint64_t seq) const {
  const Shared lock(mutex_);
  const auto runs = runs_.find(log);
  if (runs == runs_.end()) return nullptr;
  auto after = runs->second.upper_bound(seq);
  if (after == runs->second.begin()) return nullptr;
  return (--after)->second;
}

std::size_t LogNames::logs() const {
  const Shared lock(mutex_);
  return logs_.size();
}

std::size_t LogNames::compartments() const {
  const Shared lock(mutex_);
  return compartments_.size();
}

void LogNames::add(const LogName& log) {
  const Exclusive lock(mutex_);
  by_id_[log.id] = log.no;
  logs_.push_back(log);
}

void LogNames::add(const CompartmentId& compartment) {
  const Exclusive lock(mutex_);
  compartment_nos_[compartment] = static_cast<CompartmentNo>(compartments_.size());
  compartments_.push_back(compartment);
}

void LogNames::add_run(LogNo log, std::uint64_t first_seq, BytesView header) {
  const Exclusive lock(mutex_);
  runs_[log][first_seq] = std::make_shared<const Bytes>(header);
}

void LogNames::remove_last_logs(std::size_t count) {
  const Exclusive lock(mutex_);
  for (; count > 0; --count) {
    by_id_.erase(logs_.back().id);
    logs_.pop_back();
  }
}

void LogNames::remove_last_compartments(std::size_t count) {
  const Exclusive lock(mutex_);
  for (; count > 0; --count) {
    compartment_nos_.erase(compartments_.back());
    compartments_.pop_back();
  }
}

void LogNames::remove_run(LogNo log, std::uint64_t first_seq) {
  const Exclusive lock(mutex_);
  const auto runs = runs_.find(log);
  runs->second.erase(first_seq);
  if (runs->second.empty()) runs_.erase(runs);
}

}  // namespace relais::store
