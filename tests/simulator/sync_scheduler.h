#pragma once

#include "simulator/context.h"

namespace relais::simulator {

/// Plans and runs the syncs between devices.
class SyncScheduler {
 public:
  SyncScheduler(const Context& context, const testing::Chance& chance)
      : context_(context), chance_(chance.split("encounters")) {}

  /// Gives each device the neighbours of its profile.
  void assign_neighbours();
  /// The newest device syncs with those it may sync with.
  void sync_with_last();
  void plan(const Day& day);
  /// After faults have ended: all sync with all, or with one that reads everything, until nothing
  /// changes.
  void sync_until_quiet();
  /// On a good link, once.
  void sync_once(Node& one, Node& other) { (void)sync_on_good_link(one, other); }

 private:
  bool may_add_author(std::size_t one, std::size_t other) const;
  bool syncs_today(std::size_t day, std::size_t who);
  void sync(std::size_t who, std::size_t whom, bool again = true);
  void record(const std::string& names, const Result<peer::Report>& result);
  void check_after_sync(Node& node);
  Node* reader_of_all();
  std::vector<std::pair<Node*, Node*>> pairs();
  bool are_contradictory(const std::vector<log::LogId>& logs) const;
  bool sync_on_good_link(Node& one, Node& other);
  bool sync_all();

  const Context& context_;
  testing::Chance chance_;
};

}  // namespace relais::simulator
