#include "model/generator.h"

#include <algorithm>
#include <map>
#include <utility>

namespace relais::model {
namespace {

constexpr int kWhole = 4;

const Path kRoot, kMap = path_of("m"), kZ = path_of("mz");

Setting setting_for(Chance& chance) {
  Setting setting;
  // Whole contexts up to `whole` others: exactly that many writers, one more, or few.
  setting.whole = chance.one_in(4) ? 0 : kWhole;
  setting.authors = chance.one_in(3) ? chance.from(kWhole + 1, kWhole + 3) : chance.from(2, 4);
  setting.has_base = !chance.one_in(4);
  if (chance.one_in(3)) {
    auto& unreadable = setting.unreadable[setting.authors - 1];
    const int of = chance.below(setting.authors - 1);
    for (int i = chance.from(1, 3); i > 0; --i) unreadable.insert({of, i + chance.below(2)});
  }
  return setting;
}

Action on_fields(Chance& chance) {
  switch (chance.below(12)) {
    case 0: return {Wish::set, kX, {}, {}};
    case 1: return {Wish::set, kY, {}, {}};
    case 2: return {Wish::set, kZ, {}, {}};
    case 3: return {Wish::clear, kX, {}, {}};
    case 4: return {Wish::count, {}, {}, {}};
    case 5: return {Wish::add, {}, "s0", {}};
    case 6: return {Wish::add, {}, "s1", {}};
    case 7: return {Wish::remove, {}, "s0", {}};
    case 8: return {Wish::insert, {}, {}, {}};
    case 9: return {Wish::edit, {}, {}, {}};
    case 10: return {Wish::move, {}, {}, {}};
    default: return {Wish::both, {}, {}, {}};
  }
}

Action on_marks(Chance& chance) {
  const Path path = chance.one_in(2) ? kRoot : kMap;
  switch (chance.below(7)) {
    case 0:
    case 1: return {Wish::del, path, {}, {}};
    case 2: return {Wish::make_void, kRoot, {}, {}};
    case 3: return {Wish::restore, path, {}, {}};
    case 4: return {Wish::anew, path, {}, {}};
    case 5: return {Wish::over, kMap, {}, {}};
    default: return {Wish::erase, {}, {}, {}};
  }
}

/// Chooses actions one after another; knows which logs are cut off, since adoptions are of these.
class Chooser {
 public:
  Chooser(Chance& chance, const Setting& setting) : chance_(chance), setting_(setting) {}

  Deed deed(bool has_cut_offs) {
    if (has_cut_offs && chance_.one_in(6)) return cut_off();
    Deed deed;
    deed.author = chance_.below(setting_.authors);
    for (int other = 0; other < setting_.authors; ++other) {
      if (other != deed.author && chance_.below(5) < 2) deed.from.push_back(other);
    }
    deed.action = action();
    return deed;
  }

 private:
  /// Cuts off a log after a place, or after one not written yet; or lifts a cut-off.
  Deed cut_off() {
    Deed deed;
    deed.author = chance_.below(setting_.authors);
    deed.what = cut_offs_.count(deed.author) != 0 && chance_.one_in(2) ? Does::extends : Does::cuts;
    deed.seq = chance_.below(4);
    if (deed.what == Does::cuts) {
      cut_offs_[deed.author] = deed.seq;
    } else {
      cut_offs_.erase(deed.author);
    }
    return deed;
  }

  Action action() {
    if (!cut_offs_.empty() && chance_.one_in(3)) {
      const auto& [author, seq] = *cut_offs_.begin();
      return {Wish::adopt, {}, {}, {author, seq + chance_.from(0, 3)}};
    }
    if (!setting_.has_base && chance_.one_in(4)) {
      return {Wish::import_file, {}, chance_.one_in(3) ? "v2" : "v1", {}};
    }
    return chance_.one_in(3) ? on_marks(chance_) : on_fields(chance_);
  }

  Chance& chance_;
  const Setting& setting_;
  std::map<int, int> cut_offs_;
};

}  // namespace

/// SplitMix64 (Steele, Lea and Flood, 2014).
std::uint64_t Chance::next() {
  std::uint64_t x = state_ += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

Script script_for(std::uint64_t seed) {
  Chance chance(seed);
  Script script{setting_for(chance), {}};
  const Setting& setting = script.setting;
  Chooser chooser(chance, setting);
  const bool has_cut_offs = chance.one_in(2);
  for (int i = chance.from(3, chance.one_in(8) ? 40 : 14); i > 0; --i) {
    script.deeds.push_back(chooser.deed(has_cut_offs));
  }
  return script;
}

Arrival arrival_for(const World& world, Chance& chance) {
  const History& history = world.history();
  Arrival arrival;
  arrival.admitted = world.admitted();
  if (chance.one_in(2)) {
    arrival.admitted = 0;
    for (const int author : history.authors()) {
      const int length = static_cast<int>(history.log(author).size());
      const int kept = chance.one_in(2) ? length : chance.below(length + 1);
      arrival.admitted |= history.prefix({author, kept});
    }
  }
  if (chance.one_in(2)) arrival.gone = arrival.admitted & chance.next() & chance.next();
  for (int i = 0; i < history.size(); ++i) {
    if (!has(arrival.admitted, i)) continue;
    arrival.order.push_back(i);
    if (chance.one_in(5)) arrival.order.push_back(i);
  }
  for (int i = static_cast<int>(arrival.order.size()); i > 1; --i) {
    const auto other = static_cast<std::size_t>(chance.below(i));
    std::swap(arrival.order[static_cast<std::size_t>(i) - 1], arrival.order[other]);
  }
  return arrival;
}

}  // namespace relais::model
