#pragma once

#include <map>
#include <set>
#include <vector>

#include "model/deed.h"
#include "model/state.h"

namespace relais::model {

/// Honest writers of one document: each change is written by the rules for writers.
class World {
 public:
  explicit World(Setting setting);

  /// The new change's number, or -1: nothing was written.
  int play(const Deed& deed);

  const History& history() const { return history_; }
  /// Within the cut-offs.
  Set admitted() const;
  /// What an author sees.
  State state_of(int author) const;

 private:
  Set readable(int author) const;
  int write(int author, Ops ops, const State& state, const Carry& carry);
  int act(int author, const Action& action);
  /// The dots that an author's ops of two kinds have listed.
  std::set<Dot> listed(int author, Verb one, Verb other) const;
  Ops keeps(int author, const State& state, const Ops& ops) const;
  Ops with_repeats(int author, const State& state, Ops ops) const;
  std::int64_t next_total(int author, const State& state) const;
  Ops import_of(int author, const State& state, const std::string& text) const;
  /// An original's ops as its adopter carries them; none if it can't be adopted.
  Ops adoption(int author, const Place& place) const;
  Ops ops_for(int author, const State& state, const Action& action);

  Setting setting_;
  History history_;
  std::vector<Set> held_;
  std::map<int, int> cut_offs_;
  int wishes_ = 0;  ///< makes each value another
};

World play(const Setting& setting, const std::vector<Deed>& deeds);

/// What a Restore at the path withdraws: the contested marks; if none, the newest, and those
/// beneath that would be contested then.
Dots marks_to_restore(const State& state, const Path& path);

/// What a wish comes to where only what is shown decides.
Ops ops_of(const State& state, const Action& action, const std::string& number);

}  // namespace relais::model
