#include <set>

#include "base/try.h"
#include "reconcile/vector_entries.h"

namespace relais::reconcile {
namespace {

using wire::message::Vector;
using wire::message::Vectors;

/// The logs of a vector, with their authors in full.
struct Theirs {
  std::uint64_t seq = 0;
  wire::HeadPrefix prefix;
};
using TheirHeads = std::map<AuthorId, Theirs>;

Result<TheirHeads> resolve(const Vector& vector, const std::vector<AuthorId>& author_list) {
  TheirHeads heads;
  for (const wire::message::LogEntry& entry : vector.logs) {
    const auto author = author_of(entry, author_list);
    if (!author) return bad_vector("it names an author that is not in the list.");
    if (entry.seq == 0) return bad_vector("it names an empty log.");
    if (!heads.empty() && heads.rbegin()->first >= *author)
      return bad_vector("its logs are not in order.");
    heads.emplace_hint(heads.end(), *author, Theirs{entry.seq, entry.prefix});
  }
  return heads;
}

void compare_log(const log::LogId& log, const log::Head& ours, const Theirs& theirs,
                 Comparison& comparison) {
  const Difference difference{log, ours.seq, theirs.seq};
  if (ours.seq > theirs.seq) {
    comparison.to_send.push_back(difference);
  } else if (ours.seq < theirs.seq) {
    comparison.to_receive.push_back(difference);
  } else if (ours.seq > 0 && head_prefix(ours.hash) != theirs.prefix) {
    comparison.forked.push_back(log);
  }
}

void compare_logs(const CompartmentId& compartment, const Heads& ours, const TheirHeads& theirs,
                  Comparison& comparison) {
  for (const auto& [author, head] : ours) {
    const auto other = theirs.find(author);
    compare_log({compartment, author}, head, other == theirs.end() ? Theirs{} : other->second,
                comparison);
  }
  for (const auto& [author, other] : theirs) {
    if (ours.count(author) == 0) compare_log({compartment, author}, {}, other, comparison);
  }
}

}  // namespace

Result<Comparison> compare(const SessionKey& session, const Inventory& inventory,
                           const std::vector<AuthorId>& author_list, const Vectors& theirs) {
  std::map<wire::CompartmentTag8, const Inventory::value_type*> by_tag;
  for (const auto& compartment : inventory) {
    by_tag.emplace(tag(session, compartment.first), &compartment);
  }
  std::set<wire::CompartmentTag8> seen;
  Comparison comparison;
  for (const Vector& vector : theirs.vectors) {
    if (!seen.insert(vector.compartment).second) return bad_vector("it names a compartment twice.");
    RELAIS_ASSIGN(const TheirHeads their_heads, resolve(vector, author_list));
    const auto found = by_tag.find(vector.compartment);
    if (found == by_tag.end()) continue;
    const auto& [compartment, heads] = *found->second;
    if (root(session, compartment, heads) == vector.root) continue;
    comparison.differing.push_back(compartment);
    if (!vector.has_logs) {
      comparison.needs_their_logs = true;
      continue;
    }
    compare_logs(compartment, heads, their_heads, comparison);
  }
  return comparison;
}

}  // namespace relais::reconcile
