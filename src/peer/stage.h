#pragma once

#include <set>
#include <vector>

#include "base/limits.h"
#include "reconcile/inventory.h"

namespace relais::peer {

/// One stage of a sync, control or data: what this side held at its start, and what both sides will
/// hold at its end. Inside src/peer only.
class Stage {
 public:
  Stage(const reconcile::SessionKey& key, bool control, reconcile::Inventory inventory,
        std::vector<AuthorId> author_list)
      : key_(key),
        control_(control),
        inventory_(std::move(inventory)),
        author_list_(std::move(author_list)) {}

  bool control() const { return control_; }
  Result<wire::message::Vectors> vectors(const wire::message::Vectors* theirs) const {
    return reconcile::vectors(key_, inventory_, control_, author_list_, theirs);
  }
  Result<reconcile::Comparison> compare(const wire::message::Vectors& theirs) const {
    return reconcile::compare(key_, inventory_, author_list_, theirs);
  }
  /// The head held at the start; seq 0 if none.
  log::Head head_at_start(const log::LogId& log) const;

  /// From now on the stage covers only the compared compartments and the logs that are transferred
  /// in them.
  void begin(const reconcile::Comparison& comparison);
  /// The log was received as far as the peer had it at the start.
  void received(const log::LogId& log, const log::Head& head);
  /// The log is forked, or one side refused it. May be called more than once.
  void leave_out(const log::LogId& log) { left_out_.insert(log); }

  /// Whether evidence of another history may be sent for one more log.
  bool may_show_evidence() { return shown_++ < limits::kEvidenceLogs; }
  /// Whether the log is transferred or left out.
  bool includes(const log::LogId& log) const {
    return moving_.contains(log) || left_out_.contains(log);
  }

  std::uint32_t left_out() const { return static_cast<std::uint32_t>(left_out_.size()); }
  /// Root of the union of both inventories at the start, without the logs left out.
  reconcile::Root end_root() const { return reconcile::root(key_, end()); }
  /// The logs to report if the two end roots differ: those transferred, else all that were
  /// compared.
  std::vector<log::LogId> logs_to_report() const;

 private:
  reconcile::Inventory end() const;

  reconcile::SessionKey key_;
  bool control_;
  reconcile::Inventory inventory_;
  std::vector<AuthorId> author_list_;
  std::vector<CompartmentId> compared_;
  std::set<log::LogId> moving_;
  std::map<log::LogId, log::Head> received_;
  std::set<log::LogId> left_out_;
  std::size_t shown_ = 0;
};

}  // namespace relais::peer
