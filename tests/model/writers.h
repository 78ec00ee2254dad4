#pragma once

#include <map>
#include <set>
#include <vector>

#include "model/deed.h"
#include "model/state.h"

namespace relais::model {

/// Honest writers of one document, which follow the rules for writers.
class World {
 public:
  explicit World(Setting setting);

  /// Performs it; returns the number of the new change, or -1 if nothing was written.
  int play(const Deed& deed);

  const History& history() const { return history_; }
  /// The changes within the cut-offs.
  Set admitted() const;
  /// The state that an author sees.
  State state_of(int author) const;

 private:
  Set readable(int author) const;
  int write(int author, Ops ops, const State& state, const Carry& carry);
  int act(int author, const Action& action);
  /// The dots that an author's ops of two kinds have listed.
  std::set<Dot> listed(int author, Verb one, Verb other) const;
  Ops keeps(int author, const State& state, const Ops& ops) const;
  std::set<Dot> taken_back(const State& state, const Ops& ops) const;
  Ops with_repeats(int author, const State& state, Ops ops) const;
  std::int64_t next_total(int author, const State& state) const;
  Ops import_of(int author, const State& state, const std::string& text) const;
  /// The ops of an original as its adopter carries them; none if it cannot be adopted.
  Ops adoption(int author, const Place& place) const;
  Ops ops_for(int author, const State& state, const Action& action);

  Setting setting_;
  History history_;
  std::vector<Set> held_;
  std::map<int, int> cut_offs_;
  int wishes_ = 0;  ///< makes every value different
};

World play(const Setting& setting, const std::vector<Deed>& deeds);

/// The marks that a Restore at the path withdraws: the contested ones; if none, the newest, and
/// those beneath that would then be contested.
Dots marks_to_restore(const State& state, const Path& path);

/// The ops of an intention where only what is shown decides.
Ops ops_of(const State& state, const Action& action, const std::string& number);

}  // namespace relais::model
