#include "access/control_logs.h"

#include <algorithm>
#include <tuple>

namespace relais::access {
namespace {

auto place_of(const PlacedRecord* record) {
  return std::tie(record->author, record->seq, record->hash);
}

/// The records without duplicates, ordered by log and position.
std::vector<const PlacedRecord*> as_set(const std::vector<PlacedRecord>& records) {
  std::vector<const PlacedRecord*> places;
  places.reserve(records.size());
  for (const PlacedRecord& record : records) places.push_back(&record);
  std::sort(places.begin(), places.end(),
            [](const PlacedRecord* a, const PlacedRecord* b) { return place_of(a) < place_of(b); });
  const auto same = [](const PlacedRecord* a, const PlacedRecord* b) {
    return place_of(a) == place_of(b);
  };
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
  return places;
}

}  // namespace

ControlLogs::ControlLogs(const std::vector<PlacedRecord>& records) {
  const auto places = as_set(records);
  const auto same_place = [&](std::size_t a, std::size_t b) {
    return places[a]->author == places[b]->author && places[a]->seq == places[b]->seq;
  };
  for (std::size_t i = 0; i < places.size(); ++i) {
    Log& log = logs_[places[i]->author];
    const bool next = places[i]->seq == log.size() + 1;
    const bool forked =
        (i > 0 && same_place(i - 1, i)) || (i + 1 < places.size() && same_place(i, i + 1));
    if (next && !forked) {
      log.push_back(places[i]);
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

Covered ControlLogs::covered(const PlacedRecord& at, const wire::Citations& cited) const {
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
