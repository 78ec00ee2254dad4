#include <algorithm>
#include <map>

#include "base/try.h"
#include "reconcile/ranges.h"

namespace relais::reconcile {
namespace {

using wire::message::LogEntry;
using wire::message::Vector;
using wire::message::Vectors;

Difference difference(const SessionKey& session, const log::LogId& log, const log::Head& ours,
                      const LogEntry& theirs) {
  const bool forked =
      ours.seq > 0 && ours.seq == theirs.seq && head_tag(session, ours) != theirs.head;
  return {log, ours.seq, theirs.seq, forked};
}

bool differs(const Difference& difference) {
  return difference.forked || difference.ours != difference.theirs;
}

Error empty_log() { return bad_vector("it names an empty log."); }

Status check_order(const Vector& vector) {
  const auto rises = [](const LogEntry& one, const LogEntry& next) {
    return one.author < next.author;
  };
  for (std::size_t i = 1; i < vector.logs.size(); ++i) {
    if (!rises(vector.logs[i - 1], vector.logs[i])) return bad_vector("its logs are not in order.");
  }
  return {};
}

bool names_range_of(const Vector& vector, const AuthorId& author) {
  return vector.depth == 0 || std::binary_search(vector.ranges.begin(), vector.ranges.end(),
                                                 range_of(author, vector.depth));
}

/// Both sides' logs in the ranges that `theirs` names, merged in order of author.
void compare_range(const SessionKey& session, const CompartmentId& compartment, const Heads& heads,
                   const Vector& theirs, Differences& found) {
  auto their = theirs.logs.begin();
  const auto add = [&](const AuthorId& author, const log::Head& ours, const LogEntry& entry) {
    const Difference one = difference(session, {compartment, author}, ours, entry);
    if (differs(one)) found.push_back(one);
  };
  for (const auto& [author, head] : heads) {
    if (!names_range_of(theirs, author)) continue;
    for (; their != theirs.logs.end() && their->author < author; ++their) {
      add(their->author, {}, *their);
    }
    const bool both = their != theirs.logs.end() && their->author == author;
    add(author, head, both ? *their++ : LogEntry{});
  }
  for (; their != theirs.logs.end(); ++their) add(their->author, {}, *their);
}

Status check_vector(const Vector& vector) {
  RELAIS_TRY(check_order(vector));
  for (const LogEntry& log : vector.logs) {
    if (log.seq == 0) return empty_log();
    if (!names_range_of(vector, log.author)) {
      return bad_vector("it names a log outside its ranges.");
    }
  }
  return {};
}

}  // namespace

CompartmentsByTag compartments_by_tag(const SessionKey& session, const Inventory& inventory) {
  CompartmentsByTag by_tag;
  for (const auto& compartment : inventory) {
    by_tag.emplace(tag(session, compartment.first), &compartment);
  }
  return by_tag;
}

Status check_tags(const Vectors& vectors) {
  std::vector<wire::CompartmentTag8> tags;
  for (const Vector& vector : vectors.vectors) tags.push_back(vector.compartment);
  std::sort(tags.begin(), tags.end());
  if (std::adjacent_find(tags.begin(), tags.end()) == tags.end()) return {};
  return bad_vector("it names a compartment twice.");
}

log::Head head_of(const Inventory& inventory, const log::LogId& log) {
  const auto compartment = inventory.find(log.compartment);
  if (compartment == inventory.end()) return {};
  const auto head = compartment->second.find(log.author);
  return head == compartment->second.end() ? log::Head{} : head->second;
}

Result<Differences> compare(const SessionKey& session, const Inventory& inventory,
                            const Vectors& logs) {
  RELAIS_TRY(check_tags(logs));
  const auto by_tag = compartments_by_tag(session, inventory);
  Differences found;
  for (const Vector& vector : logs.vectors) {
    RELAIS_TRY(check_vector(vector));
    const auto ours = by_tag.find(vector.compartment);
    if (ours == by_tag.end()) continue;
    compare_range(session, ours->second->first, ours->second->second, vector, found);
  }
  return found;
}

Result<Differences> read(const SessionKey& session, const Inventory& inventory,
                         const Vectors& differences) {
  RELAIS_TRY(check_tags(differences));
  const auto by_tag = compartments_by_tag(session, inventory);
  Differences found;
  for (const Vector& vector : differences.vectors) {
    RELAIS_TRY(check_order(vector));
    const auto ours = by_tag.find(vector.compartment);
    if (ours == by_tag.end()) return bad_vector("it names a compartment that isn't shared.");
    for (const LogEntry& entry : vector.logs) {
      if (entry.seq == 0 && differences.kind == Vectors::Kind::changes) return empty_log();
      const log::LogId log{ours->second->first, entry.author};
      found.push_back(difference(session, log, head_of(inventory, log), entry));
    }
  }
  return found;
}

Result<Differences> compare_changes(const SessionKey& session, const Inventory& inventory,
                                    const Bases& changed, const Vectors& changes) {
  RELAIS_ASSIGN(const Differences theirs, read(session, inventory, changes));
  std::map<std::pair<wire::CompartmentTag8, AuthorId>, Difference> all;
  const auto key = [&](const log::LogId& log) {
    return std::pair(tag(session, log.compartment), log.author);
  };
  for (const auto& [log, base] : changed) {
    all[key(log)] = {log, head_of(inventory, log).seq, base, false};
  }
  for (const Difference& one : theirs) all[key(one.log)] = one;
  Differences found;
  for (const auto& [order, one] : all) {
    if (differs(one)) found.push_back(one);
  }
  return found;
}

Differences agreed(const SessionKey& session, const Inventory& inventory, const Bases& changed) {
  std::map<std::pair<wire::CompartmentTag8, AuthorId>, Difference> ordered;
  for (const auto& [log, base] : changed) {
    ordered[{tag(session, log.compartment), log.author}] = {log, head_of(inventory, log).seq, base,
                                                            false};
  }
  Differences all;
  for (const auto& [order, one] : ordered) all.push_back(one);
  return all;
}

}  // namespace relais::reconcile
