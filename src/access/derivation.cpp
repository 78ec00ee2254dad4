#include "access/derivation.h"

#include <algorithm>

#include "base/limits.h"

namespace relais::access {

void Derivation::run() {
  note_disagreements();
  for (const Level level : {Level::root, Level::owner, Level::supervisor, Level::member}) {
    take_logs_of(level);
    add_devices(level);
    allow_authors(level);
  }
  take_first_record();
  take_compartments();
  take_sections();
  for (const Level level : {Level::root, Level::owner, Level::supervisor}) take_rights(level);
  take_epochs();
  take_copies();
  measure_logs();
  finish_tally();
}

/// Counts the records of a level's devices, except of devices over their limit of authors.
void Derivation::take_logs_of(Level level) {
  std::map<DeviceId, std::vector<AuthorId>> of_level;
  for (const auto& [author, key] : authors_) {
    const Device* device = out_.device_of(key);
    const bool at_level =
        key == out_.root_key_ ? level == Level::root : device != nullptr && device->level == level;
    if (at_level) of_level[log::device_id(key)].push_back(author);
  }
  begun_ = counted_.size();
  for (const auto& [device, authors] : of_level) {
    if (authors.size() > out_.authors_allowed(authors_.at(authors.front()))) {
      out_.over_limit_.insert(device);
      continue;
    }
    for (const AuthorId& author : authors) {
      const auto log = logs_.all().find(author);
      if (log == logs_.all().end()) continue;
      for (const LocatedRecord* at : log->second) counted_.push_back({at, level, device});
    }
  }
}

/// Applies the author limits that root and owners set for devices below them. A device not known
/// yet can only be certified by a lower level, so it is below them.
void Derivation::allow_authors(Level by) {
  if (by > Level::owner) return;
  for (std::size_t i = begun_; i < counted_.size(); ++i) {
    const auto* allowed = std::get_if<wire::record::AuthorsAllowed>(&counted_[i].at->record);
    const Device* device = allowed == nullptr ? nullptr : out_.device(allowed->device);
    const bool not_below = device != nullptr && device->level <= by;
    if (allowed == nullptr || not_below) continue;
    std::size_t& most = out_.allowed_[allowed->device];
    if (allowed->authors <= std::max(most, limits::kAuthorsPerDevice)) continue;
    most = allowed->authors;
    ++out_.tally_.counted;
  }
}

void Derivation::measure_logs() {
  for (const auto& [author, log] : logs_.all()) out_.lengths_[author] = log.size();
}

void Derivation::finish_tally() {
  std::size_t all = logs_.beyond();
  for (const auto& [author, log] : logs_.all()) {
    all += log.size();
    for (const LocatedRecord* at : log) {
      if (std::holds_alternative<wire::record::Unknown>(at->record)) ++out_.tally_.unknown;
    }
  }
  out_.tally_.ignored = all - out_.tally_.counted - out_.tally_.unknown;
}

}  // namespace relais::access
