#include <algorithm>

#include "base/limits.h"
#include "base/try.h"
#include "reconcile/ranges.h"

namespace relais::reconcile {
namespace {

using wire::message::LogEntry;
using wire::message::Vector;
using wire::message::Vectors;
using Kind = Vectors::Kind;

std::size_t count_logs(const Inventory& inventory) {
  std::size_t count = 0;
  for (const auto& [compartment, heads] : inventory) count += heads.size();
  return count;
}

LogEntry entry(const SessionKey& session, const AuthorId& author, const log::Head& head) {
  return {author, head.seq, head_tag(session, head)};
}

void add_logs(const SessionKey& session, Vector& vector, Heads::const_iterator from,
              Heads::const_iterator to) {
  for (; from != to; ++from) {
    if (from->second.seq > 0) vector.logs.push_back(entry(session, from->first, from->second));
  }
}

Vector summary_of(const SessionKey& session, const CompartmentId& compartment, const Heads& heads,
                  std::uint8_t depth) {
  Vector vector{tag(session, compartment), depth, {}, {}, {}};
  for (std::uint32_t range = 0; range < 1U << depth; ++range) {
    vector.roots.push_back(
        range_root(session, compartment, heads, depth, static_cast<std::uint16_t>(range)));
  }
  return vector;
}

void sort_by_tag(std::vector<Vector>& vectors) {
  std::sort(vectors.begin(), vectors.end(),
            [](const Vector& a, const Vector& b) { return a.compartment < b.compartment; });
}

/// The logs of one compartment in the ranges whose roots differ.
Vector differing_ranges(const SessionKey& session, const CompartmentId& compartment,
                        const Heads& heads, const Vector& summary) {
  Vector ours{summary.compartment, summary.depth, {}, {}, {}};
  for (std::size_t i = 0; i < summary.roots.size(); ++i) {
    const auto range = static_cast<std::uint16_t>(i);
    if (range_root(session, compartment, heads, summary.depth, range) == summary.roots[i]) continue;
    ours.ranges.push_back(range);
    const auto [from, to] = in_range(heads, summary.depth, range);
    add_logs(session, ours, from, to);
  }
  return ours;
}

}  // namespace

Status check_size(std::size_t logs, std::size_t compartments) {
  if (logs <= limits::kLogsPerStage && compartments <= limits::kCompartments) return {};
  return Error(ErrorCode::limit_exceeded, "There are more logs than one sync can compare.");
}

bool fits(const Inventory& inventory) {
  return check_size(count_logs(inventory), inventory.size()).has_value();
}

Result<Vectors> opening(const SessionKey& session, const Inventory& inventory, bool control) {
  const std::size_t logs = count_logs(inventory);
  RELAIS_TRY(check_size(logs, inventory.size()));
  Vectors ours;
  ours.control = control;
  ours.kind = logs <= limits::kLogsListedAtOnce ? Kind::logs : Kind::summary;
  std::size_t ranges_left = limits::kRangesAtOnce;
  for (const auto& [compartment, heads] : inventory) {
    if (ours.kind == Kind::logs) {
      Vector& vector = ours.vectors.emplace_back();
      vector.compartment = tag(session, compartment);
      add_logs(session, vector, heads.begin(), heads.end());
      continue;
    }
    std::uint8_t depth = best_depth(heads.size());
    if (depth > 0 && std::size_t{1} << depth > ranges_left) depth = 0;
    if (depth > 0) ranges_left -= std::size_t{1} << depth;
    ours.vectors.push_back(summary_of(session, compartment, heads, depth));
  }
  sort_by_tag(ours.vectors);
  return ours;
}

Result<Vectors> answer_summary(const SessionKey& session, const Inventory& inventory,
                               const Vectors& summary) {
  const auto by_tag = compartments_by_tag(session, inventory);
  RELAIS_TRY(check_tags(summary));
  Vectors ours;
  ours.control = summary.control;
  std::size_t logs = 0;
  for (const Vector& theirs : summary.vectors) {
    const auto found = by_tag.find(theirs.compartment);
    if (found == by_tag.end()) continue;
    const auto& [compartment, heads] = *found->second;
    Vector vector = differing_ranges(session, compartment, heads, theirs);
    if (vector.ranges.empty()) continue;
    logs += vector.logs.size();
    ours.vectors.push_back(std::move(vector));
  }
  RELAIS_TRY(check_size(logs, ours.vectors.size()));
  return ours;
}

Result<Vectors> changes(const SessionKey& session, const Inventory& inventory,
                        const Bases& changed) {
  RELAIS_TRY(check_size(changed.size(), inventory.size()));
  return state(session, inventory, false, agreed(session, inventory, changed), Kind::changes);
}

Vectors state(const SessionKey& session, const Inventory& inventory, bool control,
              const Differences& differences, Kind kind) {
  Vectors ours;
  ours.kind = kind;
  ours.control = control;
  const CompartmentId* last = nullptr;
  for (const Difference& difference : differences) {
    if (last == nullptr || *last != difference.log.compartment) {
      last = &difference.log.compartment;
      ours.vectors.emplace_back().compartment = tag(session, *last);
    }
    const log::Head head = head_of(inventory, difference.log);
    ours.vectors.back().logs.push_back(entry(session, difference.log.author, head));
  }
  return ours;
}

}  // namespace relais::reconcile
