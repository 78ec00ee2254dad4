#include "replica/read/changed.h"

#include <algorithm>
#include <map>

#include "base/limits.h"
#include "document/view/describe.h"
#include "replica/core.h"
#include "replica/read/read_view.h"

namespace relais::replica {
namespace {

/// The fields that a change wrote, with list elements by their ids. Empty: the whole document.
std::vector<std::string> paths_of(const ReadSource& from, const store::LocalPosition& at) {
  const auto located =
      from.documents().change(Documents::Source{from.control, from.store, {}, nullptr}, at);
  if (!located) return {};
  const document::State nothing;
  document::PathTexts texts(nothing);
  std::vector<std::string> paths;
  for (FieldEdit& edit : document::describe(located->change, located->position, texts, {})) {
    if (edit.path.empty()) return {};
    const bool known = std::find(paths.begin(), paths.end(), edit.path) != paths.end();
    if (!known) paths.push_back(std::move(edit.path));
    if (paths.size() > limits::kPathsPerDocumentChange) return {};
  }
  return paths;
}

}  // namespace

std::vector<DocumentChange> changes_of(const Snapshot& snapshot, const Touched& touched) {
  const ReadSource from = snapshot.source();
  const auto* compartment = from.control.membership.compartment(touched.compartment);
  if (compartment == nullptr || touched.address.collection.front() == kReservedPrefix) return {};
  const DocumentId document{compartment->scope, touched.address.collection, touched.address.id};
  const DeviceId self = snapshot.core().identity.device();
  if (touched.changes.empty()) return {{document, self, true, {}}};
  std::map<DeviceId, DocumentChange> by_device;
  for (const store::LocalPosition& at : touched.changes) {
    const auto log = from.logs.find(at.log);
    if (!log) continue;
    const DeviceId device = log::device_id(log->device_key);
    std::vector<std::string> paths = paths_of(from, at);
    const auto [entry, first] =
        by_device.try_emplace(device, DocumentChange{document, device, device == self, {}});
    std::vector<std::string>& all = entry->second.paths;
    const bool whole = paths.empty() || (!first && all.empty());
    if (whole) {
      all.clear();
      continue;
    }
    for (std::string& path : paths) {
      if (std::find(all.begin(), all.end(), path) == all.end()) all.push_back(std::move(path));
    }
    if (all.size() > limits::kPathsPerDocumentChange) all.clear();
  }
  std::vector<DocumentChange> changes;
  for (auto& [device, change] : by_device) changes.push_back(std::move(change));
  return changes;
}

}  // namespace relais::replica
