#pragma once

#include <map>
#include <set>
#include <vector>

#include "base/limits.h"
#include "reconcile/inventory.h"

namespace relais::peer {

/// One stage of a sync, control or data: what this side held at its start, and what both sides will
/// hold at its end. Inside src/peer only.
class Stage {
 public:
  Stage(const reconcile::SessionKey& key, bool control, reconcile::Inventory inventory)
      : key_(key), control_(control), inventory_(std::move(inventory)) {}

  bool control() const { return control_; }
  /// What this side held at the start.
  const reconcile::Inventory& inventory() const { return inventory_; }

  /// From now on the stage covers only the compartments of these logs; or all of them, if `whole`.
  void begin(reconcile::Differences differences, bool whole);
  /// The logs that the two sides hold differently; on both sides in one order, which numbers them.
  const reconcile::Differences& differences() const { return differences_; }
  /// Null if no log has this number.
  const reconcile::Difference* difference(std::uint32_t number) const {
    return number < differences_.size() ? &differences_[number] : nullptr;
  }
  std::uint32_t number_of(const log::LogId& log) const { return numbers_.at(log); }

  /// The log was received as far as the peer had it at the start.
  void received(const log::LogId& log, const log::Head& head) { received_[log] = head; }
  /// The log is forked, or one side refused it. May be called more than once.
  void leave_out(const log::LogId& log) { left_out_.insert(log); }

  /// Whether evidence of another history may be sent for one more log.
  bool may_show_evidence() { return shown_++ < limits::kEvidenceLogs; }
  /// Whether the log is transferred or left out.
  bool includes(const log::LogId& log) const { return numbers_.contains(log); }

  std::uint32_t left_out() const { return static_cast<std::uint32_t>(left_out_.size()); }
  /// The union of both inventories at the start, without the logs left out.
  reconcile::Inventory end() const;
  /// The union of both inventories, if no log was left out.
  reconcile::Inventory united() const;
  reconcile::Root end_root() const { return reconcile::root(key_, end()); }
  /// The logs to report if the two end roots differ: those transferred, else all that were
  /// compared.
  std::vector<log::LogId> logs_to_report() const;

 private:
  reconcile::SessionKey key_;
  bool control_;
  reconcile::Inventory inventory_;
  reconcile::Differences differences_;
  std::map<log::LogId, std::uint32_t> numbers_;
  std::set<CompartmentId> compared_;
  std::map<log::LogId, log::Head> received_;
  std::set<log::LogId> left_out_;
  std::size_t shown_ = 0;
};

}  // namespace relais::peer
