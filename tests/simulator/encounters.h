#pragma once

#include "simulator/scene.h"

namespace relais::simulator {

/// Who meets whom, and what comes of it.
class Encounters {
 public:
  Encounters(const Scene& scene, const testing::Chance& chance)
      : scene_(scene), chance_(chance.split("encounters")) {}

  /// Everyone knows those they may meet.
  void assign_neighbours();
  /// The last device came: whoever may meets it.
  void greet_last();
  void plan(const Day& day);
  /// Once no faults are left: everyone meets everyone, or one who reads all, until nothing moves
  /// any more.
  void meet_until_quiet();
  /// On a good link, once.
  void meet_once(Resident& one, Resident& other) { (void)meet_well(one, other); }

 private:
  bool may_add_author(std::size_t one, std::size_t other) const;
  bool meets_today(std::size_t day, std::size_t who);
  void meet(std::size_t who, std::size_t whom, bool again = true);
  void met(const std::string& names, const Result<peer::Report>& met);
  void check_after_meeting(Resident& resident);
  Resident* reader_of_all();
  std::vector<std::pair<Resident*, Resident*>> pairs();
  bool are_liars(const std::vector<log::LogId>& logs) const;
  bool meet_well(Resident& one, Resident& other);
  bool everyone_meets();

  const Scene& scene_;
  testing::Chance chance_;
};

}  // namespace relais::simulator
