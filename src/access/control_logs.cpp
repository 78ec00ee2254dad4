#include "access/control_logs.h"

#include <algorithm>
#include <tuple>

namespace relais::access {
namespace {

auto place_of(const LocatedRecord* record) {
  return std::tie(record->author, record->seq, record->hash);
}

/// The records without duplicates, ordered by log and position.
std::vector<const LocatedRecord*> as_set(const std::vector<LocatedRecord>& records) {
  std::vector<const LocatedRecord*> sorted;
  sorted.reserve(records.size());
  for (const LocatedRecord& record : records) sorted.push_back(&record);
  std::sort(sorted.begin(), sorted.end(), [](const LocatedRecord* a, const LocatedRecord* b) {
    return place_of(a) < place_of(b);
  });
  const auto same = [](const LocatedRecord* a, const LocatedRecord* b) {
    return place_of(a) == place_of(b);
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

}  // namespace

ControlLogs::ControlLogs(const std::vector<LocatedRecord>& records) {
  const auto sorted = as_set(records);
  const auto same_position = [&](std::size_t a, std::size_t b) {
    return sorted[a]->author == sorted[b]->author && sorted[a]->seq == sorted[b]->seq;
  };
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    Log& log = logs_[sorted[i]->author];
    const bool next = sorted[i]->seq == log.size() + 1;
    const bool forked =
        (i > 0 && same_position(i - 1, i)) || (i + 1 < sorted.size() && same_position(i, i + 1));
    if (next && !forked) {
      log.push_back(sorted[i]);
    } else {
      ++beyond_;
    }
  }
}

std::uint64_t ControlLogs::length(const AuthorId& author) const {
  const auto log = logs_.find(author);
  return log == logs_.end() ? 0 : log->second.size();
}

bool ControlLogs::holds(const wire::Citation& citation) const {
  const auto log = logs_.find(citation.author);
  return log != logs_.end() && citation.seq != 0 && citation.seq <= log->second.size() &&
         log->second[citation.seq - 1]->hash == citation.hash;
}

Covered ControlLogs::covered(const LocatedRecord& at, const wire::Citations& cited) const {
  Covered covered;
  for (const wire::Citation& citation : cited) {
    if (!holds(citation)) continue;
    std::uint64_t& seq = covered[citation.author];
    seq = std::max(seq, citation.seq);
  }
  // A record never covers itself or a later one, even if it cites its own log.
  covered[at.author] = at.seq - 1;
  return covered;
}

}  // namespace relais::access
