#include "model/writers.h"

#include <algorithm>

namespace relais::model {
namespace {

Ops base() {
  return {{Verb::set, kX, "x0", 0, {}},
          {Verb::set, kY, "y0", 0, {}},
          {Verb::count, kCounter, "", 1, {}},
          {Verb::add, kSet, "s0", 0, {}},
          {Verb::insert, kList, "e0", 0, {}}};
}

bool is_settling(const Op& op) { return op.verb == Verb::del || op.verb == Verb::restore; }

/// The changes whose marks stand at or above what the ops write.
Set marks_above(const State& state, const Ops& ops) {
  Set set = 0;
  for (const Mark& mark : state.marks) {
    if (!mark.stands || mark.dot.unit >= kContent) continue;
    const bool is_above = std::any_of(ops.begin(), ops.end(), [&](const Op& op) {
      return op.verb != Verb::withdraw && op.verb != Verb::nothing && below(op.path, mark.path);
    });
    if (is_above) set |= bit(mark.dot.unit);
  }
  return set;
}

}  // namespace

World::World(Setting setting)
    : setting_(std::move(setting)),
      history_(setting_.whole),
      held_(static_cast<std::size_t>(setting_.authors)) {
  if (!setting_.has_base) return;
  write(0, base(), state_of(0), {});
  std::fill(held_.begin(), held_.end(), Set{1});
}

Set World::admitted() const {
  Set set = history_.all();
  for (const auto& [author, seq] : cut_offs_) {
    set &= ~(history_.prefix({author, kMostChanges}) & ~history_.prefix({author, seq}));
  }
  return set;
}

Set World::readable(int author) const {
  Set set = held_[static_cast<std::size_t>(author)] & admitted();
  const auto unreadable = setting_.unreadable.find(author);
  if (unreadable == setting_.unreadable.end()) return set;
  for (const Place& place : unreadable->second) {
    if (history_.at(place) >= 0) set &= ~bit(history_.at(place));
  }
  return set;
}

State World::state_of(int author) const {
  const Set held = held_[static_cast<std::size_t>(author)] & admitted();
  return evaluate(history_, held, held & ~readable(author));
}

int World::write(int author, Ops ops, const State& state, const Carry& carry) {
  const Set mentioned = marks_above(state, ops);
  const bool settles = std::any_of(ops.begin(), ops.end(), is_settling);
  const Change& change = history_.add(author, std::move(ops), readable(author), carry, mentioned,
                                      settles ? state.contents : 0);
  held_[static_cast<std::size_t>(author)] |= bit(change.number);
  return change.number;
}

int World::play(const Deed& deed) {
  switch (deed.what) {
    case Does::cuts: cut_offs_[deed.author] = deed.seq; return -1;
    case Does::extends: cut_offs_.erase(deed.author); return -1;
    case Does::acts: break;
  }
  Set& held = held_[static_cast<std::size_t>(deed.author)];
  for (const int other : deed.from) held |= held_[static_cast<std::size_t>(other)];
  return deed.action ? act(deed.author, *deed.action) : -1;
}

int World::act(int author, const Action& action) {
  const State state = state_of(author);
  Ops ops = ops_for(author, state, action);
  if (ops.empty()) return -1;
  if (action.wish == Wish::adopt) {
    return write(author, std::move(ops), state, {Carries::an_adoption, action.adopted});
  }
  if (action.wish == Wish::import_file && readable(author) == 0) {
    return write(author, std::move(ops), state, {Carries::an_import, {}});
  }
  Ops all = keeps(author, state, ops);
  const Ops rest = with_repeats(author, state, std::move(ops));
  all.insert(all.end(), rest.begin(), rest.end());
  return write(author, std::move(all), state, {});
}

World play(const Setting& setting, const std::vector<Deed>& deeds) {
  World world(setting);
  for (const Deed& deed : deeds) world.play(deed);
  return world;
}

}  // namespace relais::model
