#include "store/memory/versioned_map.h"

#include <utility>

namespace relais::store {

void VersionedMap::write(BytesView key, std::optional<Bytes> value, CommitNumber now) {
  auto found = keys_.lower_bound(key);
  if (found == keys_.end() || found->first != key) {
    if (!value) return;
    found = keys_.emplace_hint(found, Bytes(key), std::vector<Version>());
  }
  write_at(found, std::move(value), now);
}

void VersionedMap::write_at(Keys::iterator key, std::optional<Bytes> value, CommitNumber now) {
  std::vector<Version>& versions = key->second;
  if (!versions.empty() && versions.back().written == now) {
    versions.back() = {now, std::move(value), false};
  } else {
    versions.push_back({now, std::move(value), false});
  }
  if (versions.size() > 1 || !versions.back().value) outdated_.push_back({now, key->first});
}

void VersionedMap::remove_range(BytesView from, BytesView to, CommitNumber now) {
  const auto end = to.empty() ? keys_.end() : keys_.lower_bound(to);
  for (auto key = keys_.lower_bound(from); key != end; ++key) {
    if (key->second.back().value) write_at(key, std::nullopt, now);
  }
}

const VersionedMap::Version* VersionedMap::visible(const std::vector<Version>& versions,
                                                   CommitNumber at) {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version->written <= at) return version->value ? &*version : nullptr;
  }
  return nullptr;
}

const VersionedMap::Version* VersionedMap::find(BytesView key, CommitNumber at) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : visible(found->second, at);
}

VersionedMap::Position VersionedMap::first(BytesView from, CommitNumber at) const {
  return skip_absent(keys_.lower_bound(from), at);
}

VersionedMap::Position VersionedMap::after(Position position, CommitNumber at) const {
  return skip_absent(std::next(position), at);
}

VersionedMap::Position VersionedMap::skip_absent(Position position, CommitNumber at) const {
  while (position != keys_.end() && visible(position->second, at) == nullptr) ++position;
  return position;
}

void VersionedMap::trim(CommitNumber oldest) {
  while (!outdated_.empty() && outdated_.front().since <= oldest) {
    const auto found = keys_.find(outdated_.front().key);
    outdated_.pop_front();
    if (found == keys_.end()) continue;
    std::vector<Version>& versions = found->second;
    std::size_t unseen = 0;  // versions older than the one a reader at `oldest` sees
    while (unseen + 1 < versions.size() && versions[unseen + 1].written <= oldest) ++unseen;
    if (!versions[unseen].value && versions[unseen].written <= oldest) ++unseen;
    versions.erase(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(unseen));
    if (versions.empty()) keys_.erase(found);
  }
}

void VersionedMap::roll_back(CommitNumber last) {
  for (auto key = keys_.begin(); key != keys_.end();) {
    std::vector<Version>& versions = key->second;
    while (!versions.empty() && versions.back().written > last) versions.pop_back();
    key = versions.empty() ? keys_.erase(key) : std::next(key);
  }
  while (!outdated_.empty() && outdated_.back().since > last) outdated_.pop_back();
}

bool VersionedMap::damage(BytesView key) {
  const auto found = keys_.find(key);
  if (found == keys_.end() || !found->second.back().value) return false;
  found->second.back().damaged = true;
  return true;
}

std::size_t VersionedMap::version_count() const {
  std::size_t count = 0;
  for (const auto& [key, versions] : keys_) count += versions.size();
  return count;
}

}  // namespace relais::store
