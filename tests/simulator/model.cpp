#include "simulator/model.h"

#include <algorithm>

namespace relais::simulator {
namespace {

bool certain(const ActPtr& act) { return act->fate == Fate::certain; }

/// Whether any of it is new.
bool insert(std::set<std::string>& into, const std::set<std::string>& from) {
  const std::size_t before = into.size();
  into.insert(from.begin(), from.end());
  return into.size() > before;
}

}  // namespace

void Model::set(const Field& field, const ActPtr& act, const std::string& token,
                const std::vector<std::string>& seen) {
  registers_[field].push_back({act, token, {seen.begin(), seen.end()}});
}

void Model::erase(const Field& field, const ActPtr& act, const std::vector<std::string>& seen) {
  registers_[field].push_back({act, "", {seen.begin(), seen.end()}});
}

void Model::add(const Field& field, const ActPtr& act, const std::string& token,
                const std::string& after) {
  collections_[field].elements[token] = {act, after, {}};
}

void Model::remove(const Field& field, const ActPtr& act, const std::string& token) {
  collections_[field].elements.at(token).removals.push_back(act);
}

void Model::count(const Field& field, const ActPtr& act, std::int64_t delta) {
  counters_[field].push_back({act, delta});
}

std::string Model::check_register(const std::vector<Write>& writes, const Reading& reading) {
  const std::set<std::string> visible(reading.values.begin(), reading.values.end());
  // What took place for sure: what is certain, what is seen, and what such a write had seen.
  std::set<std::string> happened = visible;
  std::set<std::string> overwritten;
  // What an erasure that may have taken place had seen, and what that had.
  std::set<std::string> maybe_overwritten;
  for (const Write& write : writes) {
    if (certain(write.act) && !write.token.empty()) happened.insert(write.token);
    if (certain(write.act)) insert(overwritten, write.seen);
    if (!certain(write.act) && write.token.empty()) insert(maybe_overwritten, write.seen);
  }
  bool grew = true;
  while (grew) {
    grew = insert(happened, overwritten);
    for (const Write& write : writes) {
      if (happened.contains(write.token)) grew = insert(overwritten, write.seen) || grew;
      if (maybe_overwritten.contains(write.token)) {
        grew = insert(maybe_overwritten, write.seen) || grew;
      }
    }
  }
  std::set<std::string> written;
  for (const Write& write : writes) written.insert(write.token);
  for (const std::string& token : visible) {
    if (!written.contains(token)) return "shows what nobody wrote: " + token;
    if (overwritten.contains(token)) return "shows what was overwritten: " + token;
  }
  for (const std::string& token : happened) {
    const bool gone = overwritten.contains(token) || maybe_overwritten.contains(token);
    if (!gone && !visible.contains(token)) return "lost a write that nothing has seen: " + token;
  }
  return {};
}

std::string Model::check_collection(const Collection& collection, const Reading& reading) {
  std::map<std::string, std::size_t> place;
  for (const std::string& token : reading.elements) {
    if (!place.emplace(token, place.size()).second) return "shows an element twice: " + token;
    const auto found = collection.elements.find(token);
    if (found == collection.elements.end()) return "shows what nobody wrote: " + token;
    for (const ActPtr& removal : found->second.removals) {
      if (certain(removal)) return "shows what was removed: " + token;
    }
  }
  for (const auto& [token, element] : collection.elements) {
    if (certain(element.act) && element.removals.empty() && !place.contains(token)) {
      return "lost an element: " + token;
    }
  }
  return check_order(collection, place);
}

std::string Model::check_order(const Collection& collection,
                               const std::map<std::string, std::size_t>& place) {
  for (const auto& [token, at] : place) {
    const auto before = place.find(collection.elements.at(token).after);
    if (before != place.end() && before->second > at) return "changed the order before " + token;
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
