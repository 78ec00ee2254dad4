#include "simulator/model.h"

#include <algorithm>

namespace relais::simulator {
namespace {

bool certain(const ActPtr& act) { return act->certainty == Certainty::certain; }

}  // namespace

void Model::add(const Field& field, const ActPtr& act, const std::string& token,
                const std::string& after) {
  collections_[field].elements[token] = {act, after, {}, {}, {}};
}

void Model::remove(const Field& field, const ActPtr& act, const std::string& token) {
  collections_[field].elements.at(token).removals.push_back({act, happened_++});
}

void Model::restore(const Field& field, const ActPtr& act, const std::string& token) {
  collections_[field].elements.at(token).restorals.push_back({act, happened_++});
}

void Model::move(const Field& field, const ActPtr& act, const std::string& token,
                 const std::string& after) {
  Element& element = collections_[field].elements.at(token);
  element.after = after;
  element.moves.push_back({act, happened_++});
}

void Model::count(const Field& field, const ActPtr& act, std::int64_t delta) {
  counters_[field].push_back({act, delta});
}

bool Model::was_restored(const Field& field, const std::string& token) const {
  return !collections_.at(field).elements.at(token).restorals.empty();
}

std::size_t Model::moves_in(const Field& field) const {
  const auto found = collections_.find(field);
  if (found == collections_.end()) return 0;
  std::size_t moves = 0;
  for (const auto& [token, element] : found->second.elements) moves += element.moves.size();
  return moves;
}

bool Model::may_live(const Element& element) {
  return !element.restorals.empty() ||
         std::none_of(element.removals.begin(), element.removals.end(),
                      [](const Event& removal) { return certain(removal.act); });
}

/// A removal before a restoration removed another instance.
bool Model::must_live(const Element& element) {
  if (element.removals.empty()) return certain(element.act);
  return std::any_of(element.restorals.begin(), element.restorals.end(), [&](const Event& event) {
    return certain(event.act) && event.at > element.removals.back().at;
  });
}

std::string Model::check_collection(const Collection& collection, const Reading& reading) {
  std::map<std::string, std::size_t> place;
  std::map<std::string, std::size_t> times;
  for (const std::string& token : reading.elements) {
    place.emplace(token, place.size());
    const auto found = collection.elements.find(token);
    if (found == collection.elements.end()) return "shows what nobody wrote: " + token;
    if (!may_live(found->second)) return "shows what was removed: " + token;
    // Two users that both undid the removal of a word have both written it again.
    const bool is_text = reading.kind == FieldKind::text;
    const std::size_t most = 1 + (is_text ? found->second.restorals.size() : 0);
    if (++times[token] > most) return "shows an element twice: " + token;
  }
  for (const auto& [token, element] : collection.elements) {
    if (must_live(element) && !place.contains(token)) return "lost an element: " + token;
  }
  return check_order(collection, place);
}

/// Of two concurrent moves one wins; a restored word is a new one.
bool Model::may_stand_elsewhere(const Element& element) {
  const bool moved =
      element.moves.size() > 1 || (!element.moves.empty() && !certain(element.moves.front().act));
  return moved || !element.restorals.empty();
}

std::string Model::check_order(const Collection& collection,
                               const std::map<std::string, std::size_t>& place) {
  for (const auto& [token, at] : place) {
    const Element& element = collection.elements.at(token);
    const auto before = place.find(element.after);
    if (before == place.end() || may_stand_elsewhere(element)) continue;
    const Element& other = collection.elements.at(element.after);
    if (!other.moves.empty() || may_stand_elsewhere(other)) continue;
    if (before->second > at) return "changed the order before " + token;
  }
  return {};
}

std::string Model::check_counter(const std::vector<Delta>& deltas, const Reading& reading) {
  std::set<std::int64_t> possible{0};
  for (const Delta& delta : deltas) {
    std::set<std::int64_t> next;
    for (const std::int64_t sum : possible) {
      next.insert(sum + delta.by);
      if (!certain(delta.act)) next.insert(sum);
    }
    possible = std::move(next);
  }
  if (possible.contains(reading.count)) return {};
  return "counts " + std::to_string(reading.count) + ", which no sum of what was counted gives";
}

void Model::check(const std::function<bool(const Field&)>& may_read,
                  const std::function<Reading(const Field&)>& read,
                  const std::function<void(const std::string&)>& violation) const {
  const auto each = [&](const auto& fields, const auto& check_one) {
    for (const auto& [field, history] : fields) {
      if (!may_read(field)) continue;
      const std::string fault = check_one(history, read(field));
      if (fault.empty()) continue;
      violation(field.document.scope + "/" + field.document.collection + "/" + field.document.id +
                " " + field.path + " " + fault);
    }
  };
  each(registers_, check_register);
  each(collections_, check_collection);
  each(counters_, check_counter);
}

}  // namespace relais::simulator
